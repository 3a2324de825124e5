/** The one owner of the websocket: says hello, applies what comes once per frame, and comes back by sequence number when the server does. */
import { batch, signal } from '@preact/signals'
import { type ClientMessage, type ServerMessage, SUBPROTOCOL } from '../src/feed/protocol.ts'
import { closeSnapshot, countNew, dropRows, holdRows, isFilled, total } from './rows.ts'
import { parseVisible } from './visible.ts'

export type LiveState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** A page that was saved as one file. */
  | { readonly kind: 'file' }
  | { readonly kind: 'catching-up'; readonly left: number }
  | { readonly kind: 'reconnecting'; readonly atMs: number }
  | { readonly kind: 'stopped'; readonly reason: string }

/** What the client needs of a socket and of time; tests put their own in. */
export interface FeedSurroundings {
  readonly openSocket: (protocols: readonly string[]) => FeedSocket
  readonly currentToken: () => string
  /** Called when a socket closed before it was open: a reason to stop, or null to try again. */
  readonly askWhy: () => Promise<string | null>
  readonly nowMs: () => number
  readonly nextFrame: (work: () => void) => void
  readonly later: (work: () => void, delayMs: number) => () => void
  /** 0 to 1 */
  readonly random: () => number
  readonly isHidden: () => boolean
}

export interface FeedSocket {
  onopen: (() => void) | null
  onmessage: ((event: { readonly data: unknown }) => void) | null
  onclose: (() => void) | null
  send(text: string): void
  close(): void
}

const FRAME_BUDGET_MS = 4
const ACK_EVERY_MS = 500
const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 15_000
/** A socket that takes longer to open leads to something that does not answer. */
const OPENING_MS = 10_000
/** The server says something every 15 s: this one hangs, or the way to it is cut without a word (a machine that slept, a tunnel). */
const SILENCE_MS = 45_000

/** What the pill shows. */
export const live = signal<LiveState>({ kind: 'connecting' })

/** A page's end of the feed. `start` once; afterwards it lives as long as the page. */
export class FeedClient {
  readonly #around: FeedSurroundings
  readonly #queue: ServerMessage[] = []
  #socket: FeedSocket | null = null
  #epoch: string | undefined
  #seq: number | undefined
  #goal = 0
  /** Up to here `total` is the server's. */
  #countedTo = 0
  #attempt = 0
  #farewell: string | null = null
  #acked = -1
  #isDraining = false
  #heardAt = 0
  #cancelRetry: () => void = () => undefined
  #cancelWatch: () => void = () => undefined
  #isAckDue = false

  constructor(around: FeedSurroundings) {
    this.#around = around
  }

  /** Connect now; also what Retry does. */
  start(): void {
    this.#cancelRetry()
    this.#leaveSocket()
    const socket = this.#around.openSocket([SUBPROTOCOL, `t.${this.#around.currentToken()}`])
    this.#socket = socket
    let wasOpen = false
    socket.onopen = () => {
      wasOpen = true
      this.#watchFor(SILENCE_MS, wasOpen)
      this.#sayHello()
    }
    socket.onmessage = (event) => this.#receive(event.data)
    socket.onclose = () => void this.#reconnect(wasOpen)
    this.#watchFor(OPENING_MS, wasOpen)
  }

  /** The page is looked at again: apply what waited, or connect at once. */
  wake(): void {
    if (this.#socket === null && live.value.kind !== 'connecting') this.start()
    else this.#drainSoon()
  }

  /** Connect anew when nothing is heard for so long. */
  #watchFor(silenceMs: number, wasOpen: boolean): void {
    this.#heardAt = this.#around.nowMs()
    const look = (): void => {
      const leftMs = this.#heardAt + silenceMs - this.#around.nowMs()
      if (leftMs > 0) this.#cancelWatch = this.#around.later(look, leftMs)
      else {
        this.#leaveSocket()
        void this.#reconnect(wasOpen)
      }
    }
    this.#cancelWatch()
    this.#cancelWatch = this.#around.later(look, silenceMs)
  }

