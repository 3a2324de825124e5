import type { Defect } from '../../x509/verdict.ts'
import { certificateCause, fact, hostName, verified, whichCertificate } from '../certificate-cause.ts'
import { serverFix } from '../fixes.ts'

/** Below 1024 bits: the chain is refused when it is a CA's key, the handshake signature when it is the leaf's. */
export const weakRsaKey = certificateCause({
  id: 'weak-rsa-key',
  meaning: 'An RSA key is shorter than 1024 bits',
  fault: 'upstream',
  stage: (defect) => (isHandshakeKey(defect) ? 'key-exchange' : 'certificate'),
  alerts: [51, 47, 10],
  words(evidence, seen) {
    const bits = fact(evidence.defect, 'bits', 'keyBits', 'offered')
    return {
      title: `an RSA key under ${hostName(seen)} is too short for go`,
      why: `It has ${bits === undefined ? 'fewer than 1024 bits' : `${bits} bits, 1024 are needed`}: such keys can be computed by others. ${isHandshakeKey(evidence.defect) ? 'The certificate itself passes; go refuses the handshake signature made with it.' : 'go refuses what this CA signed.'}`,
      evidence: [verified(`${whichCertificate(evidence)}: RSA${bits === undefined ? '' : `, ${bits} bits`}`)],
      fixes: [serverFix(seen, 'make a new key of at least 2048 bits and have it certified')],
    }
  },
})

/** crypto/tls refused the key when it checked the handshake signature, not crypto/x509 the chain. */
function isHandshakeKey(defect: Defect): boolean {
  return (defect.facts['tlsText'] ?? '') !== ''
}
