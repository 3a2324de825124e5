/** One exchange while it goes on: what both HTTP versions fill in, and what is kept of it at the end. */
import type { HttpExchange } from '../contract/handshake.ts'
import { recognizeModuleRequest } from './module-request.ts'

type Fields = readonly (readonly [string, string])[]

export interface ExchangeStart {
  readonly protocol: NonNullable<HttpExchange['protocol']>
  readonly method: string
  /** Path and query, as sent. */
  readonly target: string
  /** `https://host[:port]` */
  readonly origin: string
  readonly headers: Fields
  readonly atMs: number
}

/** Octets that are kept of one body. */
const BODY_LIMIT_BYTES = 64 * 1024

export class ExchangeDraft {
  readonly #start: ExchangeStart
  readonly #keepsAllBodies: boolean
  readonly #body: Buffer[] = []
  #bodyBytes = 0
  #requestBytes = 0
  #responseBytes = 0
  #status: number | null = null
  #headers: Fields = []
  #keepsBody = false

  constructor(start: ExchangeStart, keepsAllBodies: boolean) {
    this.#start = start
    this.#keepsAllBodies = keepsAllBodies
  }

  get hasAnswer(): boolean {
    return this.#status !== null
  }

  /** The final answer's head; interim ones (1xx) are left out by the caller. */
  answer(status: number, headers: Fields): void {
    this.#status = status
    this.#headers = headers
    this.#keepsBody = this.#wantsBody()
  }

  addRequestBody(lengthBytes: number): void {
    this.#requestBytes += lengthBytes
  }

  addResponseBody(octets: Buffer): void {
    this.#responseBytes += octets.length
    if (this.#bodyBytes >= BODY_LIMIT_BYTES || !this.#keepsBody) return
    const part = Buffer.from(octets.subarray(0, BODY_LIMIT_BYTES - this.#bodyBytes))
    this.#bodyBytes += part.length
    this.#body.push(part)
  }

  /** @param failure why it is not whole, null when it is */
  finish(atMs: number, failure: string | null): HttpExchange {
    const { protocol, method, target, origin, headers, atMs: startedAtMs } = this.#start
    const asks = recognizeModuleRequest(target)
    const text = this.#readText()
    return {
      method,
      url: origin + target,
      status: this.#status,
      durationMs: atMs - startedAtMs,
      startedAtMs,
      protocol,
      requestHeaders: headers,
      responseHeaders: this.#headers,
      requestBytes: this.#requestBytes,
      responseBytes: this.#responseBytes,
      ...(text === undefined ? {} : { responseBody: text }),
      ...(asks === null ? {} : { asks }),
      ...(failure === null ? {} : { failure }),
    }
  }

  /** Errors, and pages where a module was expected; a gateway says in them why it refuses. */
  #wantsBody(): boolean {
    if (this.#keepsAllBodies || (this.#status ?? 0) >= 400) return true
    return /^text\/html\b/i.test(this.#field('content-type')) && recognizeModuleRequest(this.#start.target) !== null
  }

  #readText(): string | undefined {
    if (this.#body.length === 0 || !/^(?:|identity)$/i.test(this.#field('content-encoding').trim())) return undefined
    const octets = Buffer.concat(this.#body)
    return octets.includes(0) ? undefined : octets.toString('utf8')
  }

  #field(name: string): string {
    return this.#headers.find(([each]) => each.toLowerCase() === name)?.[1] ?? ''
  }
}
