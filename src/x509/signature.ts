import { constants, type KeyObject, verify } from 'node:crypto'
import { DerReader, TAG } from './der.ts'
import { hex } from './go-text.ts'
import { checkMlDsa, ML_DSA_PARAMETERS } from './ml-dsa.ts'
import { type AlgorithmIdentifier, goKeyType, importPublicKey, type PublicKey, type PublicKeyAlgorithm } from './public-key.ts'
import type { GoRules } from './rules.ts'

/** A signature algorithm as Go knows it. */
export interface SignatureAlgorithm {
  /** Go's name ("SHA256-RSA"); "0" for one that Go does not know. */
  readonly name: string
  readonly keyAlgorithm: PublicKeyAlgorithm
  readonly hash: 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512' | null
  readonly isPss: boolean
}

/** The algorithm that Go does not know: its signatures never verify. */
export const UNKNOWN_ALGORITHM: SignatureAlgorithm = { name: '0', keyAlgorithm: 'unknown', hash: null, isPss: false }

/** Which signature algorithm an AlgorithmIdentifier names, as Go reads it. */
export function readSignatureAlgorithm(identifier: AlgorithmIdentifier, rules: GoRules): SignatureAlgorithm {
  if (identifier.oid === RSA_PSS) return readPssAlgorithm(identifier.parameters)
  if (identifier.oid === ED25519 && identifier.parameters.length !== 0) return UNKNOWN_ALGORITHM
  const mlDsa = rules.knowsMlDsa && identifier.parameters.length === 0 ? ML_DSA_PARAMETERS[identifier.oid] : undefined
  if (mlDsa !== undefined) return plain(mlDsa.name, 'ML-DSA', null)
  return ALGORITHMS[identifier.oid] ?? UNKNOWN_ALGORITHM
}

/** Why a signature does not count. `wrong`: the key did not make it. */
export interface SignatureProblem {
  readonly kind: 'not-ca' | 'sha1' | 'md5' | 'weak-rsa' | 'unsupported' | 'wrong'
  /** Go's text. */
  readonly goText: string
}

/**
 * Check a signature with the order of checks and the words of Go's checkSignature.
 * @returns undefined when it verifies
 */
export function checkSignature(
  algorithm: SignatureAlgorithm,
  signed: Uint8Array,
  signature: Uint8Array,
  key: PublicKey | null,
  rules: GoRules,
): SignatureProblem | undefined {
  if (algorithm.hash === null && algorithm.keyAlgorithm === 'unknown') return UNSUPPORTED
  if (algorithm.hash === 'md5' || (algorithm.hash === 'sha1' && !rules.acceptsSha1)) {
    return { kind: algorithm.hash, goText: describeInsecure(algorithm, rules) }
  }
  if (key === null || key.kind === 'DSA') return UNSUPPORTED
  if (key.kind !== algorithm.keyAlgorithm) {
    const goText = `x509: signature algorithm specifies an ${algorithm.keyAlgorithm} public key, but have public key of type ${goKeyType(key)}`
    return { kind: 'wrong', goText }
  }
  if (key.kind === 'ML-DSA') return checkMlDsaSignature(algorithm, signed, signature, key)
  if (key.kind === 'RSA') return checkRsa(algorithm, signed, signature, key, rules)
  const isRight = verifyWith(importPublicKey(key), algorithm, signed, signature)
  return isRight ? undefined : { kind: 'wrong', goText: `x509: ${key.kind} verification failure` }
}

function checkMlDsaSignature(
  algorithm: SignatureAlgorithm,
  signed: Uint8Array,
  signature: Uint8Array,
  { parameters, octets }: Extract<PublicKey, { kind: 'ML-DSA' }>,
): SignatureProblem | undefined {
  if (algorithm.name !== parameters.name) {
    const wanted = `an ML-DSA public key with ${algorithm.name} parameters`
    return {
      kind: 'wrong',
      goText: `x509: signature algorithm specifies ${wanted}, but have a public key with ${parameters.name} parameters`,
    }
  }
  const problem = checkMlDsa(parameters, octets, signed, signature)
  return problem === undefined ? undefined : { kind: 'wrong', goText: `x509: ML-DSA verification failure: ${problem}` }
}

function checkRsa(
  algorithm: SignatureAlgorithm,
  signed: Uint8Array,
  signature: Uint8Array,
  key: Extract<PublicKey, { kind: 'RSA' }>,
  rules: GoRules,
): SignatureProblem | undefined {
  if (key.bits < rules.minimumRsaBits) {
    return { kind: 'weak-rsa', goText: describeWeakKey(key.bits) }
  }
  const problem = rules.checksRsaForm ? checkRsaForm(key.modulus, key.exponent) : undefined
  if (problem !== undefined) return { kind: 'unsupported', goText: problem }
  const isRight = verifyWith(importPublicKey(key), algorithm, signed, signature)
  return isRight ? undefined : { kind: 'wrong', goText: 'crypto/rsa: verification error' }
}

/** What crypto/rsa says of a key below 1024 bits. */
export function describeWeakKey(bits: number): string {
  return `crypto/rsa: ${bits}-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)`
}

