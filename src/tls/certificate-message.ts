import { Cursor } from './cursor.ts'

/** The certificate_list of a Certificate message. */
export interface CertificateMessage {
  /** DER octets in wire order, views into the message. */
  readonly chain: readonly Uint8Array[]
  /** Octets of the leaf's OCSP staple (TLS 1.3 status_request extension), null where there is none. */
  readonly ocspStapleBytes: number | null
}

/**
 * Parse a Certificate body of TLS 1.2 and older (RFC 5246 section 7.4.2).
 * @throws TlsDecodeError when a length runs past the end or octets are left over
 */
export function parseCertificate12(body: Uint8Array): CertificateMessage {
  const cursor = new Cursor(body)
  const list = cursor.vector(3, 'certificate_list')
  cursor.expectEnd('Certificate')
  const chain: Uint8Array[] = []
  while (!list.isAtEnd) chain.push(list.vector(3, 'certificate_list.certificate').rest())
  return { chain, ocspStapleBytes: null }
}

/**
 * Parse a Certificate body of TLS 1.3 (RFC 8446 section 4.4.2): request context, then entries with extensions.
 * @throws TlsDecodeError when a length runs past the end or octets are left over
 */
export function parseCertificate13(body: Uint8Array): CertificateMessage {
  const cursor = new Cursor(body)
  cursor.vector(1, 'certificate_request_context')
  const list = cursor.vector(3, 'certificate_list')
  cursor.expectEnd('Certificate')
  const chain: Uint8Array[] = []
  let ocspStapleBytes: number | null = null
  while (!list.isAtEnd) {
    chain.push(list.vector(3, 'certificate_list.cert_data').rest())
    const staple = findStaple(list.vector(2, 'certificate_list.extensions'))
    if (chain.length === 1) ocspStapleBytes = staple
  }
  return { chain, ocspStapleBytes }
}

function findStaple(extensions: Cursor): number | null {
  let found: number | null = null
  while (!extensions.isAtEnd) {
    const id = extensions.u16('certificate_list.extensions.extension_type')
    const data = extensions.vector(2, 'certificate_list.extensions.extension_data')
    if (id === STATUS_REQUEST) found = data.remaining
  }
  return found
}

const STATUS_REQUEST = 5
