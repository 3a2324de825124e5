import { shownHost } from '../captured.ts'
import { dialCause } from '../dial-cause.ts'
import { networkFix } from '../fixes.ts'
import { inTime } from '../units.ts'

/** No answer to the SYN. */
export const tcpTimeout = dialCause({
  id: 'tcp-timeout',
  kind: 'tcp-timeout',
  meaning: 'The TCP connection was never answered',
  fault: 'network',
  words: (failure, seen) => ({
    title: `${shownHost(failure.host, failure.port)} never answered the TCP connection`,
    why: `Packets were sent for ${inTime(failure.afterMs)} and nothing came back: a firewall drops them, or the host is down. On a company network the way out is often a proxy (HTTPS_PROXY).`,
    fixes: [networkFix(seen, `let this machine reach port ${failure.port} of the host, or say which proxy to use`)],
  }),
})
