/**
 * Whether a 16-bit number of a registry is a GREASE value (RFC 8701): 0x0a0a, 0x1a1a … 0xfafa.
 * GREASE stays in lists; fingerprints leave it out, as their definitions say.
 */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff)
}

/** GREASE values of PskKeyExchangeMode (RFC 8701 section 2): 0x0b, 0x2a, 0x49 … 0xe4. */
export function isGreaseOctet(value: number): boolean {
  return value >= 0x0b && (value - 0x0b) % 0x1f === 0 && value <= 0xe4
}
