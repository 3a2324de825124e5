import { certificateCause, factDate, furtherSentence, hostName, rootPlaces, verified, whichCertificate } from '../certificate-cause.ts'
import { weighClock } from '../clock-words.ts'
import { rootListFixes, serverFix } from '../fixes.ts'
import { atMost } from '../refusal.ts'
import { fromNow, inInstant, inMinute } from '../units.ts'

/** The chain ends at a trusted root whose time is over. */
export const rootExpired = certificateCause({
  id: 'root-expired',
  meaning: 'The trusted root of the only usable chain has expired',
  fault: 'upstream',
  confidence: (base, _verdict, seen) => atMost(base, weighClock(seen).limit),
  words(evidence, seen) {
    const clock = weighClock(seen)
    const notAfter = factDate(evidence.defect, 'notAfter')
    return {
      title: `the root certificate under ${hostName(seen)} has expired`,
      why: `${notAfter === undefined ? 'It ended in the past' : `It ended on ${inMinute(notAfter)}`}, and no other root in the pool leads to this chain. go's text reads as if the server's own certificate had expired.`,
      evidence: [
        verified(
          `${whichCertificate(evidence)}${notAfter === undefined ? '' : `: notAfter ${inInstant(notAfter)} (${fromNow(notAfter, seen.now)})`}`,
        ),
        ...clock.evidence,
        ...rootPlaces(seen.roots),
      ],
      fixes: [serverFix(seen, 'use a chain that leads to a root which is still valid'), ...rootListFixes()],
      alsoPossible: clock.alsoPossible,
      limit: clock.limit,
      alsoTrue: [...evidence.further.map(furtherSentence), ...clock.alsoTrue],
    }
  },
})
