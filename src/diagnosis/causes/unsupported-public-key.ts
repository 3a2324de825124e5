import { type Cause, defineCause } from '../cause.ts'
import {
  type CertificateEvidence,
  type CertificateWords,
  certificateCause,
  fact,
  hostName,
  verified,
  whichCertificate,
} from '../certificate-cause.ts'
import { serverFix } from '../fixes.ts'
import { keyProofConfidence, proofLine, signatureRefusalLine, signatureRefused } from '../key-proof-signs.ts'
import type { Observation } from '../observation.ts'

const byCertificate = certificateCause({
  id: 'unsupported-public-key',
  meaning: "The certificate's key is of a kind or on a curve that cannot be used",
  fault: 'upstream',
  stage: (defect) => (/signature/.test(defect.facts['tlsText'] ?? '') ? 'key-exchange' : 'certificate'),
  alerts: [43, 47, 51],
  words: (evidence, seen) => (evidence.defect.facts['mode'] === 'FIPS' ? fipsWords(evidence, seen) : kindWords(evidence, seen)),
})

function kindWords(evidence: CertificateEvidence, seen: Observation): CertificateWords {
  return {
    title: `go cannot use the kind of key that ${hostName(seen)} has`,
    why: `go checks RSA (PKCS #1 keys), ECDSA on P-256, P-384 and P-521, and Ed25519. This key is ${fact(evidence.defect, 'publicKey', 'key', 'curve', 'offered') ?? 'none of these'}.`,
    evidence: [
      verified(
        `${whichCertificate(evidence)}: public key ${fact(evidence.defect, 'publicKey', 'key', 'curve', 'offered') ?? 'of another kind'}`,
      ),
    ],
    fixes: [serverFix(seen, 'use an ECDSA P-256 or an RSA key')],
  }
}

/** FIPS mode looks at the keys of the whole chain. */
function fipsWords(evidence: CertificateEvidence, seen: Observation): CertificateWords {
  const key = fact(evidence.defect, 'publicKey') ?? 'of another kind'
  return {
    title: `go in FIPS mode does not take a key in the chain of ${hostName(seen)}`,
    why: `GODEBUG=fips140 is set: go then takes RSA keys from 2048 bits, ECDSA on P-256, P-384 and P-521, and Ed25519, in every certificate of the chain, the root included. This key is ${key}. Outside FIPS mode the chain would be looked at further.`,
    evidence: [verified(`${whichCertificate(evidence)}: public key ${key}`)],
    fixes: [serverFix(seen, 'use certificates with RSA keys from 2048 bits or ECDSA P-256, up to the root')],
  }
}

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
