import { Cursor } from './cursor.ts'

/**
 * The OCSP response in a CertificateStatus body (RFC 6066 section 8), null where it is of another type.
 * @throws TlsDecodeError when a length runs past the end
 */
export function parseCertificateStatus(body: Uint8Array): Uint8Array | null {
  const cursor = new Cursor(body)
  if (cursor.u8('status_type') !== OCSP) return null
  return cursor.vector(3, 'response').rest()
}

const OCSP = 1
