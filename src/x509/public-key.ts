import { createPublicKey, type KeyObject } from 'node:crypto'
import { type BitString, type DerReader, DerReader as Reader, rightAlign, TAG, toBigInt } from './der.ts'
import { ML_DSA_PARAMETERS, type MlDsaParameters } from './ml-dsa.ts'
import type { GoRules } from './rules.ts'

/** The key of a certificate, as far as Go reads it. Other kinds (RSA-PSS, Ed448, X25519) parse without a key: null. */
export type PublicKey =
  | { readonly kind: 'RSA'; readonly modulus: bigint; readonly exponent: number; readonly bits: number }
  | { readonly kind: 'ECDSA'; readonly curve: Curve; readonly point: Uint8Array }
  | { readonly kind: 'Ed25519'; readonly octets: Uint8Array }
  | { readonly kind: 'ML-DSA'; readonly parameters: MlDsaParameters; readonly octets: Uint8Array }
  | { readonly kind: 'DSA'; readonly bits: number }

/** A NIST curve that Go takes in certificates. */
export interface Curve {
  readonly name: 'P-224' | 'P-256' | 'P-384' | 'P-521'
  readonly bytes: number
  readonly p: bigint
  readonly b: bigint
  /** DER of a SubjectPublicKeyInfo up to the point. */
  readonly spkiHead: string
}

/** What Go calls the algorithm of a key: also set where the key itself cannot be read. */
export type PublicKeyAlgorithm = 'RSA' | 'ECDSA' | 'Ed25519' | 'DSA' | 'ML-DSA' | 'unknown'

/** An AlgorithmIdentifier (RFC 5280 section 4.1.1.2). */
export interface AlgorithmIdentifier {
  readonly oid: string
  /** The parameters with their header; empty when absent. */
  readonly parameters: Uint8Array
}

/** Read the content of an AlgorithmIdentifier. @returns it, or Go's text for the refusal */
export function readAlgorithmIdentifier(reader: DerReader): AlgorithmIdentifier | string {
  const oid = reader.objectIdentifier()
  if (oid === undefined) return 'x509: malformed OID'
  if (reader.isEmpty) return { oid, parameters: new Uint8Array() }
  const element = reader.any()
  return element === undefined ? 'x509: malformed parameters' : { oid, parameters: reader.raw(element) }
}

/** Go's name for the algorithm of a key with this OID. */
export function publicKeyAlgorithm(oid: string, rules: GoRules): PublicKeyAlgorithm {
  if (rules.knowsMlDsa && ML_DSA_PARAMETERS[oid] !== undefined) return 'ML-DSA'
  return KEY_ALGORITHMS[oid] ?? 'unknown'
}

/** Read a key of a known algorithm. @returns the key, or Go's text for the refusal */
export function readPublicKey(algorithm: AlgorithmIdentifier, bits: BitString, rules: GoRules): PublicKey | string {
  const octets = rightAlign(bits)
  switch (publicKeyAlgorithm(algorithm.oid, rules)) {
    case 'RSA':
      return readRsaKey(algorithm.parameters, octets)
    case 'ECDSA':
      return readEcdsaKey(algorithm.parameters, octets, rules)
    case 'Ed25519':
      if (algorithm.parameters.length !== 0) return 'x509: Ed25519 key encoded with illegal parameters'
      return octets.length === 32 ? { kind: 'Ed25519', octets } : 'x509: wrong Ed25519 public key size'
    case 'ML-DSA':
      return readMlDsaKey(algorithm, octets)
    case 'DSA':
      return readDsaKey(algorithm.parameters, octets)
    default:
      return 'x509: unknown public key algorithm'
  }
}

