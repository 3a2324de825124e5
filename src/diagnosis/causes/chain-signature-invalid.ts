import { certificateCause, fact, hostName, verified, whichCertificate } from '../certificate-cause.ts'
import { serverFix } from '../fixes.ts'

/** An issuer of the right name is there, but its key did not make the signature. */
export const chainSignatureInvalid = certificateCause({
  id: 'chain-signature-invalid',
  meaning: 'A certificate is not signed by the key of the issuer it names',
  fault: 'upstream',
  words: (evidence, seen) => ({
    title: `a certificate that ${hostName(seen)} sends was not signed by the issuer it names`,
    why: 'An authority with the right name is there, but the signature does not fit its key: two CAs of one name (an old and a renewed one), or a certificate that was changed after signing.',
    evidence: [
      verified(`${whichCertificate(evidence)}: the signature does not fit the key of ${fact(evidence.defect, 'issuer') ?? 'its issuer'}`),
    ],
    fixes: [serverFix(seen, 'serve the intermediate whose key signed this certificate')],
  }),
})
