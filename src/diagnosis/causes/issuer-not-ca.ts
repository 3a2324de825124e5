import { certificateCause, hostName, verified, whichCertificate } from '../certificate-cause.ts'
import { serverFix } from '../fixes.ts'

/** basicConstraints or keyUsage of an issuer do not let it sign certificates. */
export const issuerNotCa = certificateCause({
  id: 'issuer-not-ca',
  meaning: 'A certificate of the chain was issued by one that is not a CA or may not sign certificates',
  fault: 'upstream',
  words: (evidence, seen) => ({
    title: `the issuer of a certificate under ${hostName(seen)} is not a CA`,
    why: 'The signature may be right, but the certificate of the signer says that it is no CA (basicConstraints) or may not sign certificates (keyUsage). go prints an unknown authority for it.',
    evidence: [verified(whichCertificate(evidence))],
    fixes: [serverFix(seen, 'have the certificate issued by a CA, or have the CA certificate issued anew with CA:TRUE and keyCertSign')],
  }),
})
