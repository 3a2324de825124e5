/** Lower-case hex of the octets. */
export function toHex(octets: Uint8Array): string {
  return viewAsBuffer(octets).toString('hex')
}

/** Base64 of the octets. */
export function toBase64(octets: Uint8Array): string {
  return viewAsBuffer(octets).toString('base64')
}

/** One character an octet (ISO 8859-1): lossless for names whose encoding nobody promised. */
export function toLatin1(octets: Uint8Array): string {
  return viewAsBuffer(octets).toString('latin1')
}

/** Four hex digits after `0x`, as versions and numbers of the registries are shown. */
export function toHex16(value: number): string {
  return `0x${value.toString(16).padStart(4, '0')}`
}

function viewAsBuffer(octets: Uint8Array): Buffer {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)
}
