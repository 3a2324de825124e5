import { certificateCause, furtherSentence, hostName } from '../certificate-cause.ts'
import { weighClock } from '../clock-words.ts'
import { wordsOfExpiry } from '../expiry-words.ts'
import { serverFix } from '../fixes.ts'
import { atMost } from '../refusal.ts'

/** Every usable chain leads through an intermediate that has expired; go prints what it prints for an expired leaf. */
export const intermediateExpired = certificateCause({
  id: 'intermediate-expired',
  meaning: 'An intermediate certificate of the only usable chain has expired',
  fault: 'upstream',
  confidence: (base, _verdict, seen) => atMost(base, weighClock(seen).limit),
  words(evidence, seen) {
    const clock = weighClock(seen)
    const ended = wordsOfExpiry(evidence, seen)
    return {
      title: `an intermediate certificate that ${hostName(seen)} sends has expired`,
      why: `${ended.when}. The leaf itself is within its validity; go's text reads as if the leaf had expired. A renewed leaf does not help, the chain file on the server must change.`,
      evidence: [ended.evidence, ...clock.evidence],
      fixes: [serverFix(seen, 'serve the present intermediate of the CA instead of the expired one')],
      alsoPossible: clock.alsoPossible,
      limit: clock.limit,
      alsoTrue: [...evidence.further.map(furtherSentence), ...clock.alsoTrue],
    }
  },
})
