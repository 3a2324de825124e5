import { certificateCause, factDate, hostName, verified, whichCertificate } from '../certificate-cause.ts'
import { fix, serverFix } from '../fixes.ts'
import { fromNow, inInstant, inMinute } from '../units.ts'

/** A notBefore lies after the client's clock. */
export const certNotYetValid = certificateCause({
  id: 'cert-not-yet-valid',
  meaning: 'The leaf certificate is not valid yet',
  fault: 'upstream',
  words(evidence, seen) {
    const notBefore = factDate(evidence.defect, 'notBefore')
    return {
      title: `the certificate of ${hostName(seen)} is not valid yet`,
      why: `${notBefore === undefined ? 'Its notBefore lies in the future' : `It is valid from ${inMinute(notBefore)}`}; the clock of this machine said ${inMinute(seen.now)}. Fresh certificates are normally valid at once, so look at this clock first.`,
      evidence: [
        verified(
          `${whichCertificate(evidence)}${notBefore === undefined ? '' : `: notBefore ${inInstant(notBefore)} (${fromNow(notBefore, seen.now)})`}`,
        ),
      ],
      fixes: [
        fix({
          title: 'if this clock is behind: let it be set from the network',
          scope: 'this-machine',
          os: 'linux',
          commands: ['sudo timedatectl set-ntp true'],
          checkedHow: 'needs a second source of the time',
        }),
        serverFix(seen, 'if this clock is right: serve a certificate that is already valid'),
      ],
      alsoPossible: [{ cause: 'client-clock-wrong', confidence: 'possible', test: 'date -u' }],
    }
  },
})
