/** One HTTP/1.1 exchange while it passes through: the origin's answer reaches the client as it came. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { IContext } from 'http-mitm-proxy'
import type { ExchangeDraft } from '../../http/exchange-draft.ts'
import { readPairs } from '../header-field.ts'
import type { AnswerTape } from './answer-tape.ts'

/** State over time: the head, the body as it flows, the end. */
export class Http1Exchange {
  readonly #ctx: IContext
  readonly #draft: ExchangeDraft
  readonly #tape: AnswerTape
  readonly #onOver: (failure: string | null) => void
  #isOver = false
  #source: IncomingMessage | null = null

  constructor(ctx: IContext, draft: ExchangeDraft, tape: AnswerTape, onOver: (failure: string | null) => void) {
    this.#ctx = ctx
    this.#tape = tape
    this.#draft = draft
    this.#onOver = onOver
    const { proxyToClientResponse: response } = ctx
    response.once('finish', () => this.#end(null))
    response.once('close', () => this.fail('the client left before the answer was whole'))
  }

  /** Write the head now, even without a body. */
  flush(): void {
    this.#ctx.proxyToClientResponse.flushHeaders()
  }

  /** All of the answer has come from the origin. */
  get isWhole(): boolean {
    return this.#source?.complete === true
  }

  /** No more of the answer can be passed on. One that is over may stand before the end of its request (RFC 9112 section 9.5). */
  fail(failure: string): void {
    if (this.#isOver) return
    this.#end(failure)
    this.#ctx.proxyToServerRequest?.destroy()
  }

  /** The origin's head is here; its body follows. */
  answer(ctx: IContext): void {
    const { serverToProxyResponse: source, proxyToClientResponse: response } = ctx
    if (source === undefined) return
    this.#source = source
    this.#draft.answer(source.statusCode ?? 0, readPairs(source.rawHeaders))
    // Before it knows that HEAD has no body, Node's parser takes one without a length for one that ends with the connection.
    if (source.headers.connection === undefined && source.httpVersion === '1.1' && ctx.clientToProxyRequest.method === 'HEAD')
      if (ctx.proxyToServerRequest !== undefined) ctx.proxyToServerRequest.shouldKeepAlive = true
    if (keepRawHead(source, response)) this.#tape.understand()
    else this.#leaveRaw(source, response)
    // A body that breaks off must not look whole: nothing more is written, and the end of the origin's connection ends the client's.
    source.prependListener('aborted', () => this.#cut(response))
    source.prependListener('end', () => addTrailers(source, response))
    this.#holdBack(source, response)
  }

  /** The library writes without asking whether the client keeps up. */
  #holdBack(source: IncomingMessage, response: ServerResponse): void {
    const write = response.write.bind(response)
    response.on('drain', () => source.resume())
    response.write = (octets: Buffer) => {
      this.#draft.addResponseBody(octets)
      const isTaken = write(octets)
      if (!isTaken) source.pause()
      return isTaken
    }
  }

  /** The client judges a head that Node does not write; then its connection has to end, since Node's side of it is out of step. */
  #leaveRaw(source: IncomingMessage, response: ServerResponse): void {
    this.#tape.goRaw()
    response.writeHead = () => response
    response.write = () => true
    response.end = () => response
    source.once('end', () => {
      this.#end(null)
      response.socket?.end()
    })
  }

  #cut(response: ServerResponse): void {
    response.write = () => true
    response.end = () => response
    this.#end('the connection ended before the answer was whole')
  }

  #end(failure: string | null): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#onOver(failure)
  }
}

/**
 * Let status line and fields go out as the origin sent them, instead of the lower-cased and joined ones.
 * @returns false when Node does not write such a head, and nothing was written
 */
function keepRawHead(source: IncomingMessage, response: ServerResponse): boolean {
  const writeHead = response.writeHead.bind(response)
  const fields = readPairs(source.rawHeaders).map(([name, value]) => ({ name: name.toLowerCase(), value }))
  // A body that ends with the connection must do so for the client too.
  if (!fields.some(({ name }) => name === 'content-length' || name === 'transfer-encoding')) response.useChunkedEncodingByDefault = false
  // HTTP/1.0 closes unless it says otherwise; of HTTP/1.1 Node would say `keep-alive` of its own.
  const isKept = source.httpVersion !== '1.0' || fields.some(({ name, value }) => name === 'connection' && /keep-alive/i.test(value))
  if (isKept) response.removeHeader('connection')
  else response.shouldKeepAlive = false
  try {
    writeHead(source.statusCode ?? 0, source.statusMessage ?? '', source.rawHeaders)
  } catch {
    return false
  }
  response.writeHead = () => response
  return true
}

function addTrailers(source: IncomingMessage, response: ServerResponse): void {
  const trailers = readPairs(source.rawTrailers).map(([name, value]): [string, string] => [name, value])
  try {
    if (trailers.length > 0) response.addTrailers(trailers)
  } catch {
    // Octets that Node does not write; go reads none of them.
  }
}
