import type { Certificate } from './certificate.ts'
import { formatGoTime, quoteGo } from './go-text.ts'
import type { SignatureProblem } from './signature.ts'

/** What a certificate is in the chain that is being built. */
export type Role = 'leaf' | 'intermediate' | 'root'

/** Why crypto/x509 refuses, as data. `goText` is byte for byte what it says. */
export interface VerifyError {
  readonly kind:
    | 'critical-extension'
    | 'expired'
    | 'not-yet-valid'
    | 'issuer-name'
    | 'not-ca'
    | 'path-length'
    | 'host-name'
    | 'name-constraints'
    | 'key-usage'
    | 'policies'
    | 'distrusted-key'
    | 'unknown-authority'
    | 'system-roots'
    | 'attempts'
  readonly goText: string
  /** The certificate at fault; for `unknown-authority` the one at which the search ended. */
  readonly certificate: Certificate
  readonly role: Role
  /** For `unknown-authority`: the first candidate that was refused, and why. */
  readonly hint?: { readonly candidate: Certificate; readonly goText: string; readonly problem: SignatureProblem | null }
}

/** The certificate has a critical extension that Go does not handle. */
export function criticalExtensionError(certificate: Certificate, role: Role): VerifyError {
  return { kind: 'critical-extension', goText: 'x509: unhandled critical extension', certificate, role }
}

/** The current time lies outside the validity. @param offsetMinutes the local zone of the `go` command, east of UTC */
export function validityError(
  certificate: Certificate,
  role: Role,
  kind: 'expired' | 'not-yet-valid',
  now: Date,
  offsetMinutes: number,
): VerifyError {
  const limit = kind === 'expired' ? `after ${certificate.notAfter.goText}` : `before ${certificate.notBefore.goText}`
  const goText = `x509: certificate has expired or is not yet valid: current time ${formatGoTime(now, offsetMinutes)} is ${limit}`
  return { kind, goText, certificate, role }
}

/** The parent's subject is not the child's issuer (it is only ever looked up by that, so Go practically never says so). */
export function issuerNameError(certificate: Certificate, role: Role): VerifyError {
  return { kind: 'issuer-name', goText: 'x509: issuer name does not match subject from issuing certificate', certificate, role }
}

/** An intermediate is not a CA certificate. */
export function notCaError(certificate: Certificate, role: Role): VerifyError {
  return { kind: 'not-ca', goText: 'x509: certificate is not authorized to sign other certificates', certificate, role }
}

/** The chain below is longer than this authority allows. */
export function pathLengthError(certificate: Certificate, role: Role): VerifyError {
  return { kind: 'path-length', goText: 'x509: too many intermediates for path length constraint', certificate, role }
}

/** An authority may not sign for a name. @param detail Go's words from the kind of name on */
export function nameConstraintsError(certificate: Certificate, role: Role, detail: string): VerifyError {
  const prefix = 'x509: a root or intermediate certificate is not authorized to sign for this name: '
  return { kind: 'name-constraints', goText: prefix + detail, certificate, role }
}

/** The extended key usages of a certificate of the chain exclude server authentication. */
export function keyUsageError(certificate: Certificate, role: Role): VerifyError {
  return { kind: 'key-usage', goText: 'x509: certificate specifies an incompatible key usage', certificate, role }
}

/** No chain is left because of its policies. */
export function policiesError(certificate: Certificate, detail: string): VerifyError {
  return { kind: 'policies', goText: `x509: no valid chains built: ${detail}`, certificate, role: 'leaf' }
}

/** All chains hold a key that Go distrusts; it does not say which. */
export function distrustedKeyError(certificate: Certificate): VerifyError {
  return { kind: 'distrusted-key', goText: 'x509: no valid chains built', certificate, role: 'leaf' }
}

/** More than 100 candidates were looked at. */
export function attemptsError(certificate: Certificate): VerifyError {
  const goText = 'x509: signature check attempts limit reached while verifying certificate chain'
  return { kind: 'attempts', goText, certificate, role: 'leaf' }
}

/** No root could be loaded. @param detail Go's error about the place */
export function systemRootsError(certificate: Certificate, detail: string): VerifyError {
  const goText = `x509: failed to load system roots and no roots provided; ${detail}`
  return { kind: 'system-roots', goText, certificate, role: 'leaf' }
}

/** No issuer was found that counts. */
export function unknownAuthorityError(certificate: Certificate, hint?: VerifyError['hint']): VerifyError {
  const text = 'x509: certificate signed by unknown authority'
  const role = 'intermediate'
  if (hint === undefined) return { kind: 'unknown-authority', goText: text, certificate, role }
  const candidate = quoteGo(nameCandidate(hint.candidate))
  const because = `possibly because of ${quoteGo(hint.goText)} while trying to verify candidate authority certificate ${candidate}`
  return { kind: 'unknown-authority', goText: `${text} (${because})`, certificate, role, hint }
}

function nameCandidate(candidate: Certificate): string {
  if (candidate.subject.commonName !== '') return candidate.subject.commonName
  return candidate.subject.organizations[0] ?? `serial:${candidate.serialNumber}`
}
