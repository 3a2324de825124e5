import type { Named } from '../contract/terms.ts'
import { Cursor } from './cursor.ts'
import { nameGroup } from './registry.ts'

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

/** Whether this suite's ServerKeyExchange begins with elliptic curve parameters. */
export function usesEcdhe(cipherSuiteName: string): boolean {
  return /^TLS_ECDHE?_(?!PSK)/.test(cipherSuiteName)
}

const NAMED_CURVE = 3
