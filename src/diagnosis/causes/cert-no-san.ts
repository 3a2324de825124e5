import { certificateCause, hostName, verified, whichCertificate } from '../certificate-cause.ts'
import { NO_HELP_FOR_CERTIFICATES, serverFix } from '../fixes.ts'

/** The leaf has only a common name, at which go has not looked since 1.15. */
export const certNoSan = certificateCause({
  id: 'cert-no-san',
  meaning: 'The certificate has no subjectAltName',
  fault: 'upstream',
  words: (evidence, seen) => ({
    title: `the certificate of ${hostName(seen)} has its name only in the common name`,
    why: 'go looks for the host in the subjectAltName alone. curl and some browsers of old still take the common name, so the same server may work for them.',
    evidence: [verified(`${whichCertificate(evidence)}: no subjectAltName`)],
    fixes: [serverFix(seen, 'issue a certificate that has the host name as a dNSName in subjectAltName')],
    willNotHelp: [{ setting: 'GODEBUG=x509ignoreCN=0', because: 'go removed it in 1.17' }, ...NO_HELP_FOR_CERTIFICATES],
  }),
})
