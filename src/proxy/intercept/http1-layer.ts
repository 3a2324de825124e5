/**
 * HTTP/1.1: http-mitm-proxy carries the exchanges between our two legs. Only its request pipeline runs. Its `listen` (a port, a throw-away CA and
 * files), its CONNECT and its minting are never reached; what its pipeline does differently from a wire is put right here (docs/decisions).
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Agent } from 'node:https'
import type { Duplex } from 'node:stream'
import { type IContext, Proxy as MitmProxy } from 'http-mitm-proxy'
import { ExchangeDraft } from '../../http/exchange-draft.ts'
import { readPairs } from '../header-field.ts'
import { AnswerTape, MOST_HEADER_BYTES } from './answer-tape.ts'
import { mirrorEnds } from './ends.ts'
import type { HttpLayer, JoinRequest } from './http-layer.ts'

/** Make the layer; one for all connections. */
export function makeHttp1Layer({ keepsAllBodies }: { readonly keepsAllBodies: boolean }): HttpLayer {
  const connections = new WeakMap<Duplex, Joined>()
  const proxy = new QuietProxy((socket) => connections.get(socket))
  proxy.options = {}
  proxy.keepAlive = true
  const find = (ctx: IContext) => connections.get(ctx.clientToProxyRequest.socket)
  proxy.onRequest((ctx, callback) => {
    const joined = find(ctx)
    if (joined === undefined) ctx.clientToProxyRequest.socket.destroy()
    else callback(sendOn(ctx, joined, keepsAllBodies))
  })
  proxy.onResponse((ctx, callback) => {
    find(ctx)?.current?.answer(ctx)
    callback()
  })
  const carry = (request: IncomingMessage, response: ServerResponse) => proxy._onHttpServerRequest(true, request, response)
  // No limit sooner than go's; a header may be as long as Go takes it (1 MiB).
  const server = createServer({ requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0, maxHeaderSize: 1 << 20 }, carry)
  server.timeout = 0
  server.maxHeadersCount = 0
  // Whether to continue is for the origin to say.
  server.on('checkContinue', carry)
  server.on('clientError', (_error, socket) => socket.destroy())
  return {
    join(request) {
      const joined = new Joined(request)
      connections.set(request.client.session, joined)
      server.emit('connection', request.client.session)
      mirrorEnds(
        request.client,
        request.upstream,
        (ending) => {
          joined.close()
          request.onEnded(ending)
        },
        (end) => joined.whenIdle(end),
      )
    },
  }
}

/** It prints what fails, and answers with HTTP 504 in its own words; here a failure ends the connection, as it would without us. */
class QuietProxy extends MitmProxy {
  readonly #find: (client: Duplex) => Joined | undefined
  constructor(find: (client: Duplex) => Joined | undefined) {
    super()
    this.#find = find
  }
  override _onError(kind: string, ctx: IContext | null, error?: Error): void {
    const client = ctx?.clientToProxyRequest.socket
    if (client === undefined) return
    const joined = this.#find(client)
    // What broke the origin's connection, `mirrorEnds` lets the client meet.
    if (joined?.isBroken === true) return
    if (kind === 'PROXY_TO_SERVER_REQUEST_ERROR') joined?.endRaw(unparsedOctets(error))
    else client.destroy()
  }
  override _onSocketError(): void {}
}

/** One connection whose two legs stand. */
class Joined {
  readonly request: JoinRequest
  readonly agent: OneSocketAgent
  readonly tape: AnswerTape
  current: Exchange | null = null
  /** The origin's session met an error. */
  isBroken = false
  readonly #waiting: (() => void)[] = []

  constructor(request: JoinRequest) {
    this.request = request
    this.agent = new OneSocketAgent(request.upstream.session)
    this.tape = new AnswerTape(request.upstream.session, request.client.session)
    // Node tells errors of TLS before it sets `errored`.
    request.upstream.session.once('error', () => {
      this.isBroken = true
    })
  }

  begin(exchange: Exchange): void {
    this.current = exchange
    this.tape.begin()
  }

  /**
   * Node gave up on the origin's answer: the client judges what came, and meets the end of the connection.
   * @param rest what Node's parser did not take
   */
  endRaw(rest: Buffer): void {
    const { client } = this.request
    const current = this.current
    // An answer that is whole stays one; the client takes what comes behind it for the next.
    if (current?.isWhole === true) {
      this.#waiting.push(() => client.end())
      return
    }
    // What was understood before has to go first.
    setImmediate(() => {
      if (!this.tape.goRaw()) {
        current?.flush()
        if (client.session.writable) client.session.write(rest)
      }
      client.end()
    })
  }

