/** Writes certificates, sound ones and every kind of broken one. node-forge writes the ASN.1; keys and signatures are node:crypto's. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIPv6 } from 'node:net'
import forge from 'node-forge'
import type { CertificateRecipe, KeyKind } from './recipe.ts'

/** A key pair; `privateKey` is null for a bare modulus that nobody can sign with. */
export interface MintKey {
  readonly kind: KeyKind
  readonly privateKey: KeyObject | null
  /** SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7). */
  readonly spki: Buffer
}

/** Who signs: a distinguished name and a key. */
export interface MintIssuer {
  readonly name: string
  readonly key: MintKey
}

/**
 * Mint one certificate (RFC 5280 section 4.1) as DER.
 * @param recipe placeholders such as {host} already filled in
 * @param now what "-3d" in the recipe counts from
 * @param nameIssuer whose subject and key id stand in it; `signer` is whose key signs it
 */
export function mintCertificate(recipe: CertificateRecipe, now: Date, subjectKey: MintKey, issuer: MintIssuer, signer: MintKey): Buffer {
  if (recipe.damage === 'garbage') return Buffer.from('this is no certificate, whatever its length says')
  const algorithm = signatureAlgorithm(signer.kind, recipe.hash ?? 'sha256')
  const [start, end] = recipe.validity.map((offset) => asn1Time(shiftTime(now, offset)))
  const tbs = sequence(
    tagged(0, integer('02')),
    integer(serialNumber(recipe)),
    algorithm,
    distinguishedName(issuer.name),
    start === undefined || end === undefined ? sequence() : sequence(start, end),
    distinguishedName(recipe.subject),
    parsed(subjectKey.spki),
    tagged(3, sequence(...extensions(recipe, subjectKey, issuer.key))),
  )
  const signature = signOctets(signer, recipe.hash ?? 'sha256', toDer(tbs))
  if (recipe.damage === 'signature') signature.writeUInt8((signature.at(-1) ?? 0) ^ 1, signature.length - 1)
  return toDer(sequence(tbs, algorithm, bitString(signature)))
}

/** Make a key of a kind. RSA-8208 is a bare modulus: a key of that size would take minutes to make, and Go refuses it unread. */
export function mintKey(kind: KeyKind): MintKey {
  if (kind === 'RSA-8208') return { kind, privateKey: null, spki: bareRsaKey(8208) }
  const { privateKey, publicKey } = generatePair(kind)
  return { kind, privateKey, spki: publicKey.export({ type: 'spki', format: 'der' }) }
}

/** Shift a time by "-3d", "+12h" or "+5m". @throws Error for any other form */
export function shiftTime(now: Date, offset: string): Date {
  const [, sign, amount, unit] = /^([+-])(\d+)([dhm])$/.exec(offset) ?? []
  const unitMs = unit === 'd' ? 86_400_000 : unit === 'h' ? 3_600_000 : 60_000
  if (amount === undefined) throw new Error(`${offset}: a time such as -3d, +12h or +5m is wanted`)
  return new Date(now.getTime() + (sign === '-' ? -1 : 1) * Number(amount) * unitMs)
}

const { asn1 } = forge
type Asn1 = forge.asn1.Asn1

function generatePair(kind: Exclude<KeyKind, 'RSA-8208'>): { privateKey: KeyObject; publicKey: KeyObject } {
  if (kind === 'P-256') return generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  if (kind === 'P-224') return generateKeyPairSync('ec', { namedCurve: 'secp224r1' })
  if (kind === 'RSA-1000') return generateKeyPairSync('rsa', { modulusLength: 1000 })
  if (kind === 'RSA-1024') return generateKeyPairSync('rsa', { modulusLength: 1024 })
  if (kind === 'RSA-2048') return generateKeyPairSync('rsa', { modulusLength: 2048 })
  if (kind === 'RSA-PSS') return generateKeyPairSync('rsa-pss', { modulusLength: 2048 })
  return kind === 'Ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ed448')
}

