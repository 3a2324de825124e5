/** What shows that go refused the server's handshake signature: its own alert beside the proof that was checked again. */
import type { EvidenceLine } from '../contract/diagnosis.ts'
import type { Confidence } from '../contract/terms.ts'
import type { KeyProof } from '../handshake/key-proof.ts'
import type { Observation } from './observation.ts'
import { clientRefusal, type Refusal } from './refusal.ts'
import { refuseSignature, type SignatureRefusal } from './signature-text.ts'

export interface SignatureFinding {
  readonly proof: KeyProof
  readonly source: 'wire' | 'probe'
  readonly refusal: Refusal
  /** go's sentence. */
  readonly text: string
}

/**
 * The refused signature; undefined where go's alert or the chain tells of something else. The chain is judged before the signature, so an alert that cannot be
 * read counts only where the chain holds.
 */
export function signatureRefused(seen: Observation, kind: SignatureRefusal['kind']): SignatureFinding | undefined {
  const refusal = clientRefusal(seen)
  const proof = seen.proof?.key
  if (seen.outcome !== 'failed' || refusal === undefined || seen.proof === undefined || proof == null) return undefined
  const said = refuseSignature(proof, seen.go)
  if (said?.kind !== kind) return undefined
  const fits = refusal.alertCode === null ? seen.judged?.verdict.ok === true : SIGNATURE_ALERTS.includes(refusal.alertCode)
  return fits ? { proof, source: seen.proof.keySource, refusal, text: said.goText } : undefined
}

/** decrypt_error in TLS 1.3 and of OpenSSL; illegal_parameter since 1.24 and unexpected_message before in TLS 1.2. */
const SIGNATURE_ALERTS: readonly number[] = [51, 47, 10]

/** The signature of go's own session, beside an alert that could be read, leaves no doubt. */
export function keyProofConfidence({ source, refusal, proof }: SignatureFinding, seen: Observation): Confidence {
  if (refusal.how === 'closed') return 'possible'
  if (proof.outcome === 'not seen') return 'likely'
  if (source === 'probe') return seen.probe?.sameAsGoSaw === true ? 'high' : 'likely'
  return refusal.how === 'clear' ? 'certain' : 'high'
}

/** What was checked, and how it came out. */
export function proofLine({ proof, source }: Pick<SignatureFinding, 'proof' | 'source'>): EvidenceLine {
  const message = proof.version === '1.2' ? 'ServerKeyExchange' : 'CertificateVerify'
  const outcome = proof.outcome === 'fits' ? 'fits' : 'does not verify with'
  const text = `${message} signed with ${proof.scheme?.name ?? 'an unknown scheme'} ${outcome} the leaf's key (${proof.key})`
  return { text: source === 'probe' ? `${text}, in the probe's session` : text, source: 'verifier', ref: null }
}

/** How go said that it goes no further. */
export function signatureRefusalLine(refusal: Refusal): EvidenceLine {
  if (refusal.how === 'clear')
    return { text: `go refused with alert ${refusal.alertCode} (${refusal.alertName})`, source: 'wire', ref: null }
  if (refusal.how === 'inferred')
    return { text: 'go sent an alert-sized record (19 bytes) where Finished belongs', source: 'inferred', ref: null }
  return { text: 'go closed the connection after the certificate', source: 'wire', ref: null }
}
