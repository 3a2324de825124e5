/**
 * HTTP/1.1: http-mitm-proxy carries the exchanges between our two legs. Only its request pipeline runs. Its `listen` (a port, a throw-away CA and
 * files), its CONNECT and its minting are never reached; what its pipeline does differently from a wire is put right here (docs/decisions).
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type IContext, Proxy as MitmProxy } from 'http-mitm-proxy'
import { ExchangeDraft } from '../../http/exchange-draft.ts'
import { readPairs } from '../header-field.ts'
import { MOST_HEADER_BYTES } from './answer-tape.ts'
import { mirrorEnds } from './ends.ts'
import type { HttpLayer } from './http-layer.ts'
import { Http1Connection, unparsedOctets } from './http1-connection.ts'
import { Http1Exchange } from './http1-exchange.ts'
import { holdBackRequest, watchHead } from './http1-request.ts'

/** Make the layer; one for all connections. */
export function makeHttp1Layer({ keepsAllBodies }: { readonly keepsAllBodies: boolean }): HttpLayer {
  const connections = new WeakMap<Duplex, Http1Connection>()
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
      const joined = new Http1Connection(request)
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
  readonly #find: (client: Duplex) => Http1Connection | undefined
  constructor(find: (client: Duplex) => Http1Connection | undefined) {
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

/** Let the request go to our own leg, with its fields as they came. @returns undefined: no error */
function sendOn(ctx: IContext, joined: Http1Connection, keepsAllBodies: boolean): undefined {
  const { clientToProxyRequest: request, proxyToClientResponse: response } = ctx
  const { origin, atMs, onExchange } = joined.request
  const headers = readPairs(request.rawHeaders)
  const start = { protocol: 'HTTP/1.1' as const, method: request.method ?? '', target: request.url ?? '/', origin, headers, atMs: atMs() }
  const draft = new ExchangeDraft(start, keepsAllBodies)
  const exchange = new Http1Exchange(ctx, draft, joined.tape, (failure) => {
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