  #sayHello(): void {
    const known = this.#epoch !== undefined && this.#seq !== undefined ? { epoch: this.#epoch, seq: this.#seq } : {}
    this.#send({ t: 'hello', ...known })
  }

  #send(message: ClientMessage): void {
    this.#socket?.send(JSON.stringify(message))
  }

  #receive(data: unknown): void {
    if (typeof data !== 'string') return
    this.#heardAt = this.#around.nowMs()
    // The server is the other half of this protocol and speaks `whytls.v1` or the socket would not be open.
    this.#queue.push(parseVisible(data) as ServerMessage)
    this.#drainSoon()
  }

  #drainSoon(): void {
    if (this.#isDraining || this.#queue.length === 0) return
    this.#isDraining = true
    this.#around.nextFrame(() => this.#drain())
  }

  #drain(): void {
    this.#isDraining = false
    const until = this.#around.nowMs() + FRAME_BUDGET_MS
    batch(() => {
      do {
        const message = this.#queue.shift()
        if (message !== undefined) this.#apply(message)
      } while (this.#queue.length > 0 && this.#around.nowMs() < until)
      this.#showProgress()
    })
    this.#ackSoon()
    this.#drainSoon()
  }

  #apply(message: ServerMessage): void {
    switch (message.t) {
      case 'welcome':
        this.#applyWelcome(message)
        break
      case 'snap':
        this.#applySnapshot(message)
        break
      case 'd':
        countNew(message.rows, this.#countedTo)
        holdRows(message.rows, message.runs)
        this.#seq = message.to
        break
      case 'gap':
        this.#goal = message.to
        this.#sayHello()
        break
      case 'bye':
        this.#farewell = message.reason
        break
      case 'error':
        this.#farewell = message.detail
        break
      case 'alive':
    }
  }

  #applyWelcome(message: Extract<ServerMessage, { t: 'welcome' }>): void {
    this.#attempt = 0
    this.#farewell = null
    this.#goal = this.#countedTo = message.seq
    this.#epoch = message.epoch
    total.value = message.total
    if (message.resume) {
      this.#seq ??= message.seq
      return
    }
    this.#seq = undefined
    if (message.total > 0) return
    dropRows()
    closeSnapshot()
    isFilled.value = true
    this.#seq = message.seq
  }

  #applySnapshot(message: Extract<ServerMessage, { t: 'snap' }>): void {
    const isLast = message.part >= message.of - 1
    if (message.part === 0) dropRows()
    holdRows(message.rows, message.runs, message.part > 0 && !isLast)
    isFilled.value = true
    if (!isLast) return
    closeSnapshot()
    this.#seq = message.seq
  }

  #showProgress(): void {
    if (this.#socket === null) return
    const queued = this.#queue.findLast((message) => message.t === 'd')
    const left = Math.max(this.#goal, queued?.to ?? 0) - (this.#seq ?? 0)
    live.value = this.#epoch !== undefined && left > 0 ? { kind: 'catching-up', left } : { kind: 'live' }
  }

  #ackSoon(): void {
    if (this.#isAckDue || this.#seq === undefined || this.#seq === this.#acked) return
    this.#isAckDue = true
    this.#around.later(() => {
      this.#isAckDue = false
      if (this.#seq === undefined || this.#socket === null || this.#around.isHidden()) return
      this.#acked = this.#seq
      this.#send({ t: 'ack', seq: this.#seq })
    }, ACK_EVERY_MS)
  }

  #leaveSocket(): void {
    if (this.#socket === null) return
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null
    this.#socket.close()
    this.#socket = null
    this.#queue.length = 0
  }

  async #reconnect(wasOpen: boolean): Promise<void> {
    this.#socket = null
    this.#queue.length = 0
    this.#cancelWatch()
    const refusal = wasOpen ? null : await this.#around.askWhy()
    if (this.#socket !== null) return
    const longestMs = refusal === null ? Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#attempt++) : LONGEST_DELAY_MS
    const delayMs = longestMs * (0.75 + this.#around.random() / 4)
    const reason = refusal ?? this.#farewell
    live.value = reason === null ? { kind: 'reconnecting', atMs: this.#around.nowMs() + delayMs } : { kind: 'stopped', reason }
    this.#cancelRetry()
    this.#cancelRetry = this.#around.later(() => this.start(), delayMs)
  }
}

/** The browser as surroundings of a client. */
export function browserSurroundings(currentToken: () => string, askWhy: () => Promise<string | null>): FeedSurroundings {
  return {
    openSocket: (protocols) => {
      const url = new URL('/api/v1/events', location.href)
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
      url.hash = ''
      return new WebSocket(url, [...protocols]) as FeedSocket
    },
    currentToken,
    askWhy,
    nowMs: () => Date.now(),
    nextFrame: (work) => void requestAnimationFrame(work),
    later: (work, delayMs) => {
      const timer = setTimeout(work, delayMs)
      return () => clearTimeout(timer)
    },
    random: () => Math.random(),
    isHidden: () => document.hidden,
  }
}
