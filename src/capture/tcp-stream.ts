import { SegmentQueue } from './segment-queue.ts'
import type { TcpSegment } from './tcp.ts'

/** One end of a connection. */
export interface Endpoint {
  readonly address: string
  readonly port: number
}

/** How a captured connection ended. */
export interface StreamEnding {
  /** Which end sent the first FIN or the RST. */
  readonly by: End
  readonly how: 'fin' | 'rst'
  readonly atMs: number
}

/** Index of an end: 0 sent the first packet that was captured. */
export type End = 0 | 1

/** What a reader of streams is told. Octets are valid inside the call only. Times are milliseconds since 1970. */
export interface StreamListener {
  readonly onOctets: (stream: TcpStream, from: End, octets: Uint8Array, atMs: number) => void
  /** The stream is over, also because the capture is. Told once. */
  readonly onClosed: (stream: TcpStream) => void
}

/** One TCP connection as it was captured. State over time; only {@link TcpTable} feeds it. */
export class TcpStream {
  /** Counted from 0 in the order of first packets. */
  readonly number: number
  readonly ends: readonly [Endpoint, Endpoint]
  readonly startedAtMs: number
  /** The end that sent SYN without ACK, null where the capture begins later. */
  initiator: End | null = null
  /** When SYN-ACK was seen. */
  synAckAtMs: number | null = null
  ending: StreamEnding | null = null
  lastAtMs: number
  /** Packets of each end, empty ones too. */
  readonly packets: [number, number] = [0, 0]
  /** Octets that are missing in each direction, which ends before them; 0 = none. */
  readonly missingBytes: [number, number] = [0, 0]
  isClosed = false
  /** Comment of its first packet. */
  readonly comment: string | null
  readonly #queues = [new SegmentQueue(), new SegmentQueue()] as const
  readonly #initialSequences: [number | null, number | null] = [null, null]
  #reset: { readonly by: End; readonly sequence: number } | null = null

  constructor(number: number, ends: readonly [Endpoint, Endpoint], startedAtMs: number, comment: string | null = null) {
    this.number = number
    this.ends = ends
    this.startedAtMs = startedAtMs
    this.lastAtMs = startedAtMs
    this.comment = comment
  }

  get waitingBytes(): number {
    return this.#queues[0].waitingBytes + this.#queues[1].waitingBytes
  }

  /** Over, or said to be over by an RST: where its sender speaks on, somebody else has forged it. */
  get isPerhapsOver(): boolean {
    return this.isClosed || this.#reset !== null
  }

  /** This SYN begins another connection between the same ends; one from the other end may cross the first on its way (RFC 9293 section 3.5). */
  isSucceededBy(from: End, segment: TcpSegment): boolean {
    if (!segment.isSyn || segment.isAck) return false
    const known = this.#initialSequences[from]
    if (known !== null) return known !== segment.sequence
    const isCrossing = this.#initialSequences[from === 0 ? 1 : 0] !== null && this.synAckAtMs === null
    return this.isClosed || this.ending !== null || (!isCrossing && this.initiator !== null)
  }

  accept(from: End, segment: TcpSegment, atMs: number, listener: StreamListener): void {
    this.packets[from] += 1
    this.lastAtMs = atMs
    if (this.isClosed) return
    if (segment.isSyn) this.#acceptSyn(from, segment, atMs)
    if (segment.isRst && this.#isOutOfPlace(from, segment)) return
    this.#noteReset(from, segment)
    const queue = this.#queues[from]
    const first = segment.isSyn ? (segment.sequence + 1) >>> 0 : segment.sequence
    if (segment.payload.length > 0 && !segment.isRst && this.missingBytes[from] === 0) {
      queue.accept(first, segment.payload, (octets) => listener.onOctets(this, from, octets, atMs))
      if (queue.isOverfull) this.giveUp()
    }
    if (segment.isFin) queue.finish((first + segment.payload.length) >>> 0)
    if (segment.isFin || segment.isRst) this.ending ??= { by: from, how: segment.isRst ? 'rst' : 'fin', atMs }
    if (this.#queues[0].isEnded && this.#queues[1].isEnded) this.close(listener)
  }

  /** Far from what is awaited of its sender: no end obeys it (RFC 5961 section 3). */
  #isOutOfPlace(from: End, { sequence }: TcpSegment): boolean {
    const { next } = this.#queues[from]
    return next !== null && sequence !== 0 && Math.abs((sequence - next) | 0) > MOST_AHEAD
  }

  #noteReset(from: End, { isRst, sequence, payload }: TcpSegment): void {
    if (isRst) this.#reset ??= { by: from, sequence }
    const goesOn = !isRst && this.#reset?.by === from && payload.length > 0 && ((sequence + payload.length - this.#reset.sequence) | 0) > 0
    if (!goesOn) return
    this.#reset = null
    if (this.ending?.how === 'rst') this.ending = null
  }

  /** Give up waiting for what is missing: the directions with holes end before them. */
  giveUp(): void {
    for (const from of [0, 1] as const) {
      const { gapBytes } = this.#queues[from]
      if (gapBytes > 0) this.missingBytes[from] = gapBytes
      this.#queues[from].clear()
    }
  }

  close(listener: StreamListener): void {
    if (this.isClosed) return
    this.giveUp()
    this.isClosed = true
    listener.onClosed(this)
  }

  #acceptSyn(from: End, segment: TcpSegment, atMs: number): void {
    this.#queues[from].synchronize(segment.sequence)
    this.#initialSequences[from] ??= segment.sequence
    if (segment.isAck) {
      this.synAckAtMs ??= atMs
      this.initiator ??= from === 0 ? 1 : 0
      return
    }
    this.initiator ??= from
  }
}

/** A window that no end announces. */
const MOST_AHEAD = 2 ** 24
