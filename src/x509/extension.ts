import type { CertificateDraft, Extension } from './certificate.ts'
import { DerReader, TAG } from './der.ts'
import { latin1, quoteGo } from './go-text.ts'
import { readNameConstraints } from './name-constraints.ts'
import type { Refuse } from './parse-error.ts'
import { readInhibitAnyPolicy, readPolicies, readPolicyConstraints, readPolicyMappings } from './policy-extension.ts'
import type { GoRules } from './rules.ts'
import { readSubjectAltNames, type SubjectAltName } from './subject-alt-name.ts'

/** Read the `[3]` element with all extensions, without looking into them. After a refusal: those read so far. */
export function readExtensionList(tbs: DerReader, rules: GoRules, refuse: Refuse): readonly Extension[] {
  const field = 'tbsCertificate.extensions'
  const list: Extension[] = []
  const offset = tbs.offset
  const sequence = tbs.read(0xa3)?.read(TAG.sequence) ?? readCutList(tbs, () => refuse('x509: malformed extensions', offset, field))
  if (sequence === undefined) return list
  const seen = new Set<string>()
  while (!sequence.isEmpty) {
    const start = sequence.offset
    const content = sequence.read(TAG.sequence)
    if (content === undefined) {
      refuse('x509: malformed extension', start, field)
      return list
    }
    const extension = readExtension(content)
    if (typeof extension === 'string') refuse(extension, start, field)
    else if (seen.has(extension.oid)) refuse(describeDuplicate(extension.oid, rules), start, `${field}[${extension.oid}]`)
    else {
      seen.add(extension.oid)
      list.push(extension)
    }
  }
  return list
}

/** Where reading goes on after the refusal: a list that is cut off, if it is one. */
function readCutList(tbs: DerReader, refuse: () => void): DerReader | undefined {
  refuse()
  const outer = tbs.cutElement(0xa3)
  const inner = outer === undefined ? undefined : new DerReader(tbs.octets, outer.contentOffset, outer.end)
  const list = inner?.read(TAG.sequence)
  if (inner === undefined || list !== undefined) return list
  const cut = inner.cutElement(TAG.sequence)
  return cut === undefined ? undefined : new DerReader(tbs.octets, cut.contentOffset, cut.end)
}

/** Interpret the extensions in `draft.extensions`, in their order, as Go's processExtensions does. */
export function readExtensions(draft: CertificateDraft, rules: GoRules, refuse: Refuse): void {
  const unhandled: string[] = []
  draft.unhandledCritical = unhandled
  for (const extension of draft.extensions) {
    const read = readerOf(extension.oid, rules)
    const reader = new DerReader(draft.raw, extension.offset, extension.offset + extension.value.length)
    const result = read === undefined ? UNHANDLED : read(draft, reader, rules, extension.isCritical)
    if (typeof result === 'string') refuse(result, extension.offset, `tbsCertificate.extensions[${extension.oid}]`)
    if (result === UNHANDLED && extension.isCritical) unhandled.push(extension.oid)
  }
}

function describeDuplicate(oid: string, rules: GoRules): string {
  if (!rules.hasStrictExtensions) return 'x509: certificate contains duplicate extensions'
  return `x509: certificate contains duplicate extension with OID ${quoteGo(oid)}`
}

/** The extension, or Go's text for the refusal. */
function readExtension(content: DerReader): Extension | string {
  const oid = content.objectIdentifier()
  if (oid === undefined) return 'x509: malformed extension OID field'
  const isCritical = content.peeks(TAG.boolean) ? content.boolean() : false
  if (isCritical === undefined) return 'x509: malformed extension critical field'
  const element = content.element(TAG.octetString)
  if (element === undefined) return 'x509: malformed extension value field'
  return { oid, isCritical, value: content.octets.subarray(element.contentOffset, element.end), offset: element.contentOffset }
}

/** Fills the draft. @returns Go's text for the refusal, UNHANDLED, or undefined when all is well */
type ReadOne = (draft: CertificateDraft, reader: DerReader, rules: GoRules, isCritical: boolean) => string | typeof UNHANDLED | undefined

const UNHANDLED = Symbol('unhandled')

function readerOf(oid: string, rules: GoRules): ReadOne | undefined {
  const policyReader = POLICY_READERS[oid]
  return READERS[oid] ?? (policyReader !== undefined && rules.validatesPolicies ? policyReader : undefined)
}

const READERS: Readonly<Record<string, ReadOne>> = {
  '2.5.29.14': readSubjectKeyId,
  '2.5.29.15': readKeyUsage,
  '2.5.29.17': readSubjectAltNameExtension,
  '2.5.29.19': readBasicConstraints,
  '2.5.29.30': readNameConstraintsExtension,
  '2.5.29.31': readCrlDistributionPoints,
  '2.5.29.32': readPolicies,
  '2.5.29.35': readAuthorityKeyId,
  '2.5.29.37': readExtKeyUsage,
  '1.3.6.1.5.5.7.1.1': readAuthorityInfoAccess,
}

const POLICY_READERS: Readonly<Record<string, ReadOne>> = {
  '2.5.29.33': readPolicyMappings,
  '2.5.29.36': readPolicyConstraints,
  '2.5.29.54': readInhibitAnyPolicy,
}

