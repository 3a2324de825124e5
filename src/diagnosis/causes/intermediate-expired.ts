import { certificateCause, factDate, furtherSentence, hostName, verified, whichCertificate } from '../certificate-cause.ts'
import { weighClock } from '../clock-words.ts'
import { serverFix } from '../fixes.ts'
import { atMost } from '../refusal.ts'
import { fromNow, inInstant, inMinute } from '../units.ts'

/** Every usable chain leads through an intermediate that has expired; go prints what it prints for an expired leaf. */
export const intermediateExpired = certificateCause({
  id: 'intermediate-expired',
  meaning: 'An intermediate certificate of the only usable chain has expired',
  fault: 'upstream',
  confidence: (base, _verdict, seen) => atMost(base, weighClock(seen).limit),
  words(evidence, seen) {
    const clock = weighClock(seen)
    const notAfter = factDate(evidence.defect, 'notAfter')
    return {
      title: `an intermediate certificate that ${hostName(seen)} sends has expired`,
      why: `${notAfter === undefined ? 'It ended in the past' : `It ended on ${inMinute(notAfter)}`}. The leaf itself is within its validity; go's text reads as if the leaf had expired. A renewed leaf does not help, the chain file on the server must change.`,
      evidence: [
        verified(
          `${whichCertificate(evidence)}${notAfter === undefined ? '' : `: notAfter ${inInstant(notAfter)} (${fromNow(notAfter, seen.now)})`}`,
        ),
        ...clock.evidence,
      ],
      fixes: [serverFix(seen, 'serve the present intermediate of the CA instead of the expired one')],
      alsoPossible: clock.alsoPossible,
      limit: clock.limit,
      alsoTrue: [...evidence.further.map(furtherSentence), ...clock.alsoTrue],
    }
  },
})
