/** What go says of a handshake signature, by its version (crypto/tls: processServerKeyExchange and readServerCertificate). */
import type { KeyProof } from '../handshake/key-proof.ts'
import { findSchemeAlgorithm } from '../tls/scheme-algorithm.ts'
import { GO_KEY_TYPES } from '../x509/public-key.ts'
import type { GoFacts } from './observation.ts'

/** Why go refuses a signature. `scheme`: it does not take this scheme, whatever the octets; `signature`: the octets do not fit. */
export interface SignatureRefusal {
  readonly kind: 'scheme' | 'signature'
  readonly goText: string
}

/** go's refusal with the order of its checks; undefined where it accepts, or nothing was seen. */
export function refuseSignature(proof: KeyProof, go: GoFacts): SignatureRefusal | undefined {
  const { scheme, keyKind } = proof
  if (scheme === null || keyKind === null) return undefined
  const rules = readRules(go)
  const algorithm = findSchemeAlgorithm(scheme.id)
  // A scheme of another key, or of another curve, is refused as such; that the octets do not fit either shows why it was used.
  const kind = proof.outcome === 'does not fit' ? 'signature' : 'scheme'
  if (algorithm === undefined || isRefused(proof, scheme.id, rules)) return { kind, goText: INVALID_SCHEME }
  const isOfSuite = proof.version === '1.3' || (algorithm.keyKind === 'RSA') === proof.hasRsaSuite
  if (!isOfSuite) return { kind, goText: 'tls: invalid ServerKeyExchange message' }
  if (proof.outcome !== 'does not fit') return undefined
  const failure =
    algorithm.keyKind === keyKind
      ? FAILURES[algorithm.keyKind]
      : `expected an ${algorithm.keyKind} public key, got ${GO_KEY_TYPES[keyKind]}`
  return { kind: 'signature', goText: `${INVALID_SIGNATURE}${failure}` }
}

interface Rules {
  readonly minor: number
  readonly takesSha1: boolean
}

function readRules({ version, godebug }: GoFacts): Rules {
  const minor = Number(/^(?:go)?1\.(\d+)/.exec(version)?.[1] ?? 26)
  return { minor, takesSha1: minor < 25 || /(?:^|,)tlssha1=1(?:,|$)/.test(godebug) }
}

/** TLS 1.3 knows neither PKCS #1 v1.5 nor SHA-1; since 1.25 go takes no SHA-1 in 1.2 either, and in 1.3 asks for the scheme of the key's own curve and size. */
function isRefused(proof: KeyProof, scheme: number, { minor, takesSha1 }: Rules): boolean {
  const algorithm = findSchemeAlgorithm(scheme)
  if (algorithm?.hash === 'sha1') return proof.version === '1.3' || !takesSha1
  if (proof.version === '1.2') return false
  if (algorithm?.keyKind === 'RSA' && !algorithm.isPss) return true
  return minor >= 25 && !isOwnScheme(proof, scheme)
}

function isOwnScheme({ keyKind, key, modulusBytes }: KeyProof, scheme: number): boolean {
  if (keyKind === 'ECDSA') return CURVE_SCHEMES[key] === scheme
  if (keyKind === 'Ed25519') return scheme === ED25519
  return keyKind === 'RSA' && modulusBytes >= (PSS_LEAST_BYTES[scheme] ?? Number.POSITIVE_INFINITY)
}

const INVALID_SCHEME = 'tls: certificate used with invalid signature algorithm'
const INVALID_SIGNATURE = 'tls: invalid signature by the server certificate: '
const ED25519 = 0x0807

const FAILURES = {
  RSA: 'crypto/rsa: verification error',
  ECDSA: 'ECDSA verification failure',
  Ed25519: 'Ed25519 verification failure',
} as const

const CURVE_SCHEMES: Readonly<Record<string, number>> = { 'ECDSA P-256': 0x0403, 'ECDSA P-384': 0x0503, 'ECDSA P-521': 0x0603 }

/** Twice the hash and two octets (RFC 8017 section 9.1.1). */
const PSS_LEAST_BYTES: Readonly<Record<number, number>> = { 2052: 66, 2053: 98, 2054: 130 }
