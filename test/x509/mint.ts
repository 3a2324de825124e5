/** Mints certificates octet by octet, so that tests can make every defect; keys come from node:crypto. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

export interface Subject {
  readonly commonName?: string
  readonly organization?: string
}

export interface Extension {
  readonly oid: string
  readonly critical?: boolean
  readonly value: Buffer
}

export interface MintOptions {
  readonly subject: Subject
  readonly issuer?: Authority
  /** Key that signs, when it is not the issuer's. */
  readonly signedBy?: KeyObject
  readonly key?: KeyPair
  readonly notBefore?: string
  readonly notAfter?: string
  readonly serial?: Buffer
  readonly extensions?: readonly Extension[]
  readonly hash?: 'sha256' | 'sha1' | 'md5'
  readonly version?: number
  /** TLVs in place of the subject's UTF8String encoding. */
  readonly rawSubject?: Buffer
}

export interface KeyPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

export interface Authority {
  readonly der: Buffer
  readonly subject: Buffer
  readonly keys: KeyPair
}

export const newKey = (curve = 'P-256'): KeyPair => generateKeyPairSync('ec', { namedCurve: curve })
export const newRsaKey = (bits: number): KeyPair => generateKeyPairSync('rsa', { modulusLength: bits })

export function tlv(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content)
  if (body.length < 128) return Buffer.concat([Buffer.of(tag, body.length), body])
  const digits = body.length.toString(16)
  const length = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, body])
}

export const sequence = (...content: readonly Buffer[]) => tlv(0x30, ...content)

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const arcs = [first * 40 + second, ...rest].flatMap((arc) => {
    const septets = [arc & 0x7f]
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) septets.unshift((left & 0x7f) | 0x80)
    return septets
  })
  return tlv(0x06, Buffer.from(arcs))
}

export function encodeName({ commonName, organization }: Subject, tag = 0x0c): Buffer {
  const attribute = (type: string, value: string) => tlv(0x31, sequence(oid(type), tlv(tag, Buffer.from(value))))
  return sequence(
    ...(organization === undefined ? [] : [attribute('2.5.4.10', organization)]),
    ...(commonName === undefined ? [] : [attribute('2.5.4.3', commonName)]),
  )
}

const ALGORITHMS = {
  ec: { sha256: '1.2.840.10045.4.3.2', sha1: '1.2.840.10045.4.1', md5: '' },
  rsa: { sha256: '1.2.840.113549.1.1.11', sha1: '1.2.840.113549.1.1.5', md5: '1.2.840.113549.1.1.4' },
} as const

/** Mint one certificate; without an issuer it signs itself. Valid through 2026 unless said. */
export function mint(options: MintOptions): Authority {
  const keys = options.key ?? newKey()
  const signer = options.signedBy ?? options.issuer?.keys.privateKey ?? keys.privateKey
  const hash = options.hash ?? 'sha256'
  const isRsa = signer.asymmetricKeyType === 'rsa'
  const algorithm = sequence(oid(ALGORITHMS[isRsa ? 'rsa' : 'ec'][hash]), ...(isRsa ? [Buffer.of(5, 0)] : []))
  const subject = options.rawSubject ?? encodeName(options.subject)
  const time = (text: string) => tlv(0x17, Buffer.from(`${text.slice(2).replace(/[-:T]/g, '')}`))
  const tbs = sequence(
    ...(options.version === 1 ? [] : [tlv(0xa0, tlv(0x02, Buffer.of((options.version ?? 3) - 1)))]),
    tlv(0x02, options.serial ?? Buffer.of(0x2a)),
    algorithm,
    options.issuer?.subject ?? subject,
    sequence(time(options.notBefore ?? '2026-01-01T00:00:00Z'), time(options.notAfter ?? '2026-12-31T00:00:00Z')),
    subject,
    keys.publicKey.export({ format: 'der', type: 'spki' }),
    ...((options.extensions ?? []).length === 0 ? [] : [tlv(0xa3, sequence(...(options.extensions ?? []).map(encodeExtension)))]),
  )
  const signature = sign(hash, tbs, signer)
  return { der: sequence(tbs, algorithm, tlv(0x03, Buffer.of(0), signature)), subject, keys }
}

function encodeExtension({ oid: id, critical, value }: Extension): Buffer {
  return sequence(oid(id), ...(critical === true ? [tlv(0x01, Buffer.of(0xff))] : []), tlv(0x04, value))
}

export const san = (...names: readonly Buffer[]): Extension => ({ oid: '2.5.29.17', value: sequence(...names) })
export const dns = (name: string) => tlv(0x82, Buffer.from(name, 'latin1'))
export const uri = (text: string) => tlv(0x86, Buffer.from(text, 'latin1'))
export const ip = (...octets: readonly number[]) => tlv(0x87, Buffer.from(octets))
export const ca = (pathLength?: number): Extension => ({
  oid: '2.5.29.19',
  critical: true,
  value: sequence(tlv(0x01, Buffer.of(0xff)), ...(pathLength === undefined ? [] : [tlv(0x02, Buffer.of(pathLength))])),
})
export const usages = (...oids: readonly string[]): Extension => ({ oid: '2.5.29.37', value: sequence(...oids.map(oid)) })
export const subjectKeyId = (keys: KeyPair): Extension => ({ oid: '2.5.29.14', value: tlv(0x04, keyId(keys)) })
export const authorityKeyId = (keys: KeyPair): Extension => ({ oid: '2.5.29.35', value: sequence(tlv(0x80, keyId(keys))) })
export const permitted = (...names: readonly Buffer[]): Extension => ({
  oid: '2.5.29.30',
  critical: true,
  value: sequence(tlv(0xa0, ...names.map((name) => sequence(name)))),
})
export const excluded = (...names: readonly Buffer[]): Extension => ({
  oid: '2.5.29.30',
  critical: true,
  value: sequence(tlv(0xa1, ...names.map((name) => sequence(name)))),
})

function keyId(keys: KeyPair): Buffer {
  return createHash('sha1')
    .update(keys.publicKey.export({ format: 'der', type: 'spki' }))
    .digest()
}

/** A SignedData of PKCS #7 that holds certificates and signs nothing (RFC 5652 section 5.1), as the "p7c" of an authority. */
export function bundle(...certificates: readonly Buffer[]): Buffer {
  const content = sequence(oid('1.2.840.113549.1.7.1'))
  const signed = sequence(tlv(0x02, Buffer.of(1)), tlv(0x31), content, tlv(0xa0, ...certificates), tlv(0x31))
  return sequence(oid('1.2.840.113549.1.7.2'), tlv(0xa0, signed))
}

/** A PEM block with 64 characters a line. */
export function toPem(der: Uint8Array, type = 'CERTIFICATE'): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${type}-----\n${lines.join('\n')}\n-----END ${type}-----\n`
}
