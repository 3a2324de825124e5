import { certificateCause, fact, hostName, verified, whichCertificate } from '../certificate-cause.ts'
import { serverFix } from '../fixes.ts'

/** DSA, Ed448, RSA-PSS, secp256k1, brainpool and the like. */
export const unsupportedPublicKey = certificateCause({
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
