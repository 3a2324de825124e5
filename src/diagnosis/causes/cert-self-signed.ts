import { certificateCause, hostName, rootPlaces, verified, whichCertificate } from '../certificate-cause.ts'
import { serverFix, trustFixes } from '../fixes.ts'

/** The leaf is its own issuer and not in the pool. */
export const certSelfSigned = certificateCause({
  id: 'cert-self-signed',
  meaning: "The leaf is self-signed and not in the client's pool",
  fault: 'upstream',
  words: (evidence, seen) => ({
    title: `the certificate of ${hostName(seen)} is self-signed and not trusted here`,
    why: 'It vouches for itself; no authority signed it, and it is in no store that go reads. go prints the same text as for an unknown CA.',
    evidence: [verified(`${whichCertificate(evidence)}: subject equals issuer`), ...rootPlaces(seen.roots)],
    fixes: [serverFix(seen, 'use a certificate that an authority signed'), ...trustFixes("the server's owner, not from this connection")],
  }),
})
