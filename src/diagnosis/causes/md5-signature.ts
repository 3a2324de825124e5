import { certificateCause, hostName, verified, whichCertificate } from '../certificate-cause.ts'
import { serverFix } from '../fixes.ts'

/** MD5 signatures are never accepted. */
export const md5Signature = certificateCause({
  id: 'md5-signature',
  meaning: 'A certificate of the chain is signed with MD5',
  fault: 'upstream',
  words: (evidence, seen) => ({
    title: `a certificate under ${hostName(seen)} is signed with MD5`,
    why: 'MD5 signatures can be forged by anyone, so go counts them as none and reports an unknown authority.',
    evidence: [verified(`${whichCertificate(evidence)}: signature algorithm with MD5`)],
    fixes: [serverFix(seen, 'have the certificate issued anew with SHA-256')],
  }),
})
