/** The pcapng format (draft-ietf-opsawg-pcapng): blocks in sections, each section with its own byte order and interfaces. */
import { CaptureError } from './capture-error.ts'
import { type CaptureItem, type ItemReader, MAX_PACKET_BYTES } from './item.ts'

/** Block type of a Section Header; the same in both byte orders. */
export const SECTION_HEADER = 0x0a0d0d0a

type Emit = (item: CaptureItem) => void

/** Reads one pcapng file. State over time: byte order and interfaces of the section. */
export class PcapngReader implements ItemReader {
  #littleEndian = true
  #interfaces: Interface[] = []
  #lastMs = 0

  next(octets: Uint8Array, offset: number, emit: Emit): number {
    if (octets.length < MIN_BLOCK_BYTES) return 0
    const view = viewOf(octets)
    const isSection = view.getUint32(0) === SECTION_HEADER
    if (isSection) this.#littleEndian = readByteOrder(view, offset)
    const total = view.getUint32(4, this.#littleEndian)
    checkLength(total, offset)
    if (octets.length < total) return 0
    const trailer = view.getUint32(total - 4, this.#littleEndian)
    if (trailer !== total) {
      throw new CaptureError(
        offset + total - 4,
        'Block Total Length',
        `is ${trailer} at the end of the block and ${total} at its beginning`,
      )
    }
    if (isSection) this.#interfaces = []
    else this.#readBlock(new Block(octets.subarray(0, total), offset, this.#littleEndian), emit)
    return total
  }

  #readBlock(block: Block, emit: Emit): void {
    if (block.type === INTERFACE_DESCRIPTION) this.#interfaces.push(readInterface(block))
    else if (block.type === ENHANCED_PACKET) this.#readPacket(block, block.u32(8), emit)
    else if (block.type === PACKET) this.#readPacket(block, block.u16(8), emit)
    else if (block.type === SIMPLE_PACKET) this.#readSimplePacket(block, emit)
    else if (block.type === DECRYPTION_SECRETS && block.u32(8) === TLS_KEY_LOG) {
      emit({ type: 'secrets', offset: block.offset + 16, keyLog: block.take(16, block.u32(12), 'Secrets Length') })
    }
  }

  /** Enhanced and (obsolete) plain Packet Blocks differ in their first eight octets only. */
  #readPacket(block: Block, interfaceId: number, emit: Emit): void {
    const found = this.#find(interfaceId, block.offset + 8)
    const ticks = block.u32(12) * 4294967296 + block.u32(16)
    this.#lastMs = ticks / found.ticksPerMs + found.offsetMs
    const octets = block.take(28, block.u32(20), 'Captured Packet Length')
    const comment = readComment(block, 28 + Math.ceil(octets.length / 4) * 4)
    const packet = { offset: block.offset + 28, atMs: this.#lastMs, linkType: found.linkType, octets, wireBytes: block.u32(24) }
    emit({ type: 'packet', ...packet, ...(comment === null ? {} : { comment }) })
  }

  /** It has no time of its own and no captured length: the packet fills the block, up to the snapshot length. */
  #readSimplePacket(block: Block, emit: Emit): void {
    const { linkType, snapLength } = this.#find(0, block.offset)
    const wireBytes = block.u32(8)
    const captured = Math.min(wireBytes, snapLength === 0 ? wireBytes : snapLength)
    const octets = block.take(12, captured, 'Original Packet Length')
    emit({ type: 'packet', offset: block.offset + 12, atMs: this.#lastMs, linkType, octets, wireBytes })
  }

  #find(interfaceId: number, offset: number): Interface {
    const found = this.#interfaces[interfaceId]
    if (found === undefined) {
      throw new CaptureError(offset, 'Interface ID', `is ${interfaceId}, the section has described ${this.#interfaces.length} interfaces`)
    }
    return found
  }
}

interface Interface {
  readonly linkType: number
  readonly snapLength: number
  readonly ticksPerMs: number
  readonly offsetMs: number
}

/** One whole block with bounds-checked fields; positions count from its first octet. */
class Block {
  readonly offset: number
  readonly #octets: Uint8Array
  readonly #view: DataView
  readonly #littleEndian: boolean

  constructor(octets: Uint8Array, offset: number, littleEndian: boolean) {
    this.offset = offset
    this.#octets = octets
    this.#view = viewOf(octets)
    this.#littleEndian = littleEndian
  }

