import type { Named } from '../contract/terms.ts'
import { Cursor } from './cursor.ts'
import { nameGroup, nameSignatureScheme } from './registry.ts'

/**
 * The named curve of an ECDHE ServerKeyExchange body (RFC 8422 section 5.4), null where the parameters are not of a named curve.
 * Whether a ServerKeyExchange is ECDHE is the cipher suite's to say: see {@link usesEcdhe}.
 * @throws TlsDecodeError when the body is too short for what it announces
 */
export function parseNamedCurve(body: Uint8Array): Named | null {
  const cursor = new Cursor(body)
  if (cursor.u8('curve_type') !== NAMED_CURVE) return null
  return nameGroup(cursor.u16('named_curve'))
}

/** What an ECDHE ServerKeyExchange says (RFC 8422 section 5.4). */
export interface EcdheParameters {
  readonly namedCurve: Named
  readonly publicKeyBytes: number
  /** How the parameters are signed; null before TLS 1.2, where the certificate's key type says it, and in anonymous suites. */
  readonly signatureScheme: Named | null
  readonly signatureBytes: number
}

/**
 * Parse an ECDHE ServerKeyExchange body; null where the parameters are not of a named curve.
 * @param hasScheme true for TLS 1.2, whose signature begins with its scheme
 * @throws TlsDecodeError when a length runs past the end or octets are left over
 */
export function parseEcdheParameters(body: Uint8Array, hasScheme: boolean): EcdheParameters | null {
  const cursor = new Cursor(body)
  if (cursor.u8('curve_type') !== NAMED_CURVE) return null
  const namedCurve = nameGroup(cursor.u16('named_curve'))
  const publicKeyBytes = cursor.vector(1, 'public').remaining
  if (cursor.isAtEnd) return { namedCurve, publicKeyBytes, signatureScheme: null, signatureBytes: 0 }
  const signatureScheme = hasScheme ? nameSignatureScheme(cursor.u16('algorithm')) : null
  const signatureBytes = cursor.vector(2, 'signature').remaining
  cursor.expectEnd('body')
  return { namedCurve, publicKeyBytes, signatureScheme, signatureBytes }
}

/**
 * The signed part of a TLS 1.2 ECDHE ServerKeyExchange body, with its signature; null where there is none, or the octets do not add up.
 * All three are views into `body`.
 */
export function readSignedParameters(
  body: Uint8Array,
): { readonly parameters: Uint8Array; readonly scheme: number; readonly signature: Uint8Array } | null {
  const parametersBytes = 4 + (body[3] ?? 0)
  const header = body.subarray(parametersBytes, parametersBytes + 4)
  const [high, low, lengthHigh, lengthLow] = header
  if (body[0] !== NAMED_CURVE || high === undefined || low === undefined || lengthHigh === undefined || lengthLow === undefined) return null
  const signature = body.subarray(parametersBytes + 4)
  if (signature.length !== lengthHigh * 256 + lengthLow) return null
  return { parameters: body.subarray(0, parametersBytes), scheme: high * 256 + low, signature }
}

/** Whether this suite's ServerKeyExchange begins with elliptic curve parameters. */
export function usesEcdhe(cipherSuiteName: string): boolean {
  return /^TLS_ECDHE?_(?!PSK)/.test(cipherSuiteName)
}

const NAMED_CURVE = 3
