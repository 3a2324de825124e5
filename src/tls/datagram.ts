/** TLS that does not run over TCP: named, not read. */

/** What a UDP payload begins with; null where it is neither. */
export function recognizeDatagram(payload: Uint8Array): 'DTLS' | 'QUIC' | null {
  if (isDtls(payload)) return 'DTLS'
  return isQuic(payload) ? 'QUIC' : null
}

/** A DTLS record (RFC 6347 section 4.1): a content type, version 1.0 or 1.2 as ones' complement, and a length that fits. */
function isDtls(octets: Uint8Array): boolean {
  const [type, major, minor] = octets
  if (octets.length < 13 || type === undefined || type < 20 || type > 25 || major !== 0xfe) return false
  const length = (octets[11] ?? 0) * 256 + (octets[12] ?? 0)
  return (minor === 0xff || minor === 0xfd) && length > 0 && length <= octets.length - 13
}

/** A long header (RFC 9000 section 17.2) of version 1, 2 or a draft, in a datagram as long as an Initial must be. */
function isQuic(octets: Uint8Array): boolean {
  if (octets.length < 1200 || ((octets[0] ?? 0) & 0xc0) !== 0xc0) return false
  const version = new DataView(octets.buffer, octets.byteOffset).getUint32(1)
  return version === 1 || version === 0x6b3343cf || version >>> 8 === 0xff0000
}
