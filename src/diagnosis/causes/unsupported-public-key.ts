import { type Cause, defineCause } from '../cause.ts'
import { certificateCause, fact, hostName, verified, whichCertificate } from '../certificate-cause.ts'
import { serverFix } from '../fixes.ts'
import { keyProofConfidence, proofLine, signatureRefusalLine, signatureRefused } from '../key-proof-signs.ts'

const byCertificate = certificateCause({
  id: 'unsupported-public-key',
  meaning: "The certificate's key is of a kind or on a curve that cannot be used",
  fault: 'upstream',
  stage: (defect) => (/signature/.test(defect.facts['tlsText'] ?? '') ? 'key-exchange' : 'certificate'),
  alerts: [43, 47, 51],
  words: (evidence, seen) => ({
    title: `go cannot use the kind of key that ${hostName(seen)} has`,
    why: `go checks RSA (PKCS #1 keys), ECDSA on P-256, P-384 and P-521, and Ed25519. This key is ${fact(evidence.defect, 'publicKey', 'key', 'curve', 'offered') ?? 'none of these'}.`,
    evidence: [
      verified(
        `${whichCertificate(evidence)}: public key ${fact(evidence.defect, 'publicKey', 'key', 'curve', 'offered') ?? 'of another kind'}`,
      ),
    ],
    fixes: [serverFix(seen, 'use an ECDSA P-256 or an RSA key')],
  }),
})

/** The certificate passes, but the handshake is signed in a way that go does not take with that key. */
const byScheme = defineCause({
  id: 'unsupported-public-key',
  meaning: byCertificate.meaning,
  fault: 'upstream',
  detect(seen) {
    const evidence = signatureRefused(seen, 'scheme')
    if (evidence === undefined) return undefined
    return { evidence, leg: 'upstream', stage: 'key-exchange', confidence: keyProofConfidence(evidence, seen) }
  },
  goText: ({ text }) => text,
  explain: (evidence, seen) => ({
    title: `go does not take the signature that ${hostName(seen)} makes with its key`,
    why: `The server signed its handshake with ${evidence.proof.scheme?.name ?? 'an unknown scheme'}; its key is ${evidence.proof.key}. go ${seen.go.version} does not take that scheme with such a key in TLS ${evidence.proof.version}: TLS 1.3 knows neither PKCS #1 v1.5 nor SHA-1, and wants the scheme of the key's own curve; since go 1.25 SHA-1 is refused in TLS 1.2 too.`,
    evidence: [proofLine(evidence), signatureRefusalLine(evidence.refusal)],
    fixes: [serverFix(seen, 'let the server sign with the scheme of its key (RSA-PSS or ECDSA with SHA-256), or use an ECDSA P-256 key')],
  }),
})

/** DSA, Ed448, RSA-PSS, secp256k1, brainpool and the like; and keys that sign in a way that go refuses. */
export const unsupportedPublicKey: Cause<'unsupported-public-key'> = {
  ...byCertificate,
  examine: (seen) => byCertificate.examine(seen) ?? byScheme.examine(seen),
}
