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
import { mirrorEnds } from './ends.ts'
import type { HttpLayer, JoinRequest } from './http-layer.ts'

/** Make the layer; one for all connections. */
export function makeHttp1Layer({ keepsAllBodies }: { readonly keepsAllBodies: boolean }): HttpLayer {
  const connections = new WeakMap<Duplex, Joined>()
  const proxy = new QuietProxy((socket) => connections.get(socket)?.isBroken === true)
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
  // No limit sooner than go's; a header may be as long as Go takes it (1 MiB).
  const server = createServer({ requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0, maxHeaderSize: 1 << 20 }, (request, response) =>
    proxy._onHttpServerRequest(true, request, response),
  )
  server.timeout = 0
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
  readonly #hasFailed: (client: Duplex) => boolean
  /** @param hasFailed the origin's connection broke: `mirrorEnds` lets the client meet the same */
  constructor(hasFailed: (client: Duplex) => boolean) {
    super()
    this.#hasFailed = hasFailed
  }
  override _onError(_kind: string, ctx: IContext | null): void {
    const client = ctx?.clientToProxyRequest.socket
    if (client !== undefined && !this.#hasFailed(client)) client.destroy()
  }
  override _onSocketError(): void {}
}

/** One connection whose two legs stand. */
class Joined {
  readonly request: JoinRequest
  readonly agent: OneSocketAgent
  current: Exchange | null = null
  /** The origin's session met an error. */
  isBroken = false
  readonly #waiting: (() => void)[] = []

  constructor(request: JoinRequest) {
    this.request = request
    this.agent = new OneSocketAgent(request.upstream.session)
    // Node tells errors of TLS before it sets `errored`.
    request.upstream.session.once('error', () => {
      this.isBroken = true
    })
  }

  begin(exchange: Exchange): void {
    this.current = exchange
  }

  finish(exchange: Exchange): void {
    if (this.current === exchange) this.current = null
    for (const wake of this.#waiting.splice(0)) wake()
  }

  /** An answer that is whole reaches the client before its connection ends; one that never will be whole does not hold it up. */
  whenIdle(proceed: () => void): void {
    if (this.current === null || !this.current.isWhole) proceed()
    else this.#waiting.push(proceed)
  }

  close(): void {
    this.current?.fail('the connection ended before the answer was whole')
    this.agent.destroy()
  }
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
  const exchange = new Exchange(ctx, draft, (failure) => {
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
  // Its type knows an object of joined, lower-cased fields only; node:http takes the raw list (name, value, name …) as well.
  if (options !== undefined) Object.assign(options, { agent: joined.agent, headers: request.rawHeaders })
  return undefined
}

/** The library says that it took all: while the origin does not keep up, the client's next octets wait in its socket. */
function holdBackRequest({ clientToProxyRequest: source, proxyToServerRequest: sink }: IContext): void {
  if (sink === undefined || sink.destroyed || sink.writableLength < MOST_UNSENT_BYTES || source.isPaused()) return
  source.pause()
  const resume = () => void source.resume()
  sink.once('drain', resume)
  sink.once('close', resume)
}

/** Of a request's body, beyond what the sockets hold. */
const MOST_UNSENT_BYTES = 64 * 1024

/** One exchange while it passes through. */
class Exchange {
  readonly #ctx: IContext
  readonly #draft: ExchangeDraft
  readonly #onOver: (failure: string | null) => void
  #isOver = false
  #source: IncomingMessage | null = null

  constructor(ctx: IContext, draft: ExchangeDraft, onOver: (failure: string | null) => void) {
    this.#ctx = ctx
    this.#draft = draft
    this.#onOver = onOver
    const { proxyToClientResponse: response } = ctx
    response.once('finish', () => this.#end(null))
    response.once('close', () => this.fail('the client left before the answer was whole'))
  }

  /** All of the answer has come from the origin. */
  get isWhole(): boolean {
    return this.#source?.complete === true
  }

  fail(failure: string): void {
    this.#end(failure)
    this.#ctx.proxyToServerRequest?.destroy()
  }

  /** The origin's head is here; its body follows. */
  answer(ctx: IContext): void {
    const { serverToProxyResponse: source, proxyToClientResponse: response } = ctx
    if (source === undefined) return
    this.#source = source
    this.#draft.answer(source.statusCode ?? 0, readPairs(source.rawHeaders))
    keepRawHead(source, response)
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

/** Status line and fields as the origin sent them, instead of the lower-cased and joined ones. */
function keepRawHead(source: IncomingMessage, response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response)
  const names = readPairs(source.rawHeaders).map(([name]) => name.toLowerCase())
  // A body that ends with the connection must do so for the client too.
  if (!names.includes('content-length') && !names.includes('transfer-encoding')) response.useChunkedEncodingByDefault = false
  response.writeHead = (status: number) => writeHead(status, source.statusMessage ?? '', source.rawHeaders)
}

function addTrailers(source: IncomingMessage, response: ServerResponse): void {
  if (source.rawTrailers.length > 0)
    response.addTrailers(readPairs(source.rawTrailers).map(([name, value]): [string, string] => [name, value]))
}
