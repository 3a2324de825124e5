import type { Named } from '../contract/terms.ts'
import { Cursor } from './cursor.ts'
import { nameCertificateCompression } from './registry.ts'

/** A Certificate message that was compressed (RFC 8879 section 4). */
export interface CompressedCertificate {
  readonly algorithm: Named
  /** Octets that it says to have when unpacked. */
  readonly announcedBytes: number
  readonly packed: Uint8Array
}

/** Unpacks octets; null where it cannot: the algorithm is not there, the octets are none of its, or become another number of octets than announced. */
export type Unpack = (packed: CompressedCertificate) => Uint8Array | null

/** What go takes for a Certificate message at most: nothing larger is unpacked. */
export const MAX_CERTIFICATE_MESSAGE_BYTES = 262_144

/**
 * Parse a CompressedCertificate body.
 * @throws TlsDecodeError when a length runs past the end or octets are left over
 */
export function parseCompressedCertificate(body: Uint8Array): CompressedCertificate {
  const cursor = new Cursor(body)
  const algorithm = nameCertificateCompression(cursor.u16('algorithm'))
  const announcedBytes = cursor.u24('uncompressed_length')
  const packed = cursor.vector(3, 'compressed_certificate_message').rest()
  cursor.expectEnd('body')
  return { algorithm, announcedBytes, packed }
}
