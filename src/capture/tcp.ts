/** TCP headers (RFC 9293). */

export interface TcpSegment {
  readonly sourcePort: number
  readonly destinationPort: number
  /** Of the first octet of the payload, or of SYN. */
  readonly sequence: number
  readonly isSyn: boolean
  readonly isAck: boolean
  readonly isFin: boolean
  readonly isRst: boolean
  /** A view. */
  readonly payload: Uint8Array
}

/** Parse a segment; null where the octets cannot be one. */
export function parseTcp(octets: Uint8Array): TcpSegment | null {
  const headerBytes = ((octets[12] ?? 0) >> 4) * 4
  if (headerBytes < 20 || octets.length < headerBytes) return null
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  const flags = view.getUint8(13)
  return {
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    sequence: view.getUint32(4),
    isSyn: (flags & 0x02) !== 0,
    isAck: (flags & 0x10) !== 0,
    isFin: (flags & 0x01) !== 0,
    isRst: (flags & 0x04) !== 0,
    payload: octets.subarray(headerBytes),
  }
}
