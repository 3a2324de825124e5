import { certificateCause, hostName, verified, whichCertificate } from '../certificate-cause.ts'
import { serverFix } from '../fixes.ts'

/** The URL has an IP address, the leaf has no iPAddress SAN. */
export const certIpNoSan = certificateCause({
  id: 'cert-ip-no-san',
  meaning: 'The URL has an IP address and the certificate has no IP SAN',
  fault: 'upstream',
  words: (evidence, seen) => ({
    title: `the certificate of ${hostName(seen)} has no IP address in it`,
    why: 'The URL names the server by its IP address. go then takes only an iPAddress entry of the subjectAltName, never a DNS name or the common name.',
    evidence: [verified(`${whichCertificate(evidence)}: no iPAddress in subjectAltName`)],
    fixes: [serverFix(seen, 'use the host name in the URL, or add the address as an iPAddress to the certificate')],
  }),
})
