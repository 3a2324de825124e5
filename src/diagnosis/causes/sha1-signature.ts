import { certificateCause, hostName, verified, whichCertificate } from '../certificate-cause.ts'
import { NO_HELP_FOR_CERTIFICATES, serverFix } from '../fixes.ts'

/** SHA-1 signatures are refused since Go 1.18, without an escape since 1.24. */
export const sha1Signature = certificateCause({
  id: 'sha1-signature',
  meaning: 'A certificate of the chain is signed with SHA-1',
  fault: 'upstream',
  words: (evidence, seen) => ({
    title: `a certificate under ${hostName(seen)} is signed with SHA-1`,
    why: 'SHA-1 signatures can be forged, so go counts them as none and reports an unknown authority. A root signed with SHA-1 does no harm; this certificate is below one.',
    evidence: [verified(`${whichCertificate(evidence)}: signature algorithm with SHA-1`)],
    fixes: [serverFix(seen, 'have the certificate issued anew with SHA-256')],
    willNotHelp: [{ setting: 'GODEBUG=x509sha1=1', because: 'go removed it in 1.24' }, ...NO_HELP_FOR_CERTIFICATES],
  }),
})
