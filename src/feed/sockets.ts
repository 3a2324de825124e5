/** The websockets of the pages: who may connect, what they may send, when they are dropped. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { FilterError } from '../filter/filter.ts'
import { StoreError } from '../store/error.ts'
import type { Store } from '../store/store.ts'
import { readClientMessage } from './client-message.ts'
import { Follower, type Line } from './follower.ts'
import { type ClientMessage, type ServerMessage, SUBPROTOCOL } from './protocol.ts'

/** Times in milliseconds; tests shorten them. */
export interface SocketTimes {
  readonly deltaMs: number
  readonly pingMs: number
  readonly silenceMs: number
  readonly helloMs: number
}

export const SOCKET_TIMES: SocketTimes = { deltaMs: 50, pingMs: 15_000, silenceMs: 45_000, helloMs: 10_000 }

interface Page {
  readonly socket: WebSocket
  readonly follower: Follower
  /** Pings since it was last heard. Counted, not timed: a machine that slept, or stood still for a while, sent none meanwhile. */
  unanswered: number
  /** Times of the messages of the last second. */
  recent: number[]
}

/** All connected pages. One timer serves them all: at most one delta a page in `deltaMs`. */
export class PageSockets {
  readonly #store: Store
  readonly #times: SocketTimes
  readonly #pages = new Set<Page>()
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAYLOAD_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: () => SUBPROTOCOL,
  })
  readonly #stopListening: () => void
  readonly #heartbeat: NodeJS.Timeout
  #timer: NodeJS.Timeout | undefined

  constructor(store: Store, times: SocketTimes) {
    this.#store = store
    this.#times = times
    this.#stopListening = store.onChange(() => this.#advanceAfter(times.deltaMs))
    this.#heartbeat = setInterval(() => this.#checkPages(), times.pingMs)
    this.#heartbeat.unref()
  }

  /** Take over a connection whose Host, Origin, subprotocol and token were right. */
  accept(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, stream, head, (socket) => this.#open(socket))
  }

  /** Say goodbye and end every connection. */
  close(reason: string): void {
    this.#stopListening()
    clearInterval(this.#heartbeat)
    clearTimeout(this.#timer)
    for (const { socket } of this.#pages) {
      sendTo(socket, { t: 'bye', reason })
      socket.close(1001, reason)
      setTimeout(() => socket.terminate(), CLOSING_MS).unref()
    }
  }

  #open(socket: WebSocket): void {
    socket.on('error', () => socket.terminate())
    if (this.#pages.size >= MAX_PAGES) {
      refuse(socket, 'too-many-pages', `${MAX_PAGES} pages are open already; close one`)
      return
    }
    const page: Page = { socket, follower: new Follower(this.#store, lineOf(socket)), unanswered: 0, recent: [] }
    this.#pages.add(page)
    socket.on('close', () => {
      page.follower.stop()
      this.#pages.delete(page)
    })
    socket.on('pong', () => {
      page.unanswered = 0
    })
    socket.on('message', (data, isBinary) => this.#hear(page, data, isBinary))
    setTimeout(() => {
      if (page.follower.isNew) refuse(socket, 'no-hello', 'no hello came')
    }, this.#times.helloMs).unref()
  }

  #hear(page: Page, data: RawData, isBinary: boolean): void {
    const { socket, follower } = page
    if (socket.readyState !== socket.OPEN) return
    const heard = readChecked(page, isBinary ? '' : String(data))
    if ('refused' in heard) {
      refuse(socket, heard.refused, heard.detail)
      return
    }
    try {
      follower.hear(heard)
      this.#advanceAfter(this.#times.deltaMs)
    } catch (error) {
      if (error instanceof FilterError) sendTo(socket, { t: 'error', code: 'filter', detail: `at ${error.offset}: ${error.message}` })
      else if (error instanceof StoreError) refuse(socket, `store-${error.code}`, error.message, 1011)
      else throw error
    }
  }

  #advanceAfter(delayMs: number): void {
    if (this.#timer !== undefined || this.#pages.size === 0) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#advance()
    }, delayMs)
    this.#timer.unref()
  }

  /** A database that refuses for now is asked again later; the pages stay. */
  #advance(): void {
    let again: number | undefined
    for (const { follower } of this.#pages) {
      const next = advanceOne(follower)
      if (next === 'soon') again = this.#times.deltaMs
      else if (next === 'later') again ??= SLOW_MS
    }
    if (again !== undefined) this.#advanceAfter(again)
  }

  #checkPages(): void {
    for (const page of this.#pages) {
      if (page.unanswered * this.#times.pingMs >= this.#times.silenceMs) page.socket.terminate()
      else sayAlive(page)
    }
    this.#advanceAfter(this.#times.deltaMs)
  }
}

