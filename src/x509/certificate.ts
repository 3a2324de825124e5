import { type DerElement, DerReader, equalOctets, rightAlign, TAG } from './der.ts'
import { readExtensionList, readExtensions } from './extension.ts'
import { EMPTY_NAME, type Name, readName } from './name.ts'
import type { NameConstraints } from './name-constraints.ts'
import { type Refuse, throwRefusal } from './parse-error.ts'
import { type PublicKey, type PublicKeyAlgorithm, publicKeyAlgorithm, readAlgorithmIdentifier, readPublicKey } from './public-key.ts'
import type { GoRules } from './rules.ts'
import { readSignatureAlgorithm, type SignatureAlgorithm, UNKNOWN_ALGORITHM } from './signature.ts'
import type { SubjectAltName } from './subject-alt-name.ts'
import { readTime, type ValidityTime, ZERO_TIME } from './time.ts'

/** One extension (RFC 5280 section 4.2). */
export interface Extension {
  readonly oid: string
  readonly isCritical: boolean
  /** Content of the OCTET STRING, shared with the input. */
  readonly value: Uint8Array
  /** Octet of the certificate at which `value` starts. */
  readonly offset: number
}

/** An X.509 certificate as Go reads it (RFC 5280 section 4.1). Octets are shared with the input. */
export interface Certificate {
  readonly raw: Uint8Array
  readonly rawTbs: Uint8Array
  readonly rawIssuer: Uint8Array
  readonly rawSubject: Uint8Array
  readonly rawPublicKey: Uint8Array
  /** 1 to 3; below that only where the encoding overflows Go's counting */
  readonly version: number
  readonly serialNumber: bigint
  readonly signatureAlgorithm: SignatureAlgorithm
  readonly signatureOid: string
  readonly signature: Uint8Array
  readonly issuer: Name
  readonly subject: Name
  readonly notBefore: ValidityTime
  readonly notAfter: ValidityTime
  readonly publicKeyAlgorithm: PublicKeyAlgorithm
  readonly publicKeyOid: string
  /** null where Go knows no key of this kind */
  readonly publicKey: PublicKey | null
  readonly extensions: readonly Extension[]
  /** Bit i = KeyUsage bit i (RFC 5280 section 4.2.1.3); 0 when absent. */
  readonly keyUsage: number
  readonly hasBasicConstraints: boolean
  readonly isCa: boolean
  /** -1: no limit */
  readonly maxPathLength: number
  /** In the order of the encoding; kinds that Go ignores are left out. */
  readonly subjectAltNames: readonly SubjectAltName[]
  readonly hasSubjectAltName: boolean
  readonly nameConstraints: NameConstraints | null
  /** OIDs */
  readonly extKeyUsages: readonly string[]
  /** Empty when absent. */
  readonly subjectKeyId: Uint8Array
  /** Empty when absent. */
  readonly authorityKeyId: Uint8Array
  /** Policy OIDs in hex of their content octets. */
  readonly policies: readonly string[]
  readonly policyMappings: readonly { readonly issuer: string; readonly subject: string }[]
  /** -1: absent */
  readonly requireExplicitPolicy: number
  /** -1: absent */
  readonly inhibitPolicyMapping: number
  /** -1: absent */
  readonly inhibitAnyPolicy: number
  /** OIDs of critical extensions that this version of Go does not handle. */
  readonly unhandledCritical: readonly string[]
  readonly caIssuers: readonly string[]
  readonly ocspServers: readonly string[]
}

/** A certificate while it is read. */
export type CertificateDraft = { -readonly [K in keyof Certificate]: Certificate[K] }

/**
 * Parse one certificate as the given Go does.
 * @param der exactly one certificate; offsets in the error count from its first octet
 * @throws CertificateParseError with Go's text where Go refuses, and nothing else
 */
export function parseCertificate(der: Uint8Array, rules: GoRules): Certificate {
  return readCertificate(der, rules, throwRefusal)
}

/**
 * Read a certificate field by field.
 * @param refuse called with Go's text where Go would stop; when it returns, reading goes on as far as the octets allow
 * @returns what could be read; fields that could not keep their empty value
 */
