import { certificateCause, furtherSentence, hostName, rootPlaces } from '../certificate-cause.ts'
import { weighClock } from '../clock-words.ts'
import { wordsOfExpiry } from '../expiry-words.ts'
import { rootListFixes, serverFix } from '../fixes.ts'
import { atMost } from '../refusal.ts'

/** The chain ends at a trusted root whose time is over. */
export const rootExpired = certificateCause({
  id: 'root-expired',
  meaning: 'The trusted root of the only usable chain has expired',
  fault: 'upstream',
  confidence: (base, _verdict, seen) => atMost(base, weighClock(seen).limit),
  words(evidence, seen) {
    const clock = weighClock(seen)
    const ended = wordsOfExpiry(evidence, seen)
    return {
      title: `the root certificate under ${hostName(seen)} has expired`,
      why: `${ended.when}, and no other root in the pool leads to this chain. go's text reads as if the server's own certificate had expired.`,
      evidence: [ended.evidence, ...clock.evidence, ...rootPlaces(seen.roots)],
      fixes: [serverFix(seen, 'use a chain that leads to a root which is still valid'), ...rootListFixes()],
      alsoPossible: clock.alsoPossible,
      limit: clock.limit,
      alsoTrue: [...evidence.further.map(furtherSentence), ...clock.alsoTrue],
    }
  },
})