/** A ping for the socket, a word for the page: behind its welcome, and not to one that does not read. */
function sayAlive(page: Page): void {
  const { socket, follower } = page
  page.unanswered += 1
  socket.ping()
  if (!follower.isNew && socket.bufferedAmount < PING_BYTES) sendTo(socket, { t: 'alive' })
}

function advanceOne(follower: Follower): 'soon' | 'later' | 'idle' {
  try {
    return follower.advance()
  } catch (error) {
    if (error instanceof StoreError) return 'later'
    throw error
  }
}

interface Refusal {
  readonly refused: string
  readonly detail: string
}

/** The message, or why this page must go. */
function readChecked(page: Page, text: string): ClientMessage | Refusal {
  if (Buffer.byteLength(text) > MAX_MESSAGE_BYTES)
    return { refused: 'message-too-long', detail: `a message is at most ${MAX_MESSAGE_BYTES} bytes` }
  if (isTooOften(page)) return { refused: 'too-many-messages', detail: `at most ${MAX_MESSAGES_PER_SECOND} messages a second` }
  const message = readClientMessage(text)
  if (message === null) return { refused: 'bad-message', detail: `this is no message of ${SUBPROTOCOL}` }
  if (message.t !== 'hello' && page.follower.isNew) return { refused: 'no-hello', detail: 'the first message must be hello' }
  return message
}

function isTooOften(page: Page): boolean {
  const now = performance.now()
  page.unanswered = 0
  page.recent = [...page.recent.filter((at) => now - at < 1_000), now]
  return page.recent.length > MAX_MESSAGES_PER_SECOND
}

/** One sentence for the page, then the end: 1008 is "policy violation" (RFC 6455 section 7.4.1). */
function refuse(socket: WebSocket, code: string, detail: string, closeCode = 1008): void {
  sendTo(socket, { t: 'error', code, detail })
  socket.close(closeCode, code)
  setTimeout(() => socket.terminate(), CLOSING_MS).unref()
}

function sendTo(socket: WebSocket, message: ServerMessage): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message), () => {})
}

function lineOf(socket: WebSocket): Line {
  let lastSent = Promise.resolve()
  return {
    send(message) {
      if (socket.readyState === socket.OPEN) lastSent = sendText(socket, Buffer.from(JSON.stringify(message)))
    },
    waitingBytes: () => socket.bufferedAmount,
    drained: () => lastSent,
  }
}

/** Keeps nothing but the octets until they have left: no message, no text. */
function sendText(socket: WebSocket, octets: Buffer): Promise<void> {
  return new Promise((resolve) => socket.send(octets, { binary: false }, () => resolve()))
}

const MAX_PAGES = 16
const MAX_MESSAGE_BYTES = 4_096
const MAX_MESSAGES_PER_SECOND = 20
/** Beyond this ws itself ends the connection (1009) without reading on. */
const MAX_PAYLOAD_BYTES = 64 * 1024
const CLOSING_MS = 250
const SLOW_MS = 250
/** What one ping may leave in the buffer. */
const PING_BYTES = 64
