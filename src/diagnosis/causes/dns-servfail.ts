import { shown } from '../captured.ts'
import { dialCause } from '../dial-cause.ts'
import { networkFix } from '../fixes.ts'

/** The resolver answered, with a failure of its own. */
export const dnsServfail = dialCause({
  id: 'dns-servfail',
  kind: 'servfail',
  meaning: 'The resolver answered with a failure',
  fault: 'network',
  words: (failure, seen) => ({
    title: `the resolver could not look up ${shown(failure.host)}`,
    why: 'It answered, but with a server failure: the name servers of that domain do not answer it, or its DNSSEC signatures do not hold. Whether the name exists is unknown.',
    fixes: [networkFix(seen, `repair the resolver ${failure.resolver === null ? '' : shown(failure.resolver)}`.trimEnd())],
  }),
})
