/** One captured TCP stream on its way to a transcript: which end is the client, where TLS begins, and what its octets say. */
import type { End, TcpStream } from '../capture/tcp-stream.ts'
import type { Direction } from '../contract/terms.ts'
import { HandshakeObserver } from '../handshake/observer.ts'
import { continuesTls, findTlsOffset } from '../handshake/tls-offset.ts'
import type { Transcript } from '../handshake/transcript.ts'
import { unpackCertificate } from '../proxy/unpack-certificate.ts'
import { toLatin1 } from '../tls/octets.ts'
import { CONTENT_TYPE } from '../tls/record.ts'
import { readSslv2ClientHello } from '../tls/sslv2.ts'
import type { SecretBook } from './import-secrets.ts'

/** What was learned of a stream that carries TLS. */
export interface SessionResult {
  readonly transcript: Transcript
  readonly client: End
  /** When the ClientHello was there, in ms since the stream began. */
  readonly helloAtMs: number | null
  /** host:port of a CONNECT before it. */
  readonly connectTarget: string | null
}

/** Octets of streams that may still turn out to be TLS, all of them together. */
export interface HeldOctets {
  bytes: number
}

interface Piece {
  readonly from: End
  readonly octets: Uint8Array
  readonly atMs: number
}

/** Follows one stream. Streams that begin with something else are held back, 64 KiB a direction at most, until a hello is found. */
export class ImportSession {
  readonly #stream: TcpStream
  readonly #secrets: SecretBook
  readonly #held: HeldOctets
  #pieces: Piece[] = []
  #heldBytes = 0
  #attempts = 0
  #isOther = false
  #client: End = 0
  #observer: HandshakeObserver | null = null
  /** Octets to leave out at the head of each end's direction. */
  #skip: [number, number] = [0, 0]
  #helloAtMs: number | null = null
  #connectTarget: string | null = null

  constructor(stream: TcpStream, secrets: SecretBook, held: HeldOctets) {
    this.#stream = stream
    this.#secrets = secrets
    this.#held = held
  }

