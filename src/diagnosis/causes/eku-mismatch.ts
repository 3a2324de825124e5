import { certificateCause, fact, hostName, verified, whichCertificate } from '../certificate-cause.ts'
import { serverFix } from '../fixes.ts'

/** The extended key usages of the leaf, or of a CA above it, leave out serverAuth. */
export const ekuMismatch = certificateCause({
  id: 'eku-mismatch',
  meaning: 'The leaf or an intermediate is not for server authentication',
  fault: 'upstream',
  words: (evidence, seen) => ({
    title: `a certificate under ${hostName(seen)} is not meant for servers`,
    why: 'Its extended key usage does not have serverAuth. go asks this of the leaf and of every CA above it that has the extension, the root too.',
    evidence: [
      verified(
        `${whichCertificate(evidence)}: extended key usage ${fact(evidence.defect, 'extKeyUsage', 'offered') ?? 'without serverAuth'}`,
      ),
    ],
    fixes: [serverFix(seen, 'have the certificate issued with the extended key usage serverAuth')],
  }),
})
