/** Reads the exchanges of one HTTP/2 connection (RFC 9113) from a copy of its octets. It never throws and never holds anything up. */
import type { HttpExchange } from '../contract/handshake.ts'
import type { Direction } from '../contract/terms.ts'
import { ExchangeDraft } from './exchange-draft.ts'
import { FRAME, FrameError, type FrameHeader, FrameReader } from './frame-reader.ts'
import { type HeaderField, HpackDecoder, HpackError } from './hpack.ts'

export interface Http2ReaderOptions {
  /** `https://host[:port]`, for URLs. */
  readonly origin: string
  readonly keepsAllBodies: boolean
  readonly onExchange: (exchange: HttpExchange) => void
}

const EMPTY = Buffer.alloc(0)
const END_STREAM = 0x1
const END_HEADERS = 0x4
const PADDED = 0x8
const PRIORITY = 0x20
const ACK = 0x1
const SETTINGS_HEADER_TABLE_SIZE = 1
/** Exchanges that may be under way at once; of more nothing is kept. */
const MOST_STREAMS = 10_000
/** Octets of one header block, CONTINUATION included. */
const MOST_BLOCK_BYTES = 1 << 18

interface Block {
  readonly header: FrameHeader
  readonly parts: Buffer[]
  lengthBytes: number
}

export class Http2Reader {
  readonly #options: Http2ReaderOptions
  readonly #streams = new Map<number, ExchangeDraft>()
  readonly #decoders = { 'client-to-server': new HpackDecoder(), 'server-to-client': new HpackDecoder() }
  readonly #frames: Readonly<Record<Direction, FrameReader>>
  readonly #blocks: Record<Direction, Block | null> = { 'client-to-server': null, 'server-to-client': null }
  #atMs = 0
  /** The error with which the server said goodbye, of streams that it may still have answered. */
  #goodbye: string | null = null
  #isBroken = false

  constructor(options: Http2ReaderOptions) {
    this.#options = options
    this.#frames = { 'client-to-server': this.#readFrames('client-to-server'), 'server-to-client': this.#readFrames('server-to-client') }
  }

  /** Why nothing is read any more, null while all is well. */
  whyBroken: string | null = null

  /** Decrypted octets as they travel, cut anywhere. */
  feed(direction: Direction, octets: Buffer, atMs: number): void {
    if (this.#isBroken) return
    this.#atMs = atMs
    try {
      this.#frames[direction].feed(octets)
    } catch (error) {
      if (!(error instanceof HpackError) && !(error instanceof FrameError)) throw error
      this.#isBroken = true
      this.whyBroken = error.message
      this.#finishAll(`what followed could not be read: ${error.message}`)
    }
  }

  /** The connection is over. */
  end(atMs: number): void {
    this.#atMs = atMs
    const ended = 'the connection ended before the answer was whole'
    this.#finishAll(this.#goodbye === null ? ended : `the server sent GOAWAY (${this.#goodbye}), and ${ended}`)
  }

  #readFrames(direction: Direction): FrameReader {
    const isClient = direction === 'client-to-server'
    return new FrameReader(isClient, {
      onFrame: (header, payload) => this.#accept(direction, header, payload),
      onData: (header, part, isLast) => {
        const stream = this.#streams.get(header.streamId)
        if (isClient) stream?.addRequestBody(part.length)
        else stream?.addResponseBody((header.flags & PADDED) === 0 ? part : EMPTY)
        if (!isClient && isLast && (header.flags & END_STREAM) !== 0) this.#finish(header.streamId, null)
      },
    })
  }

