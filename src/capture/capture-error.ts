/**
 * Octets that are no capture, or not as its format says they must be. The only error that this room throws.
 * What was read before it stays valid.
 */
export class CaptureError extends Error {
  override readonly name = 'CaptureError'
  /** Counted from the first octet of the (unpacked) file. */
  readonly offset: number
  /** The field as the format's description names it (`incl_len`, `Block Total Length`). */
  readonly field: string

  constructor(offset: number, field: string, message: string) {
    super(`${field} at octet ${offset}: ${message}`)
    this.offset = offset
    this.field = field
  }
}
