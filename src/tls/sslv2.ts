import type { Named } from '../contract/terms.ts'
import { nameVersion } from './registry.ts'

/** A ClientHello in SSL 2.0 framing, as old clients send it even when they go on with TLS (RFC 5246 appendix E.2). */
export interface Sslv2ClientHello {
  readonly version: Named
  /** 24-bit numbers; those below 0x010000 are TLS cipher suites. */
  readonly cipherSpecs: readonly number[]
  readonly sessionIdLength: number
  readonly challengeLength: number
  /** With its 2-octet header. */
  readonly wireBytes: number
}

/** Read an SSL 2.0 ClientHello that begins at octet 0; `null` when these octets cannot be one. */
export function readSslv2ClientHello(octets: Uint8Array): Sslv2ClientHello | 'incomplete' | null {
  const [high, low, type, major, minor] = octets
  if (high === undefined || (high & 0x80) === 0) return null
  if ((type ?? CLIENT_HELLO) !== CLIENT_HELLO || !isPlausible(major, minor)) return null
  const length = (high & 0x7f) * 256 + (low ?? 0)
  if (low !== undefined && length < HEADER_BYTES) return null
  if (octets.length < 2 + length || low === undefined) return 'incomplete'
  return readFields(octets.subarray(2, 2 + length))
}

function readFields(body: Uint8Array): Sslv2ClientHello | null {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  const specBytes = view.getUint16(3)
  const sessionIdLength = view.getUint16(5)
  const challengeLength = view.getUint16(7)
  if (specBytes % 3 !== 0 || HEADER_BYTES + specBytes + sessionIdLength + challengeLength !== body.length) return null
  const cipherSpecs: number[] = []
  for (let at = HEADER_BYTES; at < HEADER_BYTES + specBytes; at += 3) cipherSpecs.push(view.getUint8(at) * 65536 + view.getUint16(at + 1))
  return { version: nameVersion(view.getUint16(1)), cipherSpecs, sessionIdLength, challengeLength, wireBytes: body.length + 2 }
}

function isPlausible(major: number | undefined, minor: number | undefined): boolean {
  if (major === undefined) return true
  return major === 3 || (major === 0 && (minor ?? 2) === 2)
}

const CLIENT_HELLO = 1

/** msg_type, version and three lengths. */
const HEADER_BYTES = 9
