/** Reads HPACK header blocks (RFC 7541): one decoder for each direction of a connection, since both sides share a table. */

import { STATIC_TABLE } from './hpack-static.ts'
import { decodeHuffman } from './huffman.ts'

/** A header block that breaks the format; nothing of its direction can be read any more, since the tables differ from here on. */
export class HpackError extends Error {
  override readonly name = 'HpackError'
}

export type HeaderField = readonly [name: string, value: string]

/** What an entry counts besides its octets (section 4.1). */
const ENTRY_OVERHEAD_BYTES = 32
/** SETTINGS_HEADER_TABLE_SIZE may raise a table; more than this is no table that we keep. */
const MOST_TABLE_BYTES = 1 << 20
const MOST_FIELDS = 1_000

export class HpackDecoder {
  /** Newest first. */
  readonly #table: HeaderField[] = []
  #tableBytes = 0
  #limitBytes = 4096
  #settingsBytes = 4096

  /**
   * The receiver of this direction allows a table of this size (SETTINGS_HEADER_TABLE_SIZE). The table itself changes when the sender says so, which
   * it does behind its acknowledgement; until then it may still use the larger one.
   */
  allowTable(bytes: number): void {
    this.#settingsBytes = Math.max(this.#settingsBytes, Math.min(bytes, MOST_TABLE_BYTES))
  }

  /** Decode one whole block. Strings are latin1. @throws HpackError */
  decode(block: Uint8Array): readonly HeaderField[] {
    const cursor = { octets: block, at: 0 }
    const fields: HeaderField[] = []
    while (cursor.at < block.length) {
      const field = this.#readField(cursor, block[cursor.at] ?? 0)
      if (field !== undefined) fields.push(field)
      if (fields.length > MOST_FIELDS) throw new HpackError('more than 1,000 fields in one block')
    }
    return fields
  }

  /** Section 6: the first bits tell the representation. */
  #readField(cursor: Cursor, first: number): HeaderField | undefined {
    if ((first & 0x80) !== 0) return this.#find(readInteger(cursor, 7))
    if ((first & 0x40) !== 0) {
      const field = this.#readLiteral(cursor, 6)
      this.#add(field)
      return field
    }
    if ((first & 0x20) === 0) return this.#readLiteral(cursor, 4)
    const bytes = readInteger(cursor, 5)
    if (bytes > this.#settingsBytes) throw new HpackError('a table larger than was allowed')
    this.#resize(bytes)
    return undefined
  }

  #readLiteral(cursor: Cursor, prefixBits: number): HeaderField {
    const index = readInteger(cursor, prefixBits)
    const name = index === 0 ? readString(cursor) : this.#find(index)[0]
    return [name, readString(cursor)]
  }

  #find(index: number): HeaderField {
    const field = index <= STATIC_TABLE.length ? STATIC_TABLE[index - 1] : this.#table[index - STATIC_TABLE.length - 1]
    if (field === undefined) throw new HpackError(`no entry ${index} in the table`)
    return field
  }

  #add(field: HeaderField): void {
    this.#table.unshift(field)
    this.#tableBytes += sizeOf(field)
    this.#evict()
  }

  #resize(bytes: number): void {
    this.#limitBytes = bytes
    this.#evict()
  }

  #evict(): void {
    while (this.#tableBytes > this.#limitBytes) {
      const oldest = this.#table.pop()
      if (oldest === undefined) return
      this.#tableBytes -= sizeOf(oldest)
    }
  }
}

interface Cursor {
  readonly octets: Uint8Array
  at: number
}

function sizeOf([name, value]: HeaderField): number {
  return name.length + value.length + ENTRY_OVERHEAD_BYTES
}

/** Section 5.1. */
function readInteger(cursor: Cursor, prefixBits: number): number {
  const most = 2 ** prefixBits - 1
  let value = readOctet(cursor) & most
  if (value < most) return value
  for (let shift = 0; shift <= 21; shift += 7) {
    const octet = readOctet(cursor)
    value += (octet & 0x7f) * 2 ** shift
    if ((octet & 0x80) === 0) return value
  }
  throw new HpackError('an integer of more than 28 bits')
}

/** Section 5.2. */
function readString(cursor: Cursor): string {
  const isHuffman = ((cursor.octets[cursor.at] ?? 0) & 0x80) !== 0
  const length = readInteger(cursor, 7)
  const end = cursor.at + length
  if (end > cursor.octets.length) throw new HpackError('a string runs past the end of its block')
  const octets = cursor.octets.subarray(cursor.at, end)
  cursor.at = end
  const plain = isHuffman ? decodeHuffman(octets) : Buffer.from(octets.buffer, octets.byteOffset, length)
  if (plain === undefined) throw new HpackError('a malformed Huffman code')
  return plain.toString('latin1')
}

function readOctet(cursor: Cursor): number {
  const octet = cursor.octets[cursor.at]
  if (octet === undefined) throw new HpackError('the block ends inside a field')
  cursor.at += 1
  return octet
}