  #accept(direction: Direction, header: FrameHeader, payload: Buffer): void {
    switch (header.type) {
      case FRAME.headers:
        this.#openBlock(direction, header, withoutPadding(header, payload))
        return
      case FRAME.pushPromise:
        // The promised request has a block too, which changes the table.
        this.#openBlock(direction, header, withoutPadding(header, payload).subarray(4))
        return
      case FRAME.continuation:
        this.#continueBlock(direction, header, payload)
        return
      case FRAME.settings:
        if ((header.flags & ACK) === 0) this.#acceptSettings(direction, payload)
        return
      case FRAME.rstStream:
        this.#finish(header.streamId, `${sideOf(direction)} sent RST_STREAM (${nameError(payload)})`)
        return
      case FRAME.goAway:
        this.#acceptGoAway(direction, payload)
        return
      default:
    }
  }

  #openBlock(direction: Direction, header: FrameHeader, part: Buffer): void {
    this.#blocks[direction] = { header, parts: [part], lengthBytes: part.length }
    if ((header.flags & END_HEADERS) !== 0) this.#closeBlock(direction)
  }

  #continueBlock(direction: Direction, { flags }: FrameHeader, part: Buffer): void {
    const block = this.#blocks[direction]
    if (block === null) throw new FrameError('CONTINUATION without HEADERS')
    block.parts.push(part)
    block.lengthBytes += part.length
    if (block.lengthBytes > MOST_BLOCK_BYTES) throw new FrameError('a header block of more than 256 KiB')
    if ((flags & END_HEADERS) !== 0) this.#closeBlock(direction)
  }

  #closeBlock(direction: Direction): void {
    const block = this.#blocks[direction]
    if (block === null) return
    this.#blocks[direction] = null
    const fields = this.#decoders[direction].decode(joinParts(block.parts))
    const { streamId, flags, type } = block.header
    if (type === FRAME.pushPromise) return
    if (direction === 'client-to-server') this.#acceptRequest(streamId, fields)
    else this.#acceptResponse(streamId, fields, (flags & END_STREAM) !== 0)
  }

  #acceptRequest(streamId: number, fields: readonly HeaderField[]): void {
    const find = (name: string) => fields.find(([each]) => each === name)?.[1]
    const method = find(':method')
    // Trailers have no pseudo-header fields.
    if (method === undefined || this.#streams.size >= MOST_STREAMS) return
    const start = {
      protocol: 'HTTP/2' as const,
      method,
      target: find(':path') ?? '/',
      origin: this.#options.origin,
      headers: fields.filter(([name]) => !name.startsWith(':')),
      atMs: this.#atMs,
    }
    this.#streams.set(streamId, new ExchangeDraft(start, this.#options.keepsAllBodies))
  }

  #acceptResponse(streamId: number, fields: readonly HeaderField[], isLast: boolean): void {
    const status = Number(fields.find(([name]) => name === ':status')?.[1] ?? 0)
    const headers = fields.filter(([name]) => !name.startsWith(':'))
    if (status >= 200) this.#streams.get(streamId)?.answer(status, headers)
    if (isLast) this.#finish(streamId, null)
  }

  /** What one side allows is what the other side's table may hold. */
  #acceptSettings(direction: Direction, payload: Buffer): void {
    const other: Direction = direction === 'client-to-server' ? 'server-to-client' : 'client-to-server'
    for (let at = 0; at + 6 <= payload.length; at += 6) {
      if (payload.readUInt16BE(at) === SETTINGS_HEADER_TABLE_SIZE) this.#decoders[other].allowTable(payload.readUInt32BE(at + 2))
    }
  }

  /** Streams above the last one that it names were not looked at (section 6.8). */
  #acceptGoAway(direction: Direction, payload: Buffer): void {
    if (payload.length < 8 || direction === 'client-to-server') return
    const last = payload.readUInt32BE(0) & 0x7fffffff
    const error = nameError(payload.subarray(4))
    if (error !== ERRORS[0]) this.#goodbye = error
    for (const id of [...this.#streams.keys()]) if (id > last) this.#finish(id, `the server sent GOAWAY (${error}) instead of an answer`)
  }

  #finish(streamId: number, failure: string | null): void {
    const stream = this.#streams.get(streamId)
    if (stream === undefined) return
    this.#streams.delete(streamId)
    this.#options.onExchange(stream.finish(this.#atMs, failure))
  }

  #finishAll(failure: string): void {
    for (const id of [...this.#streams.keys()]) this.#finish(id, failure)
  }
}

function joinParts(parts: readonly Buffer[]): Buffer {
  const [only = EMPTY] = parts
  return parts.length <= 1 ? only : Buffer.concat(parts)
}

function withoutPadding({ flags, type }: FrameHeader, payload: Buffer): Buffer {
  const isPadded = (flags & PADDED) !== 0
  const padding = isPadded ? (payload[0] ?? 0) : 0
  const start = (isPadded ? 1 : 0) + (type === FRAME.headers && (flags & PRIORITY) !== 0 ? 5 : 0)
  if (start + padding > payload.length) throw new FrameError('more padding than payload')
  return payload.subarray(start, payload.length - padding)
}

function sideOf(direction: Direction): string {
  return direction === 'client-to-server' ? 'the client' : 'the server'
}

/** Error codes of RFC 9113 section 7. */
const ERRORS = [
  ...['NO_ERROR', 'PROTOCOL_ERROR', 'INTERNAL_ERROR', 'FLOW_CONTROL_ERROR', 'SETTINGS_TIMEOUT', 'STREAM_CLOSED', 'FRAME_SIZE_ERROR'],
  ...['REFUSED_STREAM', 'CANCEL', 'COMPRESSION_ERROR', 'CONNECT_ERROR', 'ENHANCE_YOUR_CALM', 'INADEQUATE_SECURITY', 'HTTP_1_1_REQUIRED'],
]

function nameError(payload: Buffer): string {
  const code = payload.length >= 4 ? payload.readUInt32BE(0) : 0
  return ERRORS[code] ?? `error ${code}`
}
