import type { Certificate } from './certificate.ts'
import type { GoRules } from './rules.ts'
import { checkSignature, type SignatureProblem, UNSUPPORTED } from './signature.ts'
import { KEY_CERT_SIGN } from './usage.ts'

/** Whether `parent` may sign certificates and did sign `child`, in Go's order (CheckSignatureFrom). @returns undefined when it did */
export function checkSignatureFrom(child: Certificate, parent: Certificate, rules: GoRules): SignatureProblem | undefined {
  if (!maySign(parent)) return NOT_CA
  return parent.publicKeyAlgorithm === 'unknown' ? UNSUPPORTED : verifyOnce(child, parent, rules)
}

/** Whether `parent`'s key made the signature, whatever Go thinks of the key, its algorithm and its right to sign. MD5 is never checked and counts as made. */
export function isSignedBy(child: Certificate, parent: Certificate, rules: GoRules): boolean {
  if (parent.publicKey === null) return false
  const problem = verifyOnce(child, parent, rules)
  if (problem?.kind !== 'sha1' && problem?.kind !== 'weak-rsa') return problem === undefined || problem.kind === 'md5'
  const lenient = { ...rules, acceptsSha1: true, minimumRsaBits: 0 }
  return checkSignature(child.signatureAlgorithm, child.rawTbs, child.signature, parent.publicKey, lenient) === undefined
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

/** Several passes look at the same pairs. Certificates are parsed for one set of rules, so the pair alone is the key. */
const MEMORY = new WeakMap<Certificate, WeakMap<Certificate, { readonly problem: SignatureProblem | undefined }>>()

function verifyOnce(child: Certificate, parent: Certificate, rules: GoRules): SignatureProblem | undefined {
  const known = MEMORY.get(child) ?? new WeakMap<Certificate, { readonly problem: SignatureProblem | undefined }>()
  MEMORY.set(child, known)
  const found = known.get(parent) ?? {
    problem: checkSignature(child.signatureAlgorithm, child.rawTbs, child.signature, parent.publicKey, rules),
  }
  known.set(parent, found)
  return found.problem
}