export function readCertificate(der: Uint8Array, rules: GoRules, refuse: Refuse): Certificate {
  const draft = makeDraft(der)
  const input = new DerReader(der)
  const outer = input.element(TAG.sequence) ?? readOn(input, () => refuse('x509: malformed certificate', 0, 'Certificate'))
  if (outer === undefined) return draft
  draft.raw = input.raw(outer)
  const certificate = new DerReader(der, outer.contentOffset, outer.end)
  const tbs =
    certificate.element(TAG.sequence) ??
    readOn(certificate, () => refuse('x509: malformed tbs certificate', certificate.offset, 'tbsCertificate'))
  if (tbs === undefined) return draft
  draft.rawTbs = certificate.raw(tbs)
  readTbs(new DerReader(der, tbs.contentOffset, tbs.end), certificate, { draft, rules, refuse })
  const signature = certificate.bitString()
  if (signature === undefined) refuse('x509: malformed signature', certificate.offset, 'signatureValue')
  else draft.signature = rightAlign(signature)
  if (outer.end !== der.length) refuse('x509: trailing data', outer.end, 'Certificate')
  return draft
}

/** Where reading goes on after the refusal, what is there of an element that is cut off is still read. */
function readOn(reader: DerReader, refuse: () => void): DerElement | undefined {
  refuse()
  return reader.cutElement(TAG.sequence)
}

interface Reading {
  readonly draft: CertificateDraft
  readonly rules: GoRules
  readonly refuse: Refuse
}

/** Go reads the outer signature algorithm in the middle of the tbsCertificate; so do we, for the order of refusals. */
function readTbs(tbs: DerReader, certificate: DerReader, reading: Reading): void {
  if (!readVersion(tbs, reading) || !readSerial(tbs, reading)) return
  if (!readSignatureAlgorithms(tbs, certificate, reading)) return
  const { draft, rules, refuse } = reading
  const issuer = readRaw(tbs, 'x509: malformed issuer', 'tbsCertificate.issuer', refuse)
  if (issuer === undefined) return
  draft.rawIssuer = issuer.raw
  draft.issuer = readName(issuer.reader, rules, refuse, 'tbsCertificate.issuer')
  if (!readValidity(tbs, reading)) return
  const subject = readRaw(tbs, 'x509: malformed issuer', 'tbsCertificate.subject', refuse)
  if (subject === undefined) return
  draft.rawSubject = subject.raw
  draft.subject = readName(subject.reader, rules, refuse, 'tbsCertificate.subject')
  const key = readRaw(tbs, 'x509: malformed spki', 'tbsCertificate.subjectPublicKeyInfo', refuse)
  if (key === undefined) return
  draft.rawPublicKey = key.raw
  readKey(key.reader, reading)
  readTail(tbs, reading)
}

function readVersion(tbs: DerReader, { draft, refuse }: Reading): boolean {
  const offset = tbs.offset
  if (!tbs.peeks(0xa0)) return true
  const explicit = tbs.read(0xa0)
  const version = explicit?.int64()
  if (version === undefined || version < 0n || explicit?.isEmpty !== true) {
    refuse('x509: malformed version', offset, 'tbsCertificate.version')
    return explicit !== undefined
  }
  // Go counts versions from 1 in 64 bits: the largest one becomes the smallest.
  draft.version = Number(BigInt.asIntN(64, version + 1n))
  if (draft.version > 3) {
    refuse('x509: invalid version', offset, 'tbsCertificate.version')
    draft.version = 3
  }
  return true
}

function readSerial(tbs: DerReader, { draft, rules, refuse }: Reading): boolean {
  const offset = tbs.offset
  const serial = tbs.integer()
  if (serial === undefined) {
    refuse('x509: malformed serial number', offset, 'tbsCertificate.serialNumber')
    return tbs.offset > offset
  }
  draft.serialNumber = serial
  if (serial < 0n && !rules.acceptsNegativeSerial) refuse('x509: negative serial number', offset, 'tbsCertificate.serialNumber')
  return true
}

function readSignatureAlgorithms(tbs: DerReader, certificate: DerReader, { draft, rules, refuse }: Reading): boolean {
  const offset = tbs.offset
  const inner = tbs.read(TAG.sequence)
  if (inner === undefined) {
    refuse('x509: malformed signature algorithm identifier', offset, 'tbsCertificate.signature')
    return false
  }
  const outerOffset = certificate.offset
  const outer = certificate.read(TAG.sequence)
  if (outer === undefined) refuse('x509: malformed algorithm identifier', outerOffset, 'signatureAlgorithm')
  else if (!equalOctets(outer.rest(), inner.rest())) {
    refuse("x509: inner and outer signature algorithm identifiers don't match", outerOffset, 'signatureAlgorithm')
  }
  const identifier = readAlgorithmIdentifier(inner)
  if (typeof identifier === 'string') refuse(identifier, offset, 'tbsCertificate.signature')
  else {
    draft.signatureOid = identifier.oid
    draft.signatureAlgorithm = readSignatureAlgorithm(identifier, rules)
  }
  return true
}

