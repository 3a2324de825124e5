import { certificateCause, factDate, furtherSentence, hostName, verified, whichCertificate } from '../certificate-cause.ts'
import { weighClock } from '../clock-words.ts'
import { fix, serverFix } from '../fixes.ts'
import { atMost } from '../refusal.ts'
import { fromNow, inInstant, inMinute } from '../units.ts'

/** A notBefore lies after the client's clock. */
export const certNotYetValid = certificateCause({
  id: 'cert-not-yet-valid',
  meaning: 'The leaf certificate is not valid yet',
  fault: 'upstream',
  confidence: (base, _verdict, seen) => atMost(base, weighClock(seen).limit),
  words(evidence, seen) {
    const clock = weighClock(seen)
    const notBefore = factDate(evidence.defect, 'notBefore')
    return {
      title: `the certificate of ${hostName(seen)} is not valid yet`,
      why: `${notBefore === undefined ? 'Its notBefore lies in the future' : `It is valid from ${inMinute(notBefore)}`}; the clock of this machine said ${inMinute(seen.now)}. ${clock.isVouched ? 'Other clocks agree with it.' : 'Fresh certificates are normally valid at once, so look at this clock first.'}`,
      evidence: [
        verified(
          `${whichCertificate(evidence)}${notBefore === undefined ? '' : `: notBefore ${inInstant(notBefore)} (${fromNow(notBefore, seen.now)})`}`,
        ),
        ...clock.evidence,
      ],
      fixes: [
        ...(clock.isVouched ? [] : [setClock]),
        serverFix(seen, `${clock.isVouched ? '' : 'if this clock is right: '}serve a certificate that is already valid`),
      ],
      alsoPossible: clock.alsoPossible,
      limit: clock.limit,
      alsoTrue: [...evidence.further.map(furtherSentence), ...clock.alsoTrue],
    }
  },
})

const setClock = fix({
  title: 'if this clock is behind: let it be set from the network',
  scope: 'this-machine',
  os: 'linux',
  commands: ['sudo timedatectl set-ntp true'],
  checkedHow: 'needs a second source of the time',
})
