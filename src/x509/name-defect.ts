import type { Certificate } from './certificate.ts'
import { buildChains } from './chain-search.ts'
import { type DefectContext, indexOf } from './defect-context.ts'
import { equalOctets } from './der.ts'
import { formatGoTime, hex } from './go-text.ts'
import { parseIpAddress } from './ip-address.ts'
import { isSignedBy } from './issuer-signature.ts'
import { describePublicKey } from './public-key.ts'
import type { SignatureProblem } from './signature.ts'
import { describeNameConstraints, formatTime, summarizeNames } from './summary.ts'
import { nameExtKeyUsage } from './usage.ts'
import type { Defect, DefectCode } from './verdict.ts'
import type { VerifyError } from './verify-error.ts'

/** Give an error of crypto/x509 the code, place and facts that people need; Go's own text tells several causes in one. */
export function nameError(error: VerifyError, context: DefectContext): Defect {
  if (error.kind === 'unknown-authority') return nameAuthority(error, context)
  return makeDefect(codeOf(error, context), error.certificate, error.goText, factsOf(error, context), context)
}

/** Name why a signature by a candidate issuer does not count. @param goText what Go would print for it */
export function nameProblem(
  child: Certificate,
  parent: Certificate,
  problem: SignatureProblem,
  goText: string,
  context: DefectContext,
): Defect {
  const facts = {
    issuer: child.issuer.text,
    candidate: parent.subject.text,
    hint: problem.goText,
    signatureAlgorithm: child.signatureAlgorithm.name,
    bits: parent.publicKey?.kind === 'RSA' ? String(parent.publicKey.bits) : '',
    publicKey: describePublicKey(parent.publicKey, parent.publicKeyOid),
    authorityKeyId: hex(child.authorityKeyId),
    candidateKeyId: hex(parent.subjectKeyId),
  }
  const code = PROBLEM_CODES[problem.kind]
  const isParents = code === 'issuer-not-ca' || code === 'weak-rsa-key' || code === 'unsupported-public-key'
  return makeDefect(code, isParents ? parent : child, goText, facts, context)
}

const PROBLEM_CODES: Readonly<Record<SignatureProblem['kind'], DefectCode>> = {
  'not-ca': 'issuer-not-ca',
  sha1: 'sha1-signature',
  md5: 'md5-signature',
  'weak-rsa': 'weak-rsa-key',
  unsupported: 'unsupported-public-key',
  wrong: 'chain-signature-invalid',
}

/** "certificate signed by unknown authority" has many causes: told apart by what the pool, the message and the spare certificates hold. */
function nameAuthority(error: VerifyError, context: DefectContext): Defect {
  const { certificate, hint } = error
  const isStranger = (candidate: Certificate, problem: SignatureProblem) =>
    isNamesake(certificate, candidate, problem, context) || (problem.kind === 'wrong' && isSelfSigned(certificate, context))
  if (context.request.roots.size > 0 && hint?.problem != null && !isStranger(hint.candidate, hint.problem)) {
    return nameProblem(certificate, hint.candidate, hint.problem, error.goText, context)
  }
  return makeDefect(authorityCode(context), certificate, error.goText, authorityFacts(error, context), context)
}

function authorityCode(context: DefectContext): DefectCode {
  if (context.request.roots.size === 0) return 'client-roots-missing'
  if (context.completedBy.length > 0) return 'missing-intermediate'
  return context.leaf !== undefined && isSelfSigned(context.leaf, context) ? 'cert-self-signed' : 'unknown-authority'
}

/** A root that only shares the issuer's name: another key id says that it is not the issuer. (What signed itself has no other issuer either.) */
function isNamesake(child: Certificate, candidate: Certificate, problem: SignatureProblem, context: DefectContext): boolean {
  if (problem.kind !== 'wrong' || indexOf(candidate, context.presented) !== null) return false
  const [wanted, own] = [child.authorityKeyId, candidate.subjectKeyId]
  return wanted.length > 0 && own.length > 0 && !equalOctets(wanted, own)
}

function isSelfSigned(certificate: Certificate, { search }: DefectContext): boolean {
  return equalOctets(certificate.rawIssuer, certificate.rawSubject) && isSignedBy(certificate, certificate, search.rules)
}

function authorityFacts({ certificate, hint }: VerifyError, context: DefectContext): Record<string, string> {
  const { leaf, request, completedBy } = context
  return {
    issuer: certificate.issuer.text,
    authorityKeyId: hex(certificate.authorityKeyId),
    caIssuers: certificate.caIssuers.join(', '),
    selfIssued: String(leaf !== undefined && equalOctets(leaf.rawIssuer, leaf.rawSubject)),
    rootOfSameOrganisation: request.roots.findNamesake(certificate.issuer.organizations, request.rules) ?? '',
    trustedSibling: findTrustedSibling(certificate, context)?.subject.text ?? '',
    roots: String(request.roots.size),
    completedBy: completedBy.map((spare) => spare.subject.text).join(', '),
    ...(hint === undefined ? {} : { candidate: hint.candidate.subject.text, hint: hint.goText }),
  }
}

