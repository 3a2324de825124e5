/** Cuts one direction of an HTTP/2 connection into frames (RFC 9113 section 4.1); payloads of DATA are handed on in parts, all others whole. */

export const FRAME = {
  data: 0,
  headers: 1,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  goAway: 7,
  continuation: 9,
} as const

export interface FrameHeader {
  readonly type: number
  readonly flags: number
  readonly streamId: number
  readonly lengthBytes: number
}

export interface FrameListener {
  /** A whole frame that is no DATA. */
  onFrame(header: FrameHeader, payload: Buffer): void
  /** A part of the payload of DATA, padding included; `isLast` with its last part, also where there is none. */
  onData(header: FrameHeader, part: Buffer, isLast: boolean): void
}

const HEADER_BYTES = 9
/** Longer frames that are no DATA are not kept (SETTINGS_MAX_FRAME_SIZE is 16 KiB unless raised). */
const MOST_KEPT_BYTES = 1 << 20
const EMPTY = Buffer.alloc(0)
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')

/** This direction is not HTTP/2, or holds a frame of more than 1 MiB. */
export class FrameError extends Error {
  override readonly name = 'FrameError'
}

export class FrameReader {
  readonly #listener: FrameListener
  #prefaceLeft: number
  #pending: Buffer = EMPTY
  #current: FrameHeader | null = null
  #leftBytes = 0

  /** @param isClient the client's direction begins with the connection preface (section 3.4) */
  constructor(isClient: boolean, listener: FrameListener) {
    this.#listener = listener
    this.#prefaceLeft = isClient ? PREFACE.length : 0
  }

  /** Octets as they travel, cut anywhere. @throws FrameError */
  feed(octets: Buffer): void {
    let at = this.#skipPreface(octets)
    while (at < octets.length) at = this.#current === null ? this.#readHeader(octets, at) : this.#readPayload(this.#current, octets, at)
  }

  /** @returns where what follows the preface begins */
  #skipPreface(octets: Buffer): number {
    if (this.#prefaceLeft === 0) return 0
    const length = Math.min(this.#prefaceLeft, octets.length)
    const at = PREFACE.length - this.#prefaceLeft
    if (!octets.subarray(0, length).equals(PREFACE.subarray(at, at + length))) throw new FrameError('no HTTP/2 connection preface')
    this.#prefaceLeft -= length
    return length
  }

  /** @returns where the frame header at this place ends */
  #readHeader(octets: Buffer, at: number): number {
    const isSplit = this.#pending.length > 0 || octets.length - at < HEADER_BYTES
    const end = isSplit ? Math.min(at + HEADER_BYTES - this.#pending.length, octets.length) : at + HEADER_BYTES
    if (!isSplit) {
      this.#begin(octets, at)
      return end
    }
    const head = Buffer.concat([this.#pending, octets.subarray(at, end)])
    this.#pending = head.length < HEADER_BYTES ? head : EMPTY
    if (head.length === HEADER_BYTES) this.#begin(head, 0)
    return end
  }

  #begin(head: Buffer, at: number): void {
    const header = {
      lengthBytes: head.readUIntBE(at, 3),
      type: head.readUInt8(at + 3),
      flags: head.readUInt8(at + 4),
      streamId: head.readUInt32BE(at + 5) & 0x7fffffff,
    }
    if (header.type !== FRAME.data && header.lengthBytes > MOST_KEPT_BYTES) throw new FrameError('a frame of more than 1 MiB')
    this.#leftBytes = header.lengthBytes
    if (header.lengthBytes === 0) this.#finish(header, EMPTY)
    else this.#current = header
  }

  /** @returns where the octets of this frame end */
  #readPayload(header: FrameHeader, octets: Buffer, at: number): number {
    const end = Math.min(at + this.#leftBytes, octets.length)
    const part = octets.subarray(at, end)
    this.#leftBytes -= part.length
    const isLast = this.#leftBytes === 0
    if (isLast) this.#current = null
    if (header.type === FRAME.data) this.#listener.onData(header, part, isLast)
    else if (isLast) this.#finish(header, this.#pending.length === 0 ? part : Buffer.concat([this.#pending, part]))
    else this.#pending = Buffer.concat([this.#pending, part])
    if (isLast) this.#pending = EMPTY
    return end
  }

  #finish(header: FrameHeader, payload: Buffer): void {
    if (header.type === FRAME.data) this.#listener.onData(header, payload, true)
    else this.#listener.onFrame(header, payload)
  }
}