  accept(from: End, octets: Uint8Array, atMs: number): void {
    if (this.#isOther) return
    if (this.#observer !== null) {
      this.#feed({ from, octets, atMs })
      return
    }
    this.#pieces.push({ from, octets: octets.slice(), atMs })
    this.#heldBytes += octets.length
    this.#held.bytes += octets.length
    const isFull = this.#heldBytes > 2 * SEARCHED_BYTES || this.#held.bytes > MAX_HELD_BYTES
    if (isFull || this.#isWorthLooking(octets)) this.#decide(isFull)
  }

  /** The stream is over. @returns null when it is not TLS */
  finish(): SessionResult | null {
    if (this.#observer === null && !this.#isOther && this.#pieces.length > 0) this.#decide(true)
    const observer = this.#observer
    if (observer === null) return null
    for (const from of [0, 1] as const) {
      observer.end(this.#directionOf(from), this.#stream.lastAtMs - this.#stream.startedAtMs)
      if (this.#stream.missingBytes[from] > 0) observer.breakOff(this.#directionOf(from), this.#stream.missingBytes[from])
    }
    this.#open(observer)
    const transcript = observer.transcript()
    return { transcript, client: this.#client, helloAtMs: this.#helloAtMs, connectTarget: this.#connectTarget }
  }

  /** A hello may begin with these octets, or stand in them behind something else. */
  #isWorthLooking(octets: Uint8Array): boolean {
    if (this.#heldBytes < SHORTEST_LOOK || this.#attempts >= MAX_ATTEMPTS) return false
    const isWorth = this.#heldBytes === octets.length || this.#heldBytes < 2 * SHORTEST_LOOK || holdsRecordHeader(octets)
    if (isWorth) this.#attempts += 1
    return isWorth
  }

  #decide(isLast: boolean): void {
    const heads = [this.#headOf(0), this.#headOf(1)] as const
    const client = findClient(heads, this.#stream, isLast)
    if (client === null) {
      if (isLast) this.#setAside()
      return
    }
    const server: End = client === 0 ? 1 : 0
    const offsets = { client: findTlsOffset('client-to-server', heads[client]), server: findTlsOffset('server-to-client', heads[server]) }
    const beginsAtOnce = offsets.client === 0 || (offsets.client === null && heads[client].length === 0 && offsets.server === 0)
    if (!beginsAtOnce && !isLast && (offsets.client === null || offsets.server === null)) return
    if (offsets.client === null && offsets.server === null) {
      this.#setAside()
      return
    }
    this.#client = client
    const atOnce = beginsAtOnce ? 0 : Number.POSITIVE_INFINITY
    this.#skip[client] = offsets.client ?? atOnce
    this.#skip[server] = offsets.server ?? atOnce
    if (offsets.client !== null) this.#connectTarget = findConnectTarget(heads[client].subarray(0, offsets.client))
    this.#begin()
  }

  #begin(): void {
    const decrypts = this.#secrets.size > 0
    const joined = ([0, 1] as const).filter((end) => this.#isJoined(end)).map((end) => this.#directionOf(end))
    this.#observer = new HandshakeObserver({ decrypts, decryptsOld: decrypts, readsOn: true, unpack: unpackCertificate, joined })
    const pieces = this.#pieces
    this.#letGo()
    for (const piece of pieces) this.#feed(piece)
  }

  /** The capture began behind the connection, and so did what it holds of this direction. */
  #isJoined(end: End): boolean {
    const head = this.#headOf(end)
    return this.#stream.initiator === null && this.#skip[end] === 0 && (head.length === 0 || continuesTls(head))
  }

  #setAside(): void {
    this.#isOther = true
    this.#letGo()
  }

  #letGo(): void {
    this.#held.bytes -= this.#heldBytes
    this.#heldBytes = 0
    this.#pieces = []
  }

  #feed({ from, octets, atMs }: Piece): void {
    const observer = this.#observer
    if (observer === null) return
    const skipped = Math.min(this.#skip[from], octets.length)
    this.#skip[from] -= skipped
    if (skipped === octets.length) return
    for (const event of observer.feed(this.#directionOf(from), octets.subarray(skipped), atMs - this.#stream.startedAtMs)) {
      if (event.type !== 'client-hello') continue
      this.#helloAtMs ??= event.atMs
      this.#open(observer)
    }
  }

  /** Hand the observer the secrets that the capture holds for this session. */
  #open(observer: HandshakeObserver): void {
    for (const random of new Set(observer.transcript().clientHellos.map((hello) => hello.random))) {
      for (const line of this.#secrets.take(random)) observer.addSecret(line)
    }
  }

  #headOf(from: End): Uint8Array {
    return Buffer.concat(this.#pieces.filter((piece) => piece.from === from).map(({ octets }) => octets))
  }

  #directionOf(from: End): Direction {
    return from === this.#client ? 'client-to-server' : 'server-to-client'
  }
}

/** Who sends the ClientHello: seen, else the other end of a ServerHello, else who opened the connection, else the higher port. */
function findClient(heads: readonly [Uint8Array, Uint8Array], stream: TcpStream, isLast: boolean): End | null {
  for (const end of [0, 1] as const) {
    const offset = findTlsOffset('client-to-server', heads[end])
    if (offset !== null && isClientHello(heads[end].subarray(offset))) return end
  }
  for (const end of [0, 1] as const) {
    const offset = findTlsOffset('server-to-client', heads[end])
    if (offset !== null && heads[end][offset + 5] === 2) return end === 0 ? 1 : 0
  }
  if (!isLast) return null
  return stream.initiator ?? (stream.ends[0].port >= stream.ends[1].port ? 0 : 1)
}

function isClientHello(octets: Uint8Array): boolean {
  if (octets[0] === CONTENT_TYPE.handshake) return octets[5] === 1
  return readSslv2ClientHello(octets) !== null
}

function holdsRecordHeader(octets: Uint8Array): boolean {
  for (let at = octets.indexOf(CONTENT_TYPE.handshake); at >= 0; at = octets.indexOf(CONTENT_TYPE.handshake, at + 1)) {
    if (octets[at + 1] === 3 && (octets[at + 2] ?? 9) <= 4) return true
  }
  return false
}

function findConnectTarget(preamble: Uint8Array): string | null {
  return /^CONNECT ([!-~]{1,300}) HTTP\//.exec(toLatin1(preamble.subarray(0, 400)))?.[1] ?? null
}

const SEARCHED_BYTES = 65_536
const MAX_HELD_BYTES = 16 * 1024 * 1024

/** Record header and handshake type. */
const SHORTEST_LOOK = 6
const MAX_ATTEMPTS = 32