/** Another certificate of the message, of the organisation that the missing issuer has, which is a trusted root or leads to one. */
function findTrustedSibling({ issuer }: Certificate, { presented, search, leaf }: DefectContext): Certificate | undefined {
  const others = presented.flatMap((item) => ('certificate' in item && item.certificate !== leaf ? [item.certificate] : []))
  const related = others.filter(({ subject }) => subject.organizations.some((name) => issuer.organizations.includes(name)))
  const count = { attempts: ATTEMPTS_BEFORE_SIBLINGS }
  return related.find((one) => search.roots.contains(one, search.rules) || buildChains(one, search, count).chains.length > 0)
}

/** What is left of Go's limit of 100 for all siblings together: they are asked for words only. */
const ATTEMPTS_BEFORE_SIBLINGS = 60

function makeDefect(
  code: DefectCode,
  certificate: Certificate,
  goText: string,
  facts: Readonly<Record<string, string>>,
  context: DefectContext,
): Defect {
  return { code, certificate: indexOf(certificate, context.presented), subject: certificate.subject.text, goText, facts }
}

function codeOf(error: VerifyError, context: DefectContext): DefectCode {
  switch (error.kind) {
    case 'expired':
      return expiredCode(error, context)
    case 'not-yet-valid':
      return 'cert-not-yet-valid'
    case 'not-ca':
      return 'issuer-not-ca'
    case 'path-length':
      return 'path-length-exceeded'
    case 'host-name':
      return hostNameCode(error.certificate, context.request.name)
    case 'name-constraints':
      return 'name-constraints'
    case 'key-usage':
      return 'eku-mismatch'
    case 'system-roots':
      return 'client-roots-missing'
    // The taxonomy has no code for policies: what Go up to 1.23 says of them is the nearest.
    case 'critical-extension':
    case 'policies':
      return 'unhandled-critical-extension'
    default:
      return 'unknown-authority'
  }
}

/** Servers also send the root itself: what is in the pool is a root, whichever way Go came to it last. */
function expiredCode({ certificate, role }: VerifyError, { search }: DefectContext): DefectCode {
  if (role === 'leaf') return 'cert-expired'
  return role === 'root' || search.roots.contains(certificate, search.rules) ? 'root-expired' : 'intermediate-expired'
}

function hostNameCode(certificate: Certificate, name: string): DefectCode {
  const isAddress = parseIpAddress(name.replace(/^\[|\]$/g, '')) !== undefined
  if (isAddress) return certificate.subjectAltNames.some(({ kind }) => kind === 'ip') ? 'cert-name-mismatch' : 'cert-ip-no-san'
  return certificate.hasSubjectAltName ? 'cert-name-mismatch' : 'cert-no-san'
}

function factsOf(error: VerifyError, { request }: DefectContext): Record<string, string> {
  const { certificate } = error
  switch (error.kind) {
    case 'expired':
    case 'not-yet-valid': {
      const now = formatGoTime(request.now, request.timeZoneOffsetMinutes ?? 0)
      const [notBefore, notAfter] = [formatTime(certificate.notBefore), formatTime(certificate.notAfter)]
      return { notBefore: notBefore ?? '', notAfter: notAfter ?? '', now, issuer: certificate.issuer.text }
    }
    case 'host-name': {
      const { dnsNames, ipAddresses } = summarizeNames(certificate)
      const offered = [...dnsNames, ...ipAddresses].join(', ')
      return { wanted: request.name, offered, commonName: certificate.subject.commonName }
    }
    case 'critical-extension':
      return { extension: certificate.unhandledCritical.join(', ') }
    case 'policies':
      return { extension: 'certificatePolicies', detail: error.goText }
    case 'path-length':
      return { pathLength: String(certificate.maxPathLength) }
    case 'key-usage':
      return { wanted: 'serverAuth', offered: certificate.extKeyUsages.map(nameExtKeyUsage).join(', ') }
    case 'name-constraints':
      return { ...constraintFacts(error.goText), permitted: describeNameConstraints(certificate.nameConstraints) ?? '' }
    default:
      return { issuer: certificate.issuer.text }
  }
}

/** The name and the subtree that Go's text speaks of. */
function constraintFacts(goText: string): Record<string, string> {
  const match = /: (?:DNS name|IP address|URI|email address) "(.*)" is (?:not permitted|excluded by constraint "(.*)")/s.exec(goText)
  if (match === null) return {}
  return { name: match[1] ?? '', ...(match[2] === undefined ? {} : { constraint: match[2] }) }
}