  get type(): number {
    return this.#view.getUint32(0, this.#littleEndian)
  }

  /** Position of the trailing length. */
  get end(): number {
    return this.#octets.length - 4
  }

  u16(at: number): number {
    this.#expect(at, 2, 'block body')
    return this.#view.getUint16(at, this.#littleEndian)
  }

  u32(at: number): number {
    this.#expect(at, 4, 'block body')
    return this.#view.getUint32(at, this.#littleEndian)
  }

  /** A signed number of 64 bits, as exact as a double is. */
  i64(at: number): number {
    this.#expect(at, 8, 'option value')
    return Number(this.#view.getBigInt64(at, this.#littleEndian))
  }

  take(at: number, count: number, field: string): Uint8Array {
    this.#expect(at, count, field)
    return this.#octets.subarray(at, at + count)
  }

  #expect(at: number, count: number, field: string): void {
    if (at + count > this.end) {
      throw new CaptureError(this.offset + at, field, `needs ${count} octets, ${Math.max(0, this.end - at)} are left in the block`)
    }
  }
}

function readByteOrder(view: DataView, offset: number): boolean {
  const magic = view.getUint32(8)
  if (magic === 0x1a2b3c4d) return false
  if (magic === 0x4d3c2b1a) return true
  throw new CaptureError(offset + 8, 'Byte-Order Magic', `is 0x${magic.toString(16).padStart(8, '0')}`)
}

function checkLength(total: number, offset: number): void {
  if (total < MIN_BLOCK_BYTES || total % 4 !== 0 || total > MAX_BLOCK_BYTES) {
    throw new CaptureError(
      offset + 4,
      'Block Total Length',
      `is ${total}: it must be a multiple of 4 from ${MIN_BLOCK_BYTES} to ${MAX_BLOCK_BYTES}`,
    )
  }
}

function readInterface(block: Block): Interface {
  let ticksPerMs = 1e3
  let offsetMs = 0
  for (const { code, at, length } of listOptions(block, 16)) {
    if (code === IF_TSRESOL && length === 1) ticksPerMs = readResolution(block.take(at, 1, 'if_tsresol')[0] ?? 6)
    if (code === IF_TSOFFSET && length === 8) offsetMs = block.i64(at) * 1000
  }
  return { linkType: block.u16(8), snapLength: block.u32(12), ticksPerMs, offsetMs }
}

/** Power of ten, or of two where the highest bit is set; what no clock has is taken for microseconds. */
function readResolution(octet: number): number {
  const exponent = octet & 0x7f
  const ticksPerSecond = (octet & 0x80) === 0 ? 10 ** exponent : 2 ** exponent
  return exponent > 63 ? 1e3 : ticksPerSecond / 1e3
}

/** A comment that stands first among a packet's options; damaged options are left alone. */
function readComment(block: Block, at: number): string | null {
  if (at + 4 > block.end || block.u16(at) !== OPT_COMMENT) return null
  const length = Math.min(block.u16(at + 2), block.end - at - 4, MAX_COMMENT_BYTES)
  return new TextDecoder().decode(block.take(at + 4, length, 'opt_comment'))
}

function* listOptions(block: Block, start: number): Generator<{ readonly code: number; readonly at: number; readonly length: number }> {
  for (let at = start; at + 4 <= block.end; ) {
    const [code, length] = [block.u16(at), block.u16(at + 2)]
    if (code === 0) return
    if (at + 4 + length > block.end)
      throw new CaptureError(block.offset + at, 'option length', `is ${length}, ${block.end - at - 4} octets are left`)
    yield { code, at: at + 4, length }
    at += 4 + Math.ceil(length / 4) * 4
  }
}

function viewOf(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
}

const INTERFACE_DESCRIPTION = 1
const PACKET = 2
const SIMPLE_PACKET = 3
const ENHANCED_PACKET = 6
const DECRYPTION_SECRETS = 10
const TLS_KEY_LOG = 0x544c534b
const OPT_COMMENT = 1
const MAX_COMMENT_BYTES = 200
const IF_TSRESOL = 9
const IF_TSOFFSET = 14
const MIN_BLOCK_BYTES = 12

/** A packet with its options, or a key log; longer blocks are taken for damage. */
const MAX_BLOCK_BYTES = 16 * 1024 * 1024 + MAX_PACKET_BYTES
