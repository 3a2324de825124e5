import { certificateCause, factDate, hostName, rootPlaces, verified, whichCertificate } from '../certificate-cause.ts'
import { rootListFixes, serverFix } from '../fixes.ts'
import { fromNow, inInstant, inMinute } from '../units.ts'

/** The chain ends at a trusted root whose time is over. */
export const rootExpired = certificateCause({
  id: 'root-expired',
  meaning: 'The trusted root of the only usable chain has expired',
  fault: 'upstream',
  words(evidence, seen) {
    const notAfter = factDate(evidence.defect, 'notAfter')
    return {
      title: `the root certificate under ${hostName(seen)} has expired`,
      why: `${notAfter === undefined ? 'It ended in the past' : `It ended on ${inMinute(notAfter)}`}, and no other root in the pool leads to this chain. go's text reads as if the server's own certificate had expired.`,
      evidence: [
        verified(
          `${whichCertificate(evidence)}${notAfter === undefined ? '' : `: notAfter ${inInstant(notAfter)} (${fromNow(notAfter, seen.now)})`}`,
        ),
        ...rootPlaces(seen.roots),
      ],
      fixes: [serverFix(seen, 'use a chain that leads to a root which is still valid'), ...rootListFixes()],
    }
  },
})
