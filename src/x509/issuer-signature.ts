import type { Certificate } from './certificate.ts'
import type { GoRules } from './rules.ts'
import { checkSignature, type SignatureProblem, UNSUPPORTED } from './signature.ts'
import { KEY_CERT_SIGN } from './usage.ts'

/** Remembers signature checks, so that several passes over the same certificates verify each pair once. */
export interface SignatureMemory {
  readonly byChild: Map<Certificate, Map<Certificate, SignatureProblem | undefined>>
}

/** A memory for one verification. */
export function makeSignatureMemory(): SignatureMemory {
  return { byChild: new Map() }
}

/** Whether `parent` may sign certificates and did sign `child`, in Go's order (CheckSignatureFrom). @returns undefined when it did */
export function checkSignatureFrom(
  child: Certificate,
  parent: Certificate,
  rules: GoRules,
  memory: SignatureMemory,
): SignatureProblem | undefined {
  if (!maySign(parent)) return NOT_CA
  return parent.publicKeyAlgorithm === 'unknown' ? UNSUPPORTED : verifyOnce(child, parent, rules, memory)
}

/** Whether `parent`'s key made the signature, its right to do so not asked. @returns undefined when it did */
export function checkKeyOnly(
  child: Certificate,
  parent: Certificate,
  rules: GoRules,
  memory: SignatureMemory,
): SignatureProblem | undefined {
  return parent.publicKey === null ? UNSUPPORTED : verifyOnce(child, parent, rules, memory)
}

/** RFC 5280 sections 4.2.1.3 and 4.2.1.9 as Go applies them to an issuer. */
export function maySign(parent: Certificate): boolean {
  const lacksCa = (parent.version === 3 && !parent.hasBasicConstraints) || (parent.hasBasicConstraints && !parent.isCa)
  return !lacksCa && (parent.keyUsage === 0 || (parent.keyUsage & KEY_CERT_SIGN) !== 0)
}

/** Go's ConstraintViolationError. */
export const NOT_CA: SignatureProblem = {
  kind: 'not-ca',
  goText: 'x509: invalid signature: parent certificate cannot sign this kind of certificate',
}

function verifyOnce(child: Certificate, parent: Certificate, rules: GoRules, memory: SignatureMemory): SignatureProblem | undefined {
  const known = memory.byChild.get(child) ?? new Map<Certificate, SignatureProblem | undefined>()
  memory.byChild.set(child, known)
  if (!known.has(parent)) {
    known.set(parent, checkSignature(child.signatureAlgorithm, child.rawTbs, child.signature, parent.publicKey, rules))
  }
  return known.get(parent)
}