  finish(exchange: Exchange): void {
    if (this.current === exchange) this.current = null
    this.tape.rest()
    for (const wake of this.#waiting.splice(0)) wake()
  }

  /** An answer that is whole reaches the client before its connection ends; one that never will be whole does not hold it up. */
  whenIdle(proceed: () => void): void {
    // A head that breaks off is for the client to judge.
    const isRaw = this.current !== null && this.tape.goRaw()
    if (isRaw || this.current === null || !this.current.isWhole) proceed()
    else this.#waiting.push(proceed)
  }

  close(): void {
    this.current?.fail('the connection ended before the answer was whole')
    this.agent.destroy()
  }
}

function unparsedOctets(error: Error | undefined): Buffer {
  if (error === undefined || !('rawPacket' in error && 'bytesParsed' in error)) return Buffer.alloc(0)
  const { rawPacket, bytesParsed } = error
  return Buffer.isBuffer(rawPacket) ? rawPacket.subarray(Number(bytesParsed)) : Buffer.alloc(0)
}

/** The one connection to the origin that belongs to this client connection. */
class OneSocketAgent extends Agent {
  readonly #session: Duplex
  constructor(session: Duplex) {
    super({ keepAlive: true, maxSockets: 1 })
    this.#session = session
  }
  override createConnection(): Duplex {
    return this.#session
  }
}

/** Let the request go to our own leg, with its fields as they came. @returns undefined: no error */
function sendOn(ctx: IContext, joined: Joined, keepsAllBodies: boolean): undefined {
  const { clientToProxyRequest: request, proxyToClientResponse: response } = ctx
  const { origin, atMs, onExchange } = joined.request
  const headers = readPairs(request.rawHeaders)
  const start = { protocol: 'HTTP/1.1' as const, method: request.method ?? '', target: request.url ?? '/', origin, headers, atMs: atMs() }
  const draft = new ExchangeDraft(start, keepsAllBodies)
  const exchange = new Exchange(ctx, draft, joined.tape, (failure) => {
    onExchange(draft.finish(atMs(), failure))
    joined.finish(exchange)
  })
  joined.begin(exchange)
  request.on('data', (octets: Buffer) => {
    draft.addRequestBody(octets.length)
    holdBackRequest(ctx)
  })
  response.sendDate = false
  const options = ctx.proxyToServerRequestOptions
  // What go refuses of an answer, go refuses: its octets go on as they came. Node's strict parser refuses more than go does.
  // Its type knows an object of joined, lower-cased fields only; node:http takes the raw list (name, value, name …) as well.
  if (options !== undefined)
    Object.assign(options, { agent: joined.agent, headers: request.rawHeaders, maxHeaderSize: MOST_HEADER_BYTES, insecureHTTPParser: true })
  // The library makes the request when this returns; Node begins with it one tick later.
  process.nextTick(() => watchHead(ctx, joined.request.client.session))
  return undefined
}

/** The library says that it took all: while the origin does not keep up, the client's next octets wait in its socket. */
function holdBackRequest({ clientToProxyRequest: source, proxyToServerRequest: sink }: IContext): void {
  if (sink === undefined || sink.destroyed || sink.writableLength < MOST_UNSENT_BYTES || source.isPaused()) return
  source.pause()
  // Once the answer is whole, Node tells the drain of the socket only.
  const waitedFor = [sink, sink.socket]
  const resume = () => {
    for (const each of waitedFor) for (const event of ['drain', 'close']) each?.off(event, resume)
    source.resume()
  }
  for (const each of waitedFor) for (const event of ['drain', 'close']) each?.once(event, resume)
}

/** Of a request's body, beyond what the sockets hold. */
const MOST_UNSENT_BYTES = 64 * 1024

/** Let all fields of the answer come through, and what the origin says before it. */
function watchHead({ proxyToServerRequest: sent, proxyToClientResponse: response }: IContext, client: Duplex): void {
  if (sent === undefined) return
  sent.maxHeadersCount = 0
  // Behind it nothing is written before the final answer (RFC 9110 section 15.2).
  sent.on('information', ({ statusCode, statusMessage, rawHeaders }) => {
    const fields = readPairs(rawHeaders).map(([name, value]) => `${name}: ${value}\r\n`)
    if (response.headersSent) return
    // Else Node would close the connection behind the answer.
    if (statusCode === 100 && rawHeaders.length === 0) response.writeContinue()
    else client.write(`HTTP/1.1 ${statusCode} ${statusMessage}\r\n${fields.join('')}\r\n`, 'latin1')
  })
}

/** One exchange while it passes through. */
class Exchange {
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
