import { shown } from '../captured.ts'
import { dialCause } from '../dial-cause.ts'
import { fix, networkFix } from '../fixes.ts'
import { inTime } from '../units.ts'

/** The resolver never answered. */
export const dnsTimeout = dialCause({
  id: 'dns-timeout',
  kind: 'dns-timeout',
  meaning: 'The resolver did not answer',
  fault: 'network',
  words: (failure, seen) => ({
    title: `the resolver did not answer when asked for ${shown(failure.host)}`,
    why: `Nothing came back in ${inTime(failure.afterMs)}. The resolver is down, or a firewall drops the question. The host itself was never reached.`,
    fixes: [
      fix({ title: 'look which resolver this machine uses', scope: 'this-machine', os: 'linux', commands: ['cat /etc/resolv.conf'] }),
      networkFix(seen, `make the resolver ${failure.resolver === null ? '' : `${shown(failure.resolver)} `}answer`),
    ],
  }),
})
