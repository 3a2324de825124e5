import { CaptureError } from './capture-error.ts'
import type { CaptureItem, ItemReader } from './item.ts'
import { openPcap, PCAP_HEADER_BYTES, recognizePcap } from './pcap.ts'
import { PcapngReader, SECTION_HEADER } from './pcapng.ts'

/** Whether a file that begins with these octets is a pcap or pcapng, by its magic number. */
export function recognizeCapture(octets: Uint8Array): boolean {
  if (octets.length < 4) return false
  const magic = new DataView(octets.buffer, octets.byteOffset).getUint32(0)
  return magic === SECTION_HEADER || recognizePcap(magic) !== null
}

/** Where a file ended although something was not whole. */
export interface CaptureCut {
  /** First octet of what is not whole. */
  readonly offset: number
  /** Octets of it that are there. */
  readonly lengthBytes: number
}

/**
 * Reads a pcap or pcapng file from blocks of any size, without any I/O of its own.
 * Memory is bounded by the block that is fed and one packet; nothing is allocated by an announced length.
 */
export class CaptureReader {
  /** Octets that are not consumed yet stand at its head; it is used again for every block, so that reading makes no garbage. */
  #store = new Uint8Array(0)
  #length = 0
  #offset = 0
  #reader: ItemReader | null = null

  /**
   * Take in the next octets of the file and hand out every item that is whole. Octets of an item are views that are valid only inside `emit`.
   * @throws CaptureError with the offset and the field that is wrong; nothing can be read after it
   */
  feed(octets: Uint8Array, emit: (item: CaptureItem) => void): void {
    this.#append(octets)
    const view = this.#store.subarray(0, this.#length)
    let at = this.#reader === null ? this.#open(view) : 0
    while (this.#reader !== null) {
      const used = this.#reader.next(view.subarray(at), this.#offset + at, emit)
      if (used === 0) break
      at += used
    }
    this.#store.copyWithin(0, at, this.#length)
    this.#length -= at
    this.#offset += at
  }

  /** The file is over. @returns what was not whole, null when it ended between two items. @throws CaptureError when these octets were no capture */
  end(): CaptureCut | null {
    if (this.#reader === null)
      throw new CaptureError(0, 'magic number', `the file ends after ${this.#length} octets, before its header is whole`)
    return this.#length === 0 ? null : { offset: this.#offset, lengthBytes: this.#length }
  }

  #append(octets: Uint8Array): void {
    const needed = this.#length + octets.length
    if (needed > this.#store.length) {
      const grown = new Uint8Array(needed * 2)
      grown.set(this.#store.subarray(0, this.#length))
      this.#store = grown
    }
    this.#store.set(octets, this.#length)
    this.#length = needed
  }

  /** @returns octets of the file header; 0 while it is not whole */
  #open(octets: Uint8Array): number {
    if (octets.length < 4) return 0
    const magic = new DataView(octets.buffer, octets.byteOffset).getUint32(0)
    if (magic === SECTION_HEADER) this.#reader = new PcapngReader()
    const variant = recognizePcap(magic)
    if (magic === SECTION_HEADER || (variant !== null && octets.length < PCAP_HEADER_BYTES)) return 0
    if (variant === null) {
      throw new CaptureError(0, 'magic number', `0x${magic.toString(16).padStart(8, '0')} begins neither a pcap nor a pcapng file`)
    }
    this.#reader = openPcap(octets.subarray(0, PCAP_HEADER_BYTES), variant)
    return PCAP_HEADER_BYTES
  }
}
