import { shownHost } from '../captured.ts'
import { dialCause } from '../dial-cause.ts'
import { serverFix } from '../fixes.ts'

/** The host answered the SYN with a RST. */
export const tcpRefused = dialCause({
  id: 'tcp-refused',
  kind: 'refused',
  meaning: 'The host refused the TCP connection',
  fault: 'upstream',
  words: (failure, seen) => ({
    title: `${shownHost(failure.host, failure.port)} refused the TCP connection`,
    why: `Nothing listens on port ${failure.port} there, or a firewall answers in its place. TLS never began.`,
    fixes: [serverFix(seen, `start the service on port ${failure.port}, or correct the port in GOPROXY`)],
  }),
})
