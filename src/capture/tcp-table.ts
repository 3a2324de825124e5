import { formatAddress, type IpPacket } from './ip.ts'
import { parseTcp, type TcpSegment } from './tcp.ts'
import { type End, type StreamListener, TcpStream } from './tcp-stream.ts'

/** Bounds of what is held at one time. */
export interface TcpLimits {
  /** Streams that are followed at one time; default 10,000. */
  readonly maxStreams?: number
  /** Octets that wait for earlier ones, of all streams together; default 16 MiB. */
  readonly maxWaitingBytes?: number
  /** A stream without a packet for so long counts as over; default one minute. */
  readonly idleMs?: number
}

/** What was left out. */
export interface TcpLosses {
  /** Packets of connections that were not followed, since too many others were open. */
  readonly packetsOverLimit: number
  /** Streams whose holes were given up, since too much waited. */
  readonly streamsGivenUp: number
  /** TCP packets whose header could not be read. */
  readonly unreadable: number
}

/** Sorts TCP packets into streams and puts their octets in order. Memory is bounded by {@link TcpLimits}. */
export class TcpTable {
  readonly #listener: StreamListener
  readonly #maxStreams: number
  readonly #maxWaitingBytes: number
  readonly #idleMs: number
  readonly #streams = new Map<string, Entry>()
  /** Keys of streams that are over, or were reset, but still known, oldest first: late packets belong to them. */
  readonly #closed = new Set<string>()
  #count = 0
  #packets = 0
  #waitingBytes = 0
  #losses = { packetsOverLimit: 0, streamsGivenUp: 0, unreadable: 0 }

  constructor(listener: StreamListener, limits: TcpLimits = {}) {
    this.#listener = listener
    this.#maxStreams = limits.maxStreams ?? 10_000
    this.#idleMs = limits.idleMs ?? 60_000
    this.#maxWaitingBytes = limits.maxWaitingBytes ?? 16 * 1024 * 1024
  }

  get losses(): TcpLosses {
    return this.#losses
  }

  /** Streams seen so far. */
  get count(): number {
    return this.#count
  }

  /** Take in one IP packet that carries TCP. */
  accept(packet: IpPacket, atMs: number, comment: string | null = null): void {
    const segment = parseTcp(packet.payload)
    if (segment === null) {
      this.#losses.unreadable += 1
      return
    }
    this.#packets += 1
    if (this.#packets % SWEEP_PACKETS === 0) this.#closeIdle(atMs)
    const found = this.#find({ packet, segment, atMs, comment })
    if (found === null) this.#losses.packetsOverLimit += 1
    else this.#feed(found, segment, atMs)
  }

  /** The capture is over. */
  end(): void {
    for (const { stream } of this.#streams.values()) stream.close(this.#listener)
    this.#streams.clear()
    this.#closed.clear()
  }

  #noteClosed(key: string): void {
    this.#closed.add(key)
    const [oldest] = this.#closed.size > MAX_CLOSED ? this.#closed : []
    if (oldest !== undefined) this.#forget(oldest)
  }

  #feed({ key, stream, from }: Found, segment: TcpSegment, atMs: number): void {
    const before = stream.waitingBytes
    stream.accept(from, segment, atMs, this.#listener)
    this.#waitingBytes += stream.waitingBytes - before
    if (stream.isPerhapsOver && !this.#closed.has(key)) this.#noteClosed(key)
    if (this.#waitingBytes > this.#maxWaitingBytes) this.#giveUpMost()
  }

  #find({ packet, segment, atMs, comment }: Arrival): Found | null {
    const source = makeKey(packet.source, segment.sourcePort)
    const destination = makeKey(packet.destination, segment.destinationPort)
    const key = source < destination ? source + destination : destination + source
    const known = this.#streams.get(key)
    const from = known?.first === source ? 0 : 1
    if (known !== undefined && !known.stream.isSucceededBy(from, segment)) return { key, stream: known.stream, from }
    this.#forget(key)
    if (!this.#makeRoom()) return null
    return { key, stream: this.#open(key, source, { packet, segment, atMs, comment }), from: 0 }
  }

  #open(key: string, first: string, { packet, segment, atMs, comment }: Arrival): TcpStream {
    const ends = [
      { address: formatAddress(packet.source), port: segment.sourcePort },
      { address: formatAddress(packet.destination), port: segment.destinationPort },
    ] as const
    const stream = new TcpStream(this.#count, ends, atMs, comment)
    this.#count += 1
    this.#streams.set(key, { stream, first })
    return stream
  }

  #makeRoom(): boolean {
    if (this.#streams.size < this.#maxStreams) return true
    const [oldest] = this.#closed
    if (oldest === undefined) return false
    this.#forget(oldest)
    return true
  }

  /** What was reset, and waited for whether the reset counts, is over now. */
  #forget(key: string): void {
    const stream = this.#streams.get(key)?.stream
    this.#waitingBytes -= stream?.waitingBytes ?? 0
    stream?.close(this.#listener)
    this.#streams.delete(key)
    this.#closed.delete(key)
  }

  /** Streams whose end was not captured must not be kept for ever. */
  #closeIdle(atMs: number): void {
    for (const [key, { stream }] of this.#streams) {
      if (stream.isClosed || atMs - stream.lastAtMs < this.#idleMs) continue
      this.#waitingBytes -= stream.waitingBytes
      stream.close(this.#listener)
      this.#noteClosed(key)
    }
  }

  #giveUpMost(): void {
    let most: TcpStream | null = null
    for (const { stream } of this.#streams.values()) if (most === null || stream.waitingBytes > most.waitingBytes) most = stream
    if (most === null) return
    this.#waitingBytes -= most.waitingBytes
    most.giveUp()
    this.#losses.streamsGivenUp += 1
  }
}

/** How often idle streams are looked for. */
const SWEEP_PACKETS = 1024

/** Streams that are over and still known: their late packets begin no new ones. */
const MAX_CLOSED = 1000

interface Arrival {
  readonly packet: IpPacket
  readonly segment: TcpSegment
  readonly atMs: number
  readonly comment: string | null
}

interface Entry {
  readonly stream: TcpStream
  /** Key of the end that sent the first packet. */
  readonly first: string
}

interface Found {
  readonly key: string
  readonly stream: TcpStream
  readonly from: End
}

/** Address and port as a short string, one character an octet. */
function makeKey(address: Uint8Array, port: number): string {
  return String.fromCharCode(...address, port >> 8, port & 0xff)
}
