/** One HTTP/1.1 exchange, read from a copy of what passes. */
import type { IContext } from 'http-mitm-proxy'
import type { ExchangeDraft } from '../../http/exchange-draft.ts'
import { readPairs } from '../header-field.ts'

/** State over time: the head, the body as it flows, the end. */
export class Http1Exchange {
  readonly #ctx: IContext
  readonly #draft: ExchangeDraft
  readonly #onOver: (failure: string | null) => void
  #isOver = false

  constructor(ctx: IContext, draft: ExchangeDraft, onOver: (failure: string | null) => void) {
    this.#ctx = ctx
    this.#draft = draft
    this.#onOver = onOver
    ctx.proxyToClientResponse.once('finish', () => this.#end(null))
  }

  /** Nothing more will be read of it. An answer that is over may stand before the end of its request (RFC 9112 section 9.5). */
  fail(failure: string): void {
    if (this.#isOver) return
    this.#end(failure)
    this.#ctx.proxyToServerRequest?.destroy()
    // The next request of this client waits for it.
    this.#ctx.proxyToClientResponse.end()
  }

  /** The origin's head is here; its body follows. */
  answer({ serverToProxyResponse: source, proxyToClientResponse: response }: IContext): void {
    if (source === undefined) return
    this.#draft.answer(source.statusCode ?? 0, readPairs(source.rawHeaders))
    source.prependListener('aborted', () => this.fail('the connection ended before the answer was whole'))
    // The client has the octets already: what the library makes of them goes nowhere, and must not fail over fields that Node does not write.
    response.shouldKeepAlive = true
    // Behind an Expect that was not answered by us, Node would close the connection.
    Reflect.set(response, '_expect_continue', false)
    response.writeHead(200, { 'content-length': '0' })
    response.writeHead = () => response
    response.write = (octets: Buffer) => {
      this.#draft.addResponseBody(octets)
      return true
    }
  }

  /** The origin changes to another protocol (RFC 9110 section 15.2.2): this was the last exchange. */
  change(status: number, rawHeaders: readonly string[]): void {
    this.#draft.answer(status, readPairs(rawHeaders))
    this.#end(null)
  }

  #end(failure: string | null): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#onOver(failure)
  }
}
