/**
 * Octets that are not what TLS says they must be. The only error that the parsers of this room throw.
 * Corresponds to the alert decode_error (RFC 8446 section 6.2).
 */
export class TlsDecodeError extends Error {
  override readonly name = 'TlsDecodeError'
  /** Counted from the first octet that the parser was given. */
  readonly offset: number
  /** The field as RFC 8446 or RFC 5246 names it, with its path (`extensions.key_share`). */
  readonly field: string

  constructor(offset: number, field: string, message: string) {
    super(`${field} at octet ${offset}: ${message}`)
    this.offset = offset
    this.field = field
  }
}
