/**
 * Octets that are not what TLS says they must be. The only error that the parsers of this room throw.
 * Corresponds to the alert decode_error (RFC 8446 section 6.2).
 */
export class TlsDecodeError extends Error {
  override readonly name = 'TlsDecodeError'
  /** Counted from the first octet that the parser was given. */
  readonly offset: number
  /** The field as RFC 8446 or RFC 5246 names it, with its path: one of the names that `handshake/fields` lays out. */
  readonly field: string

  readonly #problem: string

  constructor(offset: number, field: string, problem: string) {
    super(`${field} at octet ${offset}: ${problem}`)
    this.offset = offset
    this.field = field
    this.#problem = problem
  }

  /** The same error, its field named from further out: `versions` below `extensions.supported_versions`. */
  below(path: string): TlsDecodeError {
    return new TlsDecodeError(this.offset, this.field === '' ? path : `${path}.${this.field}`, this.#problem)
  }
}