/** The kind and size of a key for people ("ECDSA P-256", "RSA 2048"). */
export function describePublicKey(key: PublicKey | null, oid: string): string {
  if (key === null) return OTHER_KEYS[oid] ?? (oid === '' ? 'unreadable' : `unknown (${oid})`)
  if (key.kind === 'ECDSA') return `ECDSA ${key.curve.name}`
  if (key.kind === 'ML-DSA') return key.parameters.name
  return key.kind === 'Ed25519' ? 'Ed25519' : `${key.kind} ${key.bits}`
}

/** Go's `%T` of a key. */
export function goKeyType(key: PublicKey | null): string {
  return key === null ? '<nil>' : GO_KEY_TYPES[key.kind]
}

/** The key as node:crypto takes it; undefined where OpenSSL refuses it. */
export function importPublicKey(key: PublicKey): KeyObject | undefined {
  if (!IMPORTED.has(key)) IMPORTED.set(key, tryImport(key))
  return IMPORTED.get(key)
}

/** Importing costs more than verifying, and an issuer signs many. */
const IMPORTED = new WeakMap<PublicKey, KeyObject | undefined>()

function tryImport(key: PublicKey): KeyObject | undefined {
  try {
    if (key.kind === 'RSA') return createPublicKey({ key: toJwk(key.modulus, key.exponent), format: 'jwk' })
    if (key.kind === 'ECDSA') return importSpki(key.curve.spkiHead, key.point)
    return key.kind === 'Ed25519' ? importSpki(ED25519_HEAD, key.octets) : undefined
  } catch {
    return undefined
  }
}

function importSpki(head: string, octets: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([Buffer.from(head, 'hex'), octets]), format: 'der', type: 'spki' })
}

function toJwk(modulus: bigint, exponent: number) {
  const encode = (value: bigint) => {
    const digits = value.toString(16)
    return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex').toString('base64url')
  }
  return { kty: 'RSA', n: encode(modulus), e: encode(BigInt(exponent)) }
}

function readRsaKey(parameters: Uint8Array, octets: Uint8Array): PublicKey | string {
  if (parameters.length !== 2 || parameters[0] !== TAG.null || parameters[1] !== 0) return 'x509: RSA key missing NULL parameters'
  const sequence = new Reader(octets).read(TAG.sequence)
  if (sequence === undefined) return 'x509: invalid RSA public key'
  const modulus = sequence.integer()
  if (modulus === undefined) return 'x509: invalid RSA modulus'
  const exponent = sequence.int64()
  if (exponent === undefined) return 'x509: invalid RSA public exponent'
  if (modulus <= 0n) return 'x509: RSA modulus is not a positive number'
  if (exponent <= 0n) return 'x509: RSA public exponent is not a positive number'
  return { kind: 'RSA', modulus, exponent: Number(exponent), bits: bitLength(modulus) }
}

function readMlDsaKey({ oid, parameters }: AlgorithmIdentifier, octets: Uint8Array): PublicKey | string {
  if (parameters.length !== 0) return 'x509: ML-DSA key encoded with illegal parameters'
  const known = ML_DSA_PARAMETERS[oid]
  if (known?.publicKeyBytes !== octets.length) return 'mldsa: invalid public key length'
  return { kind: 'ML-DSA', parameters: known, octets }
}

function readDsaKey(parameters: Uint8Array, octets: Uint8Array): PublicKey | string {
  const y = new Reader(octets).integer()
  if (y === undefined) return 'x509: invalid DSA public key'
  const sequence = new Reader(parameters).read(TAG.sequence)
  const p = sequence?.integer()
  const q = sequence?.integer()
  const g = sequence?.integer()
  if (p === undefined || q === undefined || g === undefined) return 'x509: invalid DSA parameters'
  if (y <= 0n || p <= 0n || q <= 0n || g <= 0n) return 'x509: zero or negative DSA parameter'
  return { kind: 'DSA', bits: bitLength(p) }
}

