/** A feed on a free port and a page that talks to it, for tests. */
import { request } from 'node:http'
import { WebSocket } from 'ws'
import type { ClientMessage, Meta, ServerMessage } from '../../src/feed/protocol.ts'
import { type Feed, type FeedOptions, startFeed } from '../../src/feed/start.ts'
import type { Store } from '../../src/store/store.ts'

export const TOKEN = '0123456789abcdef0123456789abcdef'

export function startTestFeed(store: Store, more: Partial<FeedOptions> = {}): Promise<Feed> {
  return startFeed({
    store,
    token: TOKEN,
    host: '127.0.0.1',
    port: 0,
    assets: (name) => (name === 'index.html' ? { body: Buffer.from('<!doctype html>'), type: 'text/html; charset=utf-8' } : undefined),
    meta: () => META,
    ...more,
  })
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** One request; the token and our Host are there unless said otherwise. */
export function ask(
  feed: Feed,
  path: string,
  more: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Reply> {
  const headers = { authorization: `Bearer ${TOKEN}`, ...more.headers }
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: feed.port, path, method: more.method ?? 'GET', headers, agent: false }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(parts).toString() }))
    })
    asked.on('error', reject)
    asked.end(more.body)
  })
}

/** A page's websocket: collects what comes. */
export class TestPage {
  readonly socket: WebSocket
  readonly received: ServerMessage[] = []
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  readonly #waiting = new Set<() => void>()

  constructor(feed: Feed, more: { protocols?: string[]; origin?: string; headers?: Record<string, string>; autoPong?: boolean } = {}) {
    this.socket = new WebSocket(`ws://127.0.0.1:${feed.port}/api/v1/events`, more.protocols ?? ['whytls.v1', `t.${TOKEN}`], {
      autoPong: more.autoPong ?? true,
      origin: more.origin ?? `http://127.0.0.1:${feed.port}`,
      ...(more.headers ? { headers: more.headers } : {}),
    })
    this.socket.on('message', (data) => {
      const message: ServerMessage = JSON.parse(String(data))
      this.received.push(message)
      this.#wake()
    })
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => {
        resolve({ code, reason: String(reason) })
        this.#wake()
      })
    })
    this.socket.on('error', () => {})
  }

  /** Resolves once the socket is open; gives the HTTP status instead where the server refused. */
  opened(): Promise<'open' | number> {
    return new Promise((resolve) => {
      if (this.socket.readyState === this.socket.OPEN) resolve('open')
      this.socket.once('open', () => resolve('open'))
      this.socket.once('unexpected-response', (_request, answer) => resolve(answer.statusCode ?? 0))
      this.socket.once('error', () => resolve(0))
    })
  }

  send(message: ClientMessage): void {
    this.socket.send(JSON.stringify(message))
  }

  /** The first message that passes, received already or to come. */
  async until<T extends ServerMessage['t']>(t: T, passes: (message: Extract<ServerMessage, { t: T }>) => boolean = () => true) {
    for (;;) {
      for (const message of this.received) {
        if (isOf(message, t) && passes(message)) return message
      }
      if (this.socket.readyState === this.socket.CLOSED) throw new Error(`closed before ${t} came`)
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  /** Say hello on a fresh socket and wait for the last part of the snapshot. */
  async fill(hello: Omit<Extract<ClientMessage, { t: 'hello' }>, 't'> = {}) {
    await this.opened()
    this.send({ t: 'hello', ...hello })
    return this.until('snap', ({ part, of }) => part === of - 1)
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}

function isOf<T extends ServerMessage['t']>(message: ServerMessage, t: T): message is Extract<ServerMessage, { t: T }> {
  return message.t === t
}

const META: Meta = {
  schema: 'whytls/1',
  tool: { version: '0.0.0', node: 'v20', platform: 'linux-x64' },
  mode: 'observe',
  proxyUrl: 'http://127.0.0.1:8877',
  parent: null,
  epoch: 'e',
  seq: 0,
  counts: { handshakes: 0, failed: 0, runs: 0, sizeBytes: 0 },
  setup: { goVersion: null, shells: [], checks: [] },
}
