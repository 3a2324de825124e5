import { shown } from '../captured.ts'
import { certificateCause, fact, hostName, verified, whichCertificate } from '../certificate-cause.ts'
import { NO_HELP_FOR_CERTIFICATES, serverFix } from '../fixes.ts'

/** One certificate of the message does not parse; go then refuses all, needed or not. */
export const certMalformed = certificateCause({
  id: 'cert-malformed',
  meaning: 'A certificate that the server sends cannot be parsed',
  fault: 'upstream',
  words(evidence, seen) {
    const at = fact(evidence.defect, 'offset')
    const field = fact(evidence.defect, 'field')
    return {
      title: `a certificate that ${hostName(seen)} sends cannot be parsed`,
      why: `go reads every certificate of the message before it looks at any, and refuses all when one is malformed, even one that the chain does not need. Other programs may be more lenient.`,
      evidence: [
        verified(
          `${whichCertificate(evidence)}: ${shown(evidence.defect.goText) || 'does not parse'}${at === undefined ? '' : `, byte ${at}`}${field === undefined ? '' : `, ${field}`}`,
        ),
      ],
      fixes: [serverFix(seen, 'issue this certificate anew, or leave it out of the chain file when it is not needed')],
      willNotHelp: [
        { setting: 'update-ca-certificates', because: 'the certificate does not parse, so nobody asks who signed it' },
        ...NO_HELP_FOR_CERTIFICATES,
      ],
    }
  },
})
