import { shown } from '../captured.ts'
import { dialCause } from '../dial-cause.ts'
import { networkFix } from '../fixes.ts'

/** The name exists, without an A or AAAA record. */
export const dnsNoAddress = dialCause({
  id: 'dns-no-address',
  kind: 'no-address',
  meaning: 'The name exists but has no address',
  fault: 'network',
  words: (failure, seen) => ({
    title: `${shown(failure.host)} has no address`,
    why: 'The name exists, but it has neither an A nor an AAAA record. go prints "no such host" for this too.',
    fixes: [networkFix(seen, `give ${shown(failure.host)} an A or AAAA record, or use the name that has one`)],
  }),
})