function readEcdsaKey(parameters: Uint8Array, octets: Uint8Array, rules: GoRules): PublicKey | string {
  const oid = new Reader(parameters).objectIdentifier()
  if (oid === undefined) return 'x509: invalid ECDSA parameters'
  const curve = CURVES[oid]
  if (curve === undefined) return 'x509: unsupported elliptic curve'
  const problem = checkPoint(curve, octets)
  if (problem === undefined) return { kind: 'ECDSA', curve, point: octets }
  return rules.hasEcdsaPointTexts ? problem : 'x509: failed to unmarshal elliptic curve point'
}

/** Go's words for a point that is not an uncompressed one on the curve. */
function checkPoint(curve: Curve, octets: Uint8Array): string | undefined {
  const label = curve.name.replace('-', '')
  if (octets[0] !== 4) return 'ecdsa: invalid uncompressed public key'
  if (octets.length !== 1 + 2 * curve.bytes) return `invalid ${label} point encoding`
  const x = toBigInt(octets.subarray(1, 1 + curve.bytes))
  const y = toBigInt(octets.subarray(1 + curve.bytes))
  // P-256 has code of its own on amd64 and arm64, with words of its own.
  if (x >= curve.p || y >= curve.p) return `invalid ${label}${label === 'P256' ? ' e' : 'E'}lement encoding`
  return (y * y - (x * x * x - 3n * x + curve.b)) % curve.p === 0n ? undefined : `${label} point not on curve`
}

function bitLength(value: bigint): number {
  return value.toString(2).length
}

const ED25519_HEAD = '302a300506032b6570032100'

/** Go's types of public keys, as `%T` prints them. */
export const GO_KEY_TYPES = {
  RSA: '*rsa.PublicKey',
  ECDSA: '*ecdsa.PublicKey',
  Ed25519: 'ed25519.PublicKey',
  'ML-DSA': '*mldsa.PublicKey',
  DSA: '*dsa.PublicKey',
} as const

const KEY_ALGORITHMS: Readonly<Record<string, PublicKeyAlgorithm>> = {
  '1.2.840.113549.1.1.1': 'RSA',
  '1.2.840.10045.2.1': 'ECDSA',
  '1.3.101.112': 'Ed25519',
  '1.2.840.10040.4.1': 'DSA',
}

const OTHER_KEYS: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.1': 'RSA (unreadable)',
  '1.2.840.10045.2.1': 'ECDSA (unreadable or on another curve)',
  '1.3.101.112': 'Ed25519 (unreadable)',
  '1.2.840.10040.4.1': 'DSA (unreadable)',
  '1.2.840.113549.1.1.10': 'RSA-PSS',
  '1.3.101.110': 'X25519',
  '1.3.101.111': 'X448',
  '1.3.101.113': 'Ed448',
  '2.16.840.1.101.3.4.3.17': 'ML-DSA-44',
  '2.16.840.1.101.3.4.3.18': 'ML-DSA-65',
  '2.16.840.1.101.3.4.3.19': 'ML-DSA-87',
}

/** SEC 2, sections 2.3 to 2.6; a = -3 on all four. */
const CURVES: Readonly<Record<string, Curve>> = {
  '1.3.132.0.33': {
    name: 'P-224',
    bytes: 28,
    p: 2n ** 224n - 2n ** 96n + 1n,
    b: 0xb4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4n,
    spkiHead: '304e301006072a8648ce3d020106052b81040021033a00',
  },
  '1.2.840.10045.3.1.7': {
    name: 'P-256',
    bytes: 32,
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    spkiHead: '3059301306072a8648ce3d020106082a8648ce3d030107034200',
  },
  '1.3.132.0.34': {
    name: 'P-384',
    bytes: 48,
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    spkiHead: '3076301006072a8648ce3d020106052b81040022036200',
  },
  '1.3.132.0.35': {
    name: 'P-521',
    bytes: 66,
    p: 2n ** 521n - 1n,
    b: 0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
    spkiHead: '30819b301006072a8648ce3d020106052b8104002303818600',
  },
}
