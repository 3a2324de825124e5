/** A 16-bit number in network order; octets beyond the end count as 0. */
export function readU16(octets: Uint8Array, at: number): number {
  return (octets[at] ?? 0) * 256 + (octets[at + 1] ?? 0)
}