function bareRsaKey(bits: number): Buffer {
  const modulus = randomBytes(bits / 8)
  modulus.writeUInt8(modulus.readUInt8(0) | 0x80, 0)
  modulus.writeUInt8(modulus.readUInt8(modulus.length - 1) | 1, modulus.length - 1)
  const key = sequence(integer(`00${modulus.toString('hex')}`), integer('010001'))
  return toDer(sequence(sequence(oid('1.2.840.113549.1.1.1'), nothing()), bitString(toDer(key))))
}

function signOctets(signer: MintKey, hash: string, octets: Buffer): Buffer {
  if (signer.privateKey === null) throw new Error('a bare modulus cannot sign')
  return sign(signer.kind.startsWith('Ed') ? null : hash, octets, signer.privateKey)
}

const SIGNATURES: Readonly<Record<string, string>> = {
  'ec/sha256': '1.2.840.10045.4.3.2',
  'ec/sha1': '1.2.840.10045.4.1',
  'rsa/sha256': '1.2.840.113549.1.1.11',
  'rsa/sha1': '1.2.840.113549.1.1.5',
  'rsa/md5': '1.2.840.113549.1.1.4',
}

function signatureAlgorithm(kind: KeyKind, hash: string): Asn1 {
  if (kind === 'Ed25519') return sequence(oid('1.3.101.112'))
  if (kind === 'Ed448') return sequence(oid('1.3.101.113'))
  const family = kind.startsWith('RSA') ? 'rsa' : 'ec'
  const name = SIGNATURES[`${family}/${hash}`]
  if (name === undefined) throw new Error(`no signature algorithm for ${kind} with ${hash}`)
  return family === 'rsa' ? sequence(oid(name), nothing()) : sequence(oid(name))
}

/** Sixteen octets; the first one is 0x40-0x7f when positive, so neither a leading zero nor a sign bit is needed. */
function serialNumber(recipe: CertificateRecipe): string {
  const octets = randomBytes(16)
  const first = octets.readUInt8(0)
  octets.writeUInt8(recipe.serial === 'negative' ? (first & 0x3f) | 0x80 : (first & 0x3f) | 0x40, 0)
  return octets.toString('hex')
}

const NAME_TYPES: Readonly<Record<string, string>> = { CN: '2.5.4.3', O: '2.5.4.10', OU: '2.5.4.11', C: '2.5.4.6' }

function distinguishedName(name: string): Asn1 {
  const parts = name.split(', ').map((part) => {
    const [, type, value] = /^([A-Z]+)=(.*)$/.exec(part) ?? []
    const typeOid = NAME_TYPES[type ?? '']
    if (typeOid === undefined || value === undefined) throw new Error(`${name}: a name such as "O=Acme, CN=Root" is wanted`)
    return set(sequence(oid(typeOid), primitive(asn1.Type.UTF8, forge.util.encodeUtf8(value))))
  })
  return sequence(...parts)
}

const KEY_USAGES = [
  'digitalSignature',
  'contentCommitment',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
]
const EXT_KEY_USAGES: Readonly<Record<string, string>> = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' }

