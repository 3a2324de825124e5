import type { Extension } from '../contract/handshake.ts'
import { parseCertificateStatus } from './certificate-status.ts'
import { Cursor } from './cursor.ts'
import { TlsDecodeError } from './decode-error.ts'
import { parseExtensions } from './extension.ts'

/** The certificate_list of a Certificate message. */
export interface CertificateMessage {
  /** DER octets in wire order, views into the message. */
  readonly chain: readonly Uint8Array[]
  /** The leaf's OCSP response (TLS 1.3 status_request extension), null where there is none. */
  readonly ocspResponse: Uint8Array | null
  /** TLS 1.3: the extensions of each certificate, in the order of `chain`; [] in older versions. */
  readonly extensions: readonly (readonly Extension[])[]
}

/**
 * Parse a Certificate body of TLS 1.2 and older (RFC 5246 section 7.4.2).
 * @throws TlsDecodeError when a length runs past the end, octets are left over, or there are more than {@link MAX_ENTRIES} entries
 */
export function parseCertificate12(body: Uint8Array): CertificateMessage {
  const cursor = new Cursor(body)
  const list = cursor.vector(3, 'certificate_list')
  cursor.expectEnd('body')
  const chain: Uint8Array[] = []
  while (!list.isAtEnd) {
    expectRoom(chain, list)
    chain.push(list.vector(3, 'certificate_list.certificate').rest())
  }
  return { chain, ocspResponse: null, extensions: [] }
}

/**
 * Parse a Certificate body of TLS 1.3 (RFC 8446 section 4.4.2): request context, then entries with extensions.
 * @throws TlsDecodeError when a length runs past the end, octets are left over, or there are more than {@link MAX_ENTRIES} entries
 */
export function parseCertificate13(body: Uint8Array): CertificateMessage {
  const cursor = new Cursor(body)
  cursor.vector(1, 'certificate_request_context')
  const list = cursor.vector(3, 'certificate_list')
  cursor.expectEnd('body')
  const chain: Uint8Array[] = []
  const extensions: (readonly Extension[])[] = []
  while (!list.isAtEnd) {
    expectRoom(chain, list)
    chain.push(list.vector(3, 'certificate_list.cert_data').rest())
    // Unlike in a hello, the block may not be left out.
    if (list.isAtEnd) list.vector(2, 'certificate_list.extensions')
    extensions.push(parseExtensions(list, {}, 'certificate').extensions)
  }
  const staple = extensions[0]?.find(({ id }) => id === STATUS_REQUEST)
  return { chain, ocspResponse: staple === undefined ? null : readStaple(Buffer.from(staple.raw, 'base64')), extensions }
}

/** An entry may be three octets long, and each costs far more to tell than to send. */
function expectRoom({ length }: readonly Uint8Array[], list: Cursor): void {
  if (length >= MAX_ENTRIES) throw new TlsDecodeError(list.offset, 'certificate_list', `has more than ${MAX_ENTRIES} entries`)
}

/** The extension holds a CertificateStatus; where its own lengths lie, its octets are still told. */
function readStaple(data: Uint8Array): Uint8Array {
  try {
    return parseCertificateStatus(data) ?? data
  } catch (error) {
    if (error instanceof TlsDecodeError) return data
    throw error
  }
}

/** No chain is anywhere near so long. */
const MAX_ENTRIES = 4096
const STATUS_REQUEST = 5