function checkRsaForm(modulus: bigint, exponent: number): string | undefined {
  if (modulus % 2n === 0n) return 'crypto/rsa: public modulus is even'
  if (exponent < 2) return 'crypto/rsa: public exponent too small or negative'
  if (exponent % 2 === 0) return 'crypto/rsa: public exponent is even'
  return exponent > 2 ** 31 - 1 ? 'crypto/rsa: public exponent too large' : undefined
}

function verifyWith(key: KeyObject | undefined, algorithm: SignatureAlgorithm, signed: Uint8Array, signature: Uint8Array): boolean {
  if (key === undefined) return false
  const padding = algorithm.isPss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING
  const options = algorithm.keyAlgorithm === 'RSA' ? { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : key
  try {
    return verify(algorithm.hash, signed, options, signature)
  } catch {
    return false
  }
}

function describeInsecure(algorithm: SignatureAlgorithm, rules: GoRules): string {
  const hasSetting = rules.mentionsSha1Setting && algorithm.hash === 'sha1' && algorithm.keyAlgorithm !== 'DSA'
  const hint = hasSetting ? ' (temporarily override with GODEBUG=x509sha1=1)' : ''
  return `x509: cannot verify signature: insecure algorithm ${algorithm.name}${hint}`
}

/** RSASSA-PSS-params (RFC 4055 section 3.1): Go takes one hash for all, a salt as long as the hash, trailer 1. */
function readPssAlgorithm(parameters: Uint8Array): SignatureAlgorithm {
  const sequence = new DerReader(parameters).read(TAG.sequence)
  const hash = readHash(sequence?.read(0xa0)?.read(TAG.sequence))
  const mgf = sequence?.read(0xa1)?.read(TAG.sequence)
  const hasMgf1 = mgf?.objectIdentifier() === MGF1
  const mgfHash = readHash(mgf?.read(TAG.sequence))
  const salt = sequence?.read(0xa2)?.int64()
  const trailer = sequence?.peeks(0xa3) === true ? sequence.read(0xa3)?.int64() : 1n
  if (hash === undefined || !hasMgf1 || mgfHash !== hash || trailer !== 1n) return UNKNOWN_ALGORITHM
  const found = PSS_HASHES[hash]
  if (found === undefined || salt !== found.salt) return UNKNOWN_ALGORITHM
  return { name: `${found.name.toUpperCase()}-RSAPSS`, keyAlgorithm: 'RSA', hash: found.name, isPss: true }
}

/** The OID of a hash AlgorithmIdentifier whose parameters are absent or NULL. */
function readHash(reader: DerReader | undefined): string | undefined {
  const oid = reader?.objectIdentifier()
  const parameters = reader === undefined ? '' : hex(reader.rest())
  return parameters === '' || parameters === '0500' ? oid : undefined
}

/** Go's ErrUnsupportedAlgorithm. */
export const UNSUPPORTED: SignatureProblem = { kind: 'unsupported', goText: 'x509: cannot verify signature: algorithm unimplemented' }
const RSA_PSS = '1.2.840.113549.1.1.10'
const MGF1 = '1.2.840.113549.1.1.8'
const ED25519 = '1.3.101.112'

const PSS_HASHES: Readonly<Record<string, { readonly name: 'sha256' | 'sha384' | 'sha512'; readonly salt: bigint }>> = {
  '2.16.840.1.101.3.4.2.1': { name: 'sha256', salt: 32n },
  '2.16.840.1.101.3.4.2.2': { name: 'sha384', salt: 48n },
  '2.16.840.1.101.3.4.2.3': { name: 'sha512', salt: 64n },
}

const plain = (name: string, keyAlgorithm: PublicKeyAlgorithm, hash: SignatureAlgorithm['hash']): SignatureAlgorithm => ({
  name,
  keyAlgorithm,
  hash,
  isPss: false,
})

const ALGORITHMS: Readonly<Record<string, SignatureAlgorithm>> = {
  '1.2.840.113549.1.1.4': plain('MD5-RSA', 'RSA', 'md5'),
  '1.2.840.113549.1.1.5': plain('SHA1-RSA', 'RSA', 'sha1'),
  '1.3.14.3.2.29': plain('SHA1-RSA', 'RSA', 'sha1'),
  '1.2.840.113549.1.1.11': plain('SHA256-RSA', 'RSA', 'sha256'),
  '1.2.840.113549.1.1.12': plain('SHA384-RSA', 'RSA', 'sha384'),
  '1.2.840.113549.1.1.13': plain('SHA512-RSA', 'RSA', 'sha512'),
  '1.2.840.10040.4.3': plain('DSA-SHA1', 'DSA', 'sha1'),
  '2.16.840.1.101.3.4.3.2': plain('DSA-SHA256', 'DSA', 'sha256'),
  '1.2.840.10045.4.1': plain('ECDSA-SHA1', 'ECDSA', 'sha1'),
  '1.2.840.10045.4.3.2': plain('ECDSA-SHA256', 'ECDSA', 'sha256'),
  '1.2.840.10045.4.3.3': plain('ECDSA-SHA384', 'ECDSA', 'sha384'),
  '1.2.840.10045.4.3.4': plain('ECDSA-SHA512', 'ECDSA', 'sha512'),
  [ED25519]: plain('Ed25519', 'Ed25519', null),
}