function readSubjectKeyId(draft: CertificateDraft, reader: DerReader, rules: GoRules, isCritical: boolean) {
  if (isCritical && rules.hasStrictExtensions) return 'x509: subject key identifier incorrectly marked critical'
  const id = reader.content(TAG.octetString)
  if (id === undefined) return 'x509: invalid subject key identifier'
  draft.subjectKeyId = id
  return undefined
}

function readAuthorityKeyId(draft: CertificateDraft, reader: DerReader, rules: GoRules, isCritical: boolean) {
  if (isCritical && rules.hasStrictExtensions) return 'x509: authority key identifier incorrectly marked critical'
  const sequence = reader.read(TAG.sequence)
  const id = sequence?.peeks(0x80) === true ? sequence.content(0x80) : new Uint8Array()
  if (sequence === undefined || id === undefined) return 'x509: invalid authority key identifier'
  draft.authorityKeyId = id
  return undefined
}

function readKeyUsage(draft: CertificateDraft, reader: DerReader) {
  const bits = reader.bitString()
  if (bits === undefined) return 'x509: invalid key usage'
  draft.keyUsage = 0
  for (let i = 0; i < 9; i++) {
    const isSet = ((bits.octets[i >> 3] ?? 0) >> (7 - (i & 7))) & 1
    draft.keyUsage |= isSet << i
  }
  return undefined
}

function readBasicConstraints(draft: CertificateDraft, reader: DerReader, rules: GoRules) {
  const invalid = 'x509: invalid basic constraints'
  const sequence = reader.read(TAG.sequence)
  if (sequence === undefined) return invalid
  const isCa = sequence.peeks(TAG.boolean) ? sequence.boolean() : false
  if (isCa === undefined) return invalid
  const hasLength = sequence.peeks(TAG.integer)
  const length = hasLength ? sequence.int64() : -1n
  if (length === undefined || (hasLength && length < 0n && rules.hasStrictStrings)) return invalid
  draft.isCa = isCa
  draft.maxPathLength = Number(length)
  draft.hasBasicConstraints = true
  return undefined
}

function readSubjectAltNameExtension(draft: CertificateDraft, reader: DerReader, rules: GoRules) {
  draft.hasSubjectAltName = true
  const names: SubjectAltName[] = []
  const problem = readSubjectAltNames(reader, rules, names)
  draft.subjectAltNames = names
  return problem ?? (names.length === 0 ? UNHANDLED : undefined)
}

function readNameConstraintsExtension(draft: CertificateDraft, reader: DerReader, rules: GoRules) {
  const constraints = readNameConstraints(reader, rules)
  if (typeof constraints === 'string') return constraints
  draft.nameConstraints = constraints
  return constraints.hasOtherKinds ? UNHANDLED : undefined
}

function readExtKeyUsage(draft: CertificateDraft, reader: DerReader) {
  const sequence = reader.read(TAG.sequence)
  const usages: string[] = []
  while (sequence?.isEmpty === false) {
    const oid = sequence.objectIdentifier()
    if (oid === undefined) return 'x509: invalid extended key usages'
    usages.push(oid)
  }
  if (sequence === undefined) return 'x509: invalid extended key usages'
  draft.extKeyUsages = usages
  return undefined
}

/** Go reads the URIs; we only need to refuse what it refuses. */
function readCrlDistributionPoints(_draft: CertificateDraft, reader: DerReader) {
  const sequence = reader.read(TAG.sequence)
  if (sequence === undefined) return 'x509: invalid CRL distribution points'
  while (!sequence.isEmpty) {
    const point = sequence.read(TAG.sequence)
    if (point === undefined || !isDistributionPoint(point)) return 'x509: invalid CRL distribution point'
  }
  return undefined
}

function isDistributionPoint(point: DerReader): boolean {
  if (!point.peeks(0xa0)) return true
  const fullName = point.read(0xa0)?.read(0xa0)
  if (fullName === undefined) return false
  while (fullName.peeks(0x86)) {
    if (fullName.any() === undefined) return false
  }
  return true
}

function readAuthorityInfoAccess(draft: CertificateDraft, reader: DerReader, rules: GoRules, isCritical: boolean) {
  if (isCritical && rules.hasStrictExtensions) return 'x509: authority info access incorrectly marked critical'
  const invalid = 'x509: invalid authority info access'
  const sequence = reader.read(TAG.sequence)
  if (sequence === undefined) return invalid
  const places: Record<string, string[]> = { [CA_ISSUERS]: [], [OCSP]: [] }
  while (!sequence.isEmpty) {
    const access = sequence.read(TAG.sequence)
    const method = access?.objectIdentifier()
    if (access === undefined || method === undefined) return invalid
    if (!access.peeks(0x86)) continue
    const uri = access.content(0x86)
    if (uri === undefined) return invalid
    places[method]?.push(latin1(uri))
  }
  draft.caIssuers = places[CA_ISSUERS] ?? []
  draft.ocspServers = places[OCSP] ?? []
  return undefined
}

const CA_ISSUERS = '1.3.6.1.5.5.7.48.2'
const OCSP = '1.3.6.1.5.5.7.48.1'
