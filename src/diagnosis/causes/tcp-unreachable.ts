import { shownHost } from '../captured.ts'
import { dialCause } from '../dial-cause.ts'
import { networkFix } from '../fixes.ts'

/** The kernel or a router says that there is no way. */
export const tcpUnreachable = dialCause({
  id: 'tcp-unreachable',
  kind: 'unreachable',
  meaning: 'There is no route to the host',
  fault: 'network',
  words: (failure, seen) => ({
    title: `there is no route to ${shownHost(failure.host, failure.port)}`,
    why: 'The system or a router on the way said so: no network, no VPN, or an IPv6 address on a machine without IPv6. TLS never began.',
    fixes: [networkFix(seen, 'bring up the network or VPN that leads to this host')],
  }),
})
