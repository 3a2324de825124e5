/** Writes the DER of the authority's own certificates (RFC 5280 section 4.1). node-forge writes the ASN.1; signatures are node:crypto's. */
import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto'
import forge from 'node-forge'
import { parseIpAddress } from '../ip-address.ts'

/** What stands in one certificate. Keys are EC P-256, signatures ECDSA with SHA-256. */
export interface CertificateContent {
  readonly subject: DistinguishedName
  readonly issuer: DistinguishedName
  readonly notBefore: Date
  readonly notAfter: Date
  /** SubjectPublicKeyInfo of the subject. */
  readonly spki: Buffer
  readonly issuerSpki: Buffer
  readonly issuerKey: KeyObject
  readonly isCa: boolean
  /** Host names and IP addresses for subjectAltName; none for an authority. */
  readonly hosts?: readonly string[]
  /** An authority may sign for these names (and names below them) and addresses only; absent = for all. */
  readonly permitted?: readonly string[]
}

/** Organisation and common name; both are shown where certificates are listed. */
export interface DistinguishedName {
  readonly organization: string
  readonly commonName: string
}

/** Write and sign one certificate. @returns DER */
export function writeCertificate(content: CertificateContent): Buffer {
  const tbs = sequence(
    tagged(0, integer('02')),
    integer(makeSerialNumber()),
    ECDSA_WITH_SHA256(),
    writeName(content.issuer),
    sequence(writeTime(content.notBefore), writeTime(content.notAfter)),
    writeName(content.subject),
    asn1.fromDer(binary(content.spki)),
    tagged(3, sequence(...extensions(content))),
  )
  const signature = sign('sha256', toDer(tbs), content.issuerKey)
  return toDer(sequence(tbs, ECDSA_WITH_SHA256(), bitString(signature)))
}

/** subjectKeyIdentifier of a key: the first 160 bits of the SHA-256 of its SubjectPublicKeyInfo. */
export function keyIdentifier(spki: Buffer): Buffer {
  return createHash('sha256').update(spki).digest().subarray(0, 20)
}

const { asn1 } = forge
type Asn1 = forge.asn1.Asn1

/** Sixteen octets, the first one 0x40-0x7f: positive and without a leading zero (go 1.23 and newer refuse negative ones). */
function makeSerialNumber(): string {
  const octets = randomBytes(16)
  octets.writeUInt8((octets.readUInt8(0) & 0x7f) | 0x40, 0)
  return octets.toString('hex')
}

function extensions(content: CertificateContent): Asn1[] {
  const list = [
    extension('2.5.29.19', true, sequence(...(content.isCa ? [TRUE()] : []))),
    extension('2.5.29.15', true, content.isCa ? keyUsage(1, 0x06) : keyUsage(7, 0x80)),
    extension('2.5.29.14', false, primitive(asn1.Type.OCTETSTRING, binary(keyIdentifier(content.spki)))),
    extension('2.5.29.35', false, sequence(contextual(0, binary(keyIdentifier(content.issuerSpki))))),
  ]
  if (!content.isCa) list.push(extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))))
  if (content.hosts !== undefined) list.push(extension('2.5.29.17', false, sequence(...content.hosts.map(generalName))))
  if (content.permitted !== undefined) list.push(extension('2.5.29.30', true, nameConstraints(content.permitted)))
  return list
}

/** dNSName, or iPAddress for an address (RFC 5280 section 4.2.1.6). */
function generalName(host: string): Asn1 {
  const address = parseIpAddress(host)
  return address === undefined ? contextual(2, host) : contextual(7, binary(Buffer.from(address)))
}

/** permittedSubtrees (RFC 5280 section 4.2.1.10): a constraint of addresses is the address and a mask of ones. */
function nameConstraints(permitted: readonly string[]): Asn1 {
  const bases = permitted.map((host) => {
    const address = parseIpAddress(host)
    if (address === undefined) return contextual(2, host)
    return contextual(7, binary(Buffer.concat([Buffer.from(address), Buffer.alloc(address.length, 0xff)])))
  })
  return sequence(tagged(0, ...bases.map((base) => sequence(base))))
}

function keyUsage(unusedBits: number, bits: number): Asn1 {
  return primitive(asn1.Type.BITSTRING, String.fromCharCode(unusedBits, bits))
}

function extension(id: string, isCritical: boolean, value: Asn1): Asn1 {
  const octets = primitive(asn1.Type.OCTETSTRING, binary(toDer(value)))
  return isCritical ? sequence(oid(id), TRUE(), octets) : sequence(oid(id), octets)
}

function writeName({ organization, commonName }: DistinguishedName): Asn1 {
  return sequence(attribute('2.5.4.10', organization), attribute('2.5.4.3', commonName))
}

function attribute(type: string, value: string): Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SET, true, [
    sequence(oid(type), primitive(asn1.Type.UTF8, forge.util.encodeUtf8(value))),
  ])
}

/** UTCTime up to 2049, GeneralizedTime after (RFC 5280 section 4.1.2.5). */
function writeTime(time: Date): Asn1 {
  if (time.getUTCFullYear() < 2050) return primitive(asn1.Type.UTCTIME, asn1.dateToUtcTime(time))
  return primitive(asn1.Type.GENERALIZEDTIME, asn1.dateToGeneralizedTime(time))
}

const ECDSA_WITH_SHA256 = () => sequence(oid('1.2.840.10045.4.3.2'))
const TRUE = () => primitive(asn1.Type.BOOLEAN, '\xff')

function toDer(value: Asn1): Buffer {
  return Buffer.from(asn1.toDer(value).getBytes(), 'latin1')
}

function binary(octets: Buffer): string {
  return octets.toString('latin1')
}

function primitive(type: forge.asn1.Type, octets: string): Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, type, false, octets)
}

function sequence(...values: Asn1[]): Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, values)
}

function tagged(tag: number, ...values: Asn1[]): Asn1 {
  return asn1.create(asn1.Class.CONTEXT_SPECIFIC, tag as forge.asn1.Type, true, values) // its types know universal tags only
}

function contextual(tag: number, octets: string): Asn1 {
  return asn1.create(asn1.Class.CONTEXT_SPECIFIC, tag as forge.asn1.Type, false, octets) // as above
}

function integer(hex: string): Asn1 {
  return primitive(asn1.Type.INTEGER, binary(Buffer.from(hex, 'hex')))
}

function oid(name: string): Asn1 {
  return primitive(asn1.Type.OID, asn1.oidToDer(name).getBytes())
}

function bitString(octets: Buffer): Asn1 {
  return primitive(asn1.Type.BITSTRING, `\x00${binary(octets)}`)
}
