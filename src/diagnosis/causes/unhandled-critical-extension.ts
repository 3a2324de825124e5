import { certificateCause, fact, hostName, verified, whichCertificate } from '../certificate-cause.ts'
import { serverFix } from '../fixes.ts'

/** A critical extension must be refused by whoever does not know it (RFC 5280 section 4.2). */
export const unhandledCriticalExtension = certificateCause({
  id: 'unhandled-critical-extension',
  meaning: 'A certificate has a critical extension that Go does not know',
  fault: 'upstream',
  words: (evidence, seen) => ({
    title: `a certificate that ${hostName(seen)} sends has a critical extension that go does not know`,
    why: `"Critical" means: refuse if you do not understand this. The extension is ${fact(evidence.defect, 'extension', 'oid', 'offered') ?? 'not named by go'}; a critical nameConstraints with directory names counts too.`,
    evidence: [
      verified(
        `${whichCertificate(evidence)}: critical extension ${fact(evidence.defect, 'extension', 'oid', 'offered') ?? 'unknown to go'}`,
      ),
    ],
    fixes: [serverFix(seen, 'have the certificate issued with this extension not critical, or without it')],
  }),
})
