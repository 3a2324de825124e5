/**
 * HTTP/1.1: http-mitm-proxy carries the client's requests to the origin and reads the answers, of which the client gets the octets as they came.
 * Only its request pipeline runs. Its `listen` (a port, a throw-away CA and files), its CONNECT and its minting are never reached; what its
 * pipeline does differently from a wire is put right here (docs/decisions).
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type IContext, Proxy as MitmProxy } from 'http-mitm-proxy'
import { ExchangeDraft } from '../../http/exchange-draft.ts'
import { readPairs } from '../header-field.ts'
import { mirrorEnds } from './ends.ts'
import type { HttpLayer } from './http-layer.ts'
import { Http1Connection } from './http1-connection.ts'
import { Http1Exchange } from './http1-exchange.ts'
import { fieldsForNode, holdBackRequest, MOST_HEADER_BYTES, watchRequest } from './http1-request.ts'

/** Make the layer; one for all connections. */
export function makeHttp1Layer({ keepsAllBodies }: { readonly keepsAllBodies: boolean }): HttpLayer {
  const connections = new WeakMap<Duplex, Http1Connection>()
  const exchanges = new WeakMap<IncomingMessage, Http1Exchange>()
  const proxy = new QuietProxy((request) => exchanges.get(request))
  proxy.options = {}
  proxy.keepAlive = true
  proxy.onRequest((ctx, callback) => {
    const joined = connections.get(ctx.clientToProxyRequest.socket)
    if (joined !== undefined) exchanges.set(ctx.clientToProxyRequest, sendOn(ctx, joined, keepsAllBodies))
    callback()
  })
  proxy.onResponse((ctx, callback) => {
    exchanges.get(ctx.clientToProxyRequest)?.answer(ctx)
    callback()
  })
  const carry = (request: IncomingMessage, response: ServerResponse) => {
    // The library answers by itself where there is none, or an empty one; the fields that are sent on are the raw ones.
    request.headers.host = 'localhost'
    const { url } = request
    try {
      proxy._onHttpServerRequest(true, request, response)
      // Of a whole URI the library leaves the path.
      if (url !== undefined) request.url = url
    } catch {
      // Node writes no request such as this one.
      connections.get(request.socket)?.giveUpReading()
    }
  }
  const server = makeServer(carry)
  server.on('clientError', (_error, socket) => connections.get(socket)?.giveUpReading())
  return {
    join(request) {
      const joined = new Http1Connection(request)
      connections.set(joined.clientSide, joined)
      server.emit('connection', joined.clientSide)
      mirrorEnds(request.client, request.upstream, (ending) => {
        joined.close(`${ending.by === 'client' ? 'the client left' : 'the connection ended'} before the answer was whole`)
        request.onEnded(ending)
      })
    },
  }
}

/** No limit sooner than go's, and nothing is answered here: all is for the origin to say. */
function makeServer(carry: (request: IncomingMessage, response: ServerResponse) => void) {
  const limits = { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0, maxHeaderSize: MOST_HEADER_BYTES }
  const server = createServer({ ...limits, insecureHTTPParser: true, requireHostHeader: false }, carry)
  server.timeout = 0
  server.maxHeadersCount = 0
  server.on('checkContinue', carry)
  server.on('checkExpectation', carry)
  return server
}

/** It prints what fails, and answers with HTTP 504 in its own words; here it only means that nothing more is read of an exchange. */
class QuietProxy extends MitmProxy {
  readonly #find: (request: IncomingMessage) => Http1Exchange | undefined
  constructor(find: (request: IncomingMessage) => Http1Exchange | undefined) {
    super()
    this.#find = find
  }
  override _onError(_kind: string, ctx: IContext | null, error?: NodeJS.ErrnoException): void {
    if (ctx === null) return
    this.#find(ctx.clientToProxyRequest)?.fail(describeError(error?.code))
  }
  override _onSocketError(): void {}
}

function describeError(code = ''): string {
  if (code === 'HPE_HEADER_OVERFLOW') return 'the answer could not be read: its head is larger than 1 MiB'
  return code.startsWith('HPE_')
    ? `the answer is no HTTP/1.1 that can be read (${code})`
    : 'the connection ended before the answer was whole'
}

/** Let the request go to our own leg, with its fields as they came. */
function sendOn(ctx: IContext, joined: Http1Connection, keepsAllBodies: boolean): Http1Exchange {
  const { clientToProxyRequest: request } = ctx
  const { origin, atMs, onExchange } = joined.request
  const headers = readPairs(request.rawHeaders)
  const start = { protocol: 'HTTP/1.1' as const, method: request.method ?? '', target: request.url ?? '/', origin, headers, atMs: atMs() }
  const draft = new ExchangeDraft(start, keepsAllBodies)
  const exchange = new Http1Exchange(ctx, draft, (failure) => {
    joined.finish(exchange, request.complete)
    onExchange(draft.finish(atMs(), failure))
  })
  joined.begin(exchange)
  request.on('data', (octets: Buffer) => {
    draft.addRequestBody(octets.length)
    holdBackRequest(ctx)
  })
  const options = ctx.proxyToServerRequestOptions
  // Its type knows an object of joined, lower-cased fields only; node:http takes the raw list (name, value, name …) as well.
  if (options !== undefined)
    Object.assign(options, {
      agent: joined.agent,
      headers: fieldsForNode(request.rawHeaders),
      maxHeaderSize: MOST_HEADER_BYTES,
      insecureHTTPParser: true,
    })
  // The library makes the request when this returns; Node begins with it one tick later.
  process.nextTick(() =>
    watchRequest(ctx, ({ statusCode, rawHeaders }) => {
      exchange.change(statusCode ?? 0, rawHeaders)
      joined.goBlind()
    }),
  )
  return exchange
}