function readRaw(tbs: DerReader, goText: string, field: string, refuse: Refuse) {
  const offset = tbs.offset
  const element = tbs.element(TAG.sequence)
  if (element !== undefined) return { raw: tbs.raw(element), reader: new DerReader(tbs.octets, offset, element.end) }
  refuse(goText, offset, field)
  return undefined
}

function readValidity(tbs: DerReader, { draft, rules, refuse }: Reading): boolean {
  const offset = tbs.offset
  const validity = tbs.read(TAG.sequence)
  if (validity === undefined) {
    refuse('x509: malformed validity', offset, 'tbsCertificate.validity')
    return false
  }
  for (const field of ['notBefore', 'notAfter'] as const) {
    const start = validity.offset
    const time = readTime(validity, rules)
    if (typeof time === 'string') refuse(time, start, `tbsCertificate.validity.${field}`)
    else draft[field] = time
  }
  return true
}

function readKey(element: DerReader, { draft, rules, refuse }: Reading): void {
  const field = 'tbsCertificate.subjectPublicKeyInfo'
  const info = element.read(TAG.sequence)
  const offset = info?.offset ?? element.offset
  const algorithm = info?.read(TAG.sequence)
  if (info === undefined || algorithm === undefined) {
    refuse('x509: malformed public key algorithm identifier', offset, `${field}.algorithm`)
    return
  }
  const identifier = readAlgorithmIdentifier(algorithm)
  if (typeof identifier === 'string') {
    refuse(identifier, offset, `${field}.algorithm`)
    return
  }
  draft.publicKeyOid = identifier.oid
  draft.publicKeyAlgorithm = publicKeyAlgorithm(identifier.oid, rules)
  const bitsOffset = info.offset
  const bits = info.bitString()
  if (bits === undefined) refuse('x509: malformed subjectPublicKey', bitsOffset, `${field}.subjectPublicKey`)
  else if (draft.publicKeyAlgorithm !== 'unknown') {
    const key = readPublicKey(identifier, bits, rules)
    if (typeof key === 'string') refuse(key, bitsOffset, `${field}.subjectPublicKey`)
    else draft.publicKey = key
  }
}

function readTail(tbs: DerReader, { draft, rules, refuse }: Reading): void {
  if (draft.version < 2) return
  for (const [tag, field] of [[0x81, 'issuerUniqueID'] as const, [0x82, 'subjectUniqueID'] as const]) {
    const offset = tbs.offset
    if (tbs.peeks(tag) && tbs.any() === undefined) refuse(`x509: malformed ${field}`, offset, `tbsCertificate.${field}`)
  }
  if (draft.version < 3 || !tbs.peeks(0xa3)) return
  draft.extensions = readExtensionList(tbs, rules, refuse)
  readExtensions(draft, rules, refuse)
}

function makeDraft(der: Uint8Array): CertificateDraft {
  const none = new Uint8Array()
  return {
    raw: der,
    rawTbs: none,
    rawIssuer: none,
    rawSubject: none,
    rawPublicKey: none,
    version: 1,
    serialNumber: 0n,
    signatureAlgorithm: UNKNOWN_ALGORITHM,
    signatureOid: '',
    signature: none,
    issuer: EMPTY_NAME,
    subject: EMPTY_NAME,
    notBefore: ZERO_TIME,
    notAfter: ZERO_TIME,
    publicKeyAlgorithm: 'unknown',
    publicKeyOid: '',
    publicKey: null,
    extensions: [],
    keyUsage: 0,
    hasBasicConstraints: false,
    isCa: false,
    maxPathLength: -1,
    subjectAltNames: [],
    hasSubjectAltName: false,
    nameConstraints: null,
    extKeyUsages: [],
    subjectKeyId: none,
    authorityKeyId: none,
    policies: [],
    policyMappings: [],
    requireExplicitPolicy: -1,
    inhibitPolicyMapping: -1,
    inhibitAnyPolicy: -1,
    unhandledCritical: [],
    caIssuers: [],
    ocspServers: [],
  }
}
