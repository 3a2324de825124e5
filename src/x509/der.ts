/** One DER element: where it starts, where its content starts and ends, in octets of the whole input. */
export interface DerElement {
  readonly tag: number
  readonly offset: number
  readonly contentOffset: number
  readonly end: number
}

/** Content of a BIT STRING: the octets and how many low bits of the last one are padding. */
export interface BitString {
  readonly octets: Uint8Array
  readonly paddingBits: number
}

/** Universal and context tags of certificates (X.690 section 8.1.2). */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  t61String: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const

/** A context-specific primitive tag, as in `[0] IMPLICIT`. */
export const contextTag = (number: number) => 0x80 | number
/** A context-specific constructed tag, as in `[0] EXPLICIT`. */
export const constructedTag = (number: number) => 0xa0 | number

/**
 * A cursor over DER octets (X.690), with the strictness of Go's cryptobyte: definite, minimal lengths of at most four octets, tags below 31.
 * No method throws: a read that cannot be done returns undefined. `offset` then stays where it was, or stands behind an element of the right tag
 * whose content is wrong.
 * The octets are shared with the caller, never copied and never written.
 */
export class DerReader {
  readonly octets: Uint8Array
  /** Where the next element starts, counted from the first octet of the whole input. */
  offset: number
  /** The first octet after this window. */
  readonly end: number

  constructor(octets: Uint8Array, offset = 0, end = octets.length) {
    this.octets = octets
    this.offset = offset
    this.end = end
  }

  get isEmpty(): boolean {
    return this.offset >= this.end
  }

  /** Whether the next element starts with this tag. */
  peeks(tag: number): boolean {
    return !this.isEmpty && this.octets[this.offset] === tag
  }

  /** The next element, whatever its tag. */
  any(): DerElement | undefined {
    const element = readElement(this.octets, this.offset, this.end)
    if (element !== undefined) this.offset = element.end
    return element
  }

  /** The next element, if it has this tag. */
  element(tag: number): DerElement | undefined {
    return this.peeks(tag) ? this.any() : undefined
  }

  /** The next element of this tag though its octets end too early: its end is where this window ends. For what is only shown, never for what is judged. */
  cutElement(tag: number): DerElement | undefined {
    const { offset } = this
    const first = this.octets[offset + 1] ?? 0x80
    const contentOffset = offset + 2 + (first < 0x80 ? 0 : first & 0x7f)
    if (!this.peeks(tag) || first === 0x80 || contentOffset > this.end) return undefined
    this.offset = this.end
    return { tag, offset, contentOffset, end: this.end }
  }

  /** A cursor over the content of the next element, if it has this tag. */
  read(tag: number): DerReader | undefined {
    const element = this.element(tag)
    return element === undefined ? undefined : new DerReader(this.octets, element.contentOffset, element.end)
  }

  /** The content octets of the next element, if it has this tag. */
  content(tag: number): Uint8Array | undefined {
    const element = this.element(tag)
    return element === undefined ? undefined : this.octets.subarray(element.contentOffset, element.end)
  }

  /** All octets of an element, with its header. */
  raw(element: DerElement): Uint8Array {
    return this.octets.subarray(element.offset, element.end)
  }

  /** What is left in this window. */
  rest(): Uint8Array {
    return this.octets.subarray(this.offset, this.end)
  }

  /** A BOOLEAN: 0x00 or 0xff. */
  boolean(): boolean | undefined {
    const content = this.content(TAG.boolean)
    if (content?.length !== 1) return undefined
    return content[0] === 0xff ? true : content[0] === 0 ? false : undefined
  }

  /** A minimally encoded INTEGER of any size, two's complement. */
  integer(tag: number = TAG.integer): bigint | undefined {
    const content = this.content(tag)
    return content === undefined || !isMinimalInteger(content) ? undefined : toSignedBigInt(content)
  }

  /** An INTEGER that fits into a signed 64-bit word. */
  int64(tag: number = TAG.integer): bigint | undefined {
    const value = this.integer(tag)
    return value === undefined || BigInt.asIntN(64, value) !== value ? undefined : value
  }

