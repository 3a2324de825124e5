import { TlsDecodeError } from './decode-error.ts'

/**
 * A bounds-checked reader over octets that it does not own and never copies.
 * Every method throws {@link TlsDecodeError} when fewer octets are left than it needs; nothing is allocated by an announced length.
 */
export class Cursor {
  readonly #octets: Uint8Array
  readonly #base: number
  #position = 0

  /** @param base offset of the first octet, as errors shall count it */
  constructor(octets: Uint8Array, base = 0) {
    this.#octets = octets
    this.#base = base
  }

  /** Offset of the next octet, counted with the base. */
  get offset(): number {
    return this.#base + this.#position
  }

  get remaining(): number {
    return this.#octets.length - this.#position
  }

  get isAtEnd(): boolean {
    return this.remaining === 0
  }

  u8(field: string): number {
    return this.#unsigned(1, field)
  }

  u16(field: string): number {
    return this.#unsigned(2, field)
  }

  u24(field: string): number {
    return this.#unsigned(3, field)
  }

  u32(field: string): number {
    return this.#unsigned(4, field)
  }

  /** The next `length` octets, as a view. */
  take(length: number, field: string): Uint8Array {
    if (length > this.remaining) {
      throw new TlsDecodeError(this.offset, field, `needs ${length} octets, ${this.remaining} are left`)
    }
    const view = this.#octets.subarray(this.#position, this.#position + length)
    this.#position += length
    return view
  }

  /** All that is left, as a view. */
  rest(): Uint8Array {
    return this.take(this.remaining, 'rest')
  }

  /** A variable-length vector (RFC 8446 section 3.4) whose length takes `lengthOctets` octets, as a cursor over its content. */
  vector(lengthOctets: 1 | 2 | 3, field: string): Cursor {
    const length = this.#unsigned(lengthOctets, `${field} length`)
    const base = this.offset
    return new Cursor(this.take(length, field), base)
  }

  /** @throws TlsDecodeError when octets are left over */
  expectEnd(field: string): void {
    if (!this.isAtEnd) throw new TlsDecodeError(this.offset, field, `${this.remaining} octets too many`)
  }

  #unsigned(octets: number, field: string): number {
    const view = this.take(octets, field)
    let value = 0
    for (const octet of view) value = value * 256 + octet
    return value
  }
}