function extensions(recipe: CertificateRecipe, subjectKey: MintKey, issuerKey: MintKey): Asn1[] {
  const list: Asn1[] = []
  if (recipe.keyUsage) list.push(extension('2.5.29.15', true, keyUsage(recipe.keyUsage)))
  if (recipe.extKeyUsage)
    list.push(extension('2.5.29.37', false, sequence(...recipe.extKeyUsage.map((use) => oid(EXT_KEY_USAGES[use] ?? use)))))
  if (recipe.ca !== undefined) list.push(extension('2.5.29.19', true, basicConstraints(recipe.ca, recipe.pathLength)))
  list.push(extension('2.5.29.14', false, primitive(asn1.Type.OCTETSTRING, binary(keyId(subjectKey)))))
  list.push(extension('2.5.29.35', false, sequence(contextual(0, binary(keyId(issuerKey))))))
  const names = [
    ...(recipe.dnsNames ?? []).map((name) => contextual(2, name)),
    ...(recipe.ipAddresses ?? []).map((ip) => contextual(7, ipOctets(ip))),
  ]
  if (names.length > 0) list.push(extension('2.5.29.17', false, sequence(...names)))
  if (recipe.permittedDnsNames) list.push(extension('2.5.29.30', true, permitted(recipe.permittedDnsNames)))
  if (recipe.caIssuers)
    list.push(extension('1.3.6.1.5.5.7.1.1', false, sequence(sequence(oid('1.3.6.1.5.5.7.48.2'), contextual(6, recipe.caIssuers)))))
  for (const raw of recipe.extensions ?? []) list.push(wrapExtension(raw.oid, raw.critical, Buffer.from(raw.value, 'hex')))
  return list
}

function extension(id: string, critical: boolean, value: Asn1): Asn1 {
  return wrapExtension(id, critical, toDer(value))
}

function wrapExtension(id: string, critical: boolean, value: Buffer): Asn1 {
  const octets = primitive(asn1.Type.OCTETSTRING, binary(value))
  return critical ? sequence(oid(id), primitive(asn1.Type.BOOLEAN, '\xff'), octets) : sequence(oid(id), octets)
}

function keyUsage(uses: readonly string[]): Asn1 {
  const bits = uses.map((use) => KEY_USAGES.indexOf(use))
  const octet = bits.reduce((mask, bit) => mask | (0x80 >> bit), 0)
  const unused = 7 - Math.max(...bits)
  return primitive(asn1.Type.BITSTRING, String.fromCharCode(unused, octet))
}

function basicConstraints(ca: boolean, pathLength: number | undefined): Asn1 {
  const flag = ca ? [primitive(asn1.Type.BOOLEAN, '\xff')] : []
  const limit = pathLength === undefined ? [] : [integer(pathLength.toString(16).padStart(2, '0'))]
  return sequence(...flag, ...limit)
}

function permitted(names: readonly string[]): Asn1 {
  return sequence(tagged(0, ...names.map((name) => sequence(contextual(2, name)))))
}

function keyId(key: MintKey): Buffer {
  return createHash('sha256').update(key.spki).digest().subarray(0, 20)
}

function ipOctets(ip: string): string {
  if (!isIPv6(ip)) return String.fromCharCode(...ip.split('.').map(Number))
  const [head = '', tail = ''] = ip.split('::')
  const words = (part: string) => part.split(':').filter((word) => word !== '')
  const zeros = Array.from({ length: 8 - words(head).length - words(tail).length }, () => '0')
  return binary(Buffer.from([...words(head), ...zeros, ...words(tail)].map((word) => word.padStart(4, '0')).join(''), 'hex'))
}

/** UTCTime up to 2049, GeneralizedTime after (RFC 5280 section 4.1.2.5). */
function asn1Time(time: Date): Asn1 {
  if (time.getUTCFullYear() < 2050) return primitive(asn1.Type.UTCTIME, asn1.dateToUtcTime(time))
  return primitive(asn1.Type.GENERALIZEDTIME, asn1.dateToGeneralizedTime(time))
}

function binary(octets: Buffer): string {
  return octets.toString('latin1')
}

function toDer(value: Asn1): Buffer {
  return Buffer.from(asn1.toDer(value).getBytes(), 'latin1')
}

function parsed(der: Buffer): Asn1 {
  return asn1.fromDer(binary(der))
}

function primitive(type: forge.asn1.Type, octets: string): Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, type, false, octets)
}

function sequence(...values: Asn1[]): Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, values)
}

function set(...values: Asn1[]): Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SET, true, values)
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

function nothing(): Asn1 {
  return primitive(asn1.Type.NULL, '')
}

function bitString(octets: Buffer): Asn1 {
  return primitive(asn1.Type.BITSTRING, `\x00${binary(octets)}`)
}