  /** An OBJECT IDENTIFIER in dotted form; each arc at most 31 bits. */
  objectIdentifier(): string | undefined {
    const element = this.element(TAG.objectIdentifier)
    return element === undefined ? undefined : formatArcs(this.octets, element.contentOffset, element.end)
  }

  /** A BIT STRING whose padding bits are zero. */
  bitString(): BitString | undefined {
    const content = this.content(TAG.bitString)
    const paddingBits = content?.[0]
    if (content === undefined || paddingBits === undefined || paddingBits > 7) return undefined
    const octets = content.subarray(1)
    const last = octets[octets.length - 1]
    if (last === undefined) return paddingBits === 0 ? { octets, paddingBits } : undefined
    return (last & ((1 << paddingBits) - 1)) === 0 ? { octets, paddingBits } : undefined
  }
}

/** The bits of a BIT STRING moved to the right, so that the padding stands in front (as Go reads keys and signatures). */
export function rightAlign(bits: BitString): Uint8Array {
  if (bits.paddingBits === 0 || bits.octets.length === 0) return bits.octets
  const shifted = new Uint8Array(bits.octets.length)
  for (let i = 0; i < shifted.length; i++) {
    const carried = (bits.octets[i - 1] ?? 0) << (8 - bits.paddingBits)
    shifted[i] = carried | ((bits.octets[i] ?? 0) >> bits.paddingBits)
  }
  return shifted
}

/** The dotted form of an OBJECT IDENTIFIER's content; undefined when it is empty, cut, padded or has an arc over 31 bits. */
export function formatObjectIdentifier(content: Uint8Array): string | undefined {
  return formatArcs(content, 0, content.length)
}

function formatArcs(octets: Uint8Array, start: number, end: number): string | undefined {
  let text = ''
  let [value, length] = [0, 0]
  for (let at = start; at < end; at += 1) {
    const octet = octets[at] ?? 0
    if (length === 5 || value >= 2 ** 24 || (length === 0 && octet === 0x80)) return undefined
    value = value * 128 + (octet & 0x7f)
    length += 1
    if ((octet & 0x80) !== 0) continue
    text += text === '' ? formatFirstArcs(value) : `.${value}`
    value = 0
    length = 0
  }
  return length > 0 || text === '' ? undefined : text
}

/** The first two arcs are one number (X.690 section 8.19.4). */
function formatFirstArcs(value: number): string {
  return value < 80 ? `${Math.floor(value / 40)}.${value % 40}` : `2.${value - 80}`
}

/** A big-endian unsigned number. */
export function toBigInt(octets: Uint8Array): bigint {
  return octets.length === 0 ? 0n : BigInt(`0x${Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('hex')}`)
}

/** Whether two octet strings are the same. */
export function equalOctets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0
}

function readElement(octets: Uint8Array, offset: number, limit: number): DerElement | undefined {
  const tag = octets[offset]
  const first = octets[offset + 1]
  if (tag === undefined || first === undefined || offset + 2 > limit || (tag & 0x1f) === 0x1f) return undefined
  const header = first < 0x80 ? { contentOffset: offset + 2, length: first } : readLongLength(octets, offset + 2, first & 0x7f, limit)
  if (header === undefined) return undefined
  const end = header.contentOffset + header.length
  return end > limit ? undefined : { tag, offset, contentOffset: header.contentOffset, end }
}

function readLongLength(octets: Uint8Array, start: number, count: number, limit: number) {
  if (count === 0 || count > 4 || start + count > limit) return undefined
  let length = 0
  for (let i = 0; i < count; i++) length = length * 256 + (octets[start + i] ?? 0)
  const isMinimal = length >= 128 && octets[start] !== 0
  return isMinimal ? { contentOffset: start + count, length } : undefined
}

function isMinimalInteger(content: Uint8Array): boolean {
  const [first, second] = content
  if (first === undefined) return false
  if (second === undefined) return true
  return !((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))
}

function toSignedBigInt(content: Uint8Array): bigint {
  return BigInt.asIntN(content.length * 8, toBigInt(content))
}
