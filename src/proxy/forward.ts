import { type IncomingMessage, type ServerResponse, request as sendRequest } from 'node:http'
import type { Socket } from 'node:net'
import { pipeline } from 'node:stream'
import type { Ending } from '../diagnosis/observation.ts'
import { sanitiseReason } from './answer.ts'
import { routeFor, skipWhytls } from './client-route.ts'
import { announceRoute, dialFor } from './connect.ts'
import { type Connection, openConnection, type ProxyContext } from './context.ts'
import type { Dialed } from './dial.ts'
import { dropHopByHop } from './header-field.ts'
import { openLeg } from './parent-leg.ts'
import { isLoop, refuse, refuseUnlessAdmitted } from './refuse.ts'
import type { ParentProxy } from './route.ts'
import { parseTarget } from './target.ts'

/**
 * Serve one absolute-form request (`GET http://host/path`, RFC 9112 section 3.2.2): forward it in clear to the origin, or to the parent proxy
 * that HTTP_PROXY names, without hop-by-hop fields.
 */
export async function serveAbsoluteForm(context: ProxyContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const client = request.socket
  const url = parseAbsolute(request.url ?? '')
  if (url === undefined) return refuse(context, client, 400, NOT_A_SERVER)
  const user = refuseUnlessAdmitted(context, request, client)
  if (user === undefined) return
  if (isLoop(request, context.viaToken)) return refuse(context, client, 508, 'whytls: this request has come through this proxy before')
  const route = await skipWhytls(context, await routeFor(context, 'http', url.host, url.port))
  if (route.kind === 'refused') return refuse(context, client, 502, route.goText)
  const proxy = route.kind === 'proxy' ? route.proxy : null
  const { host, port } = url
  const connection = openConnection(context, client, { host, port, user: user.name, method: 'absolute-form' })
  announceRoute(context, connection, route)
  const dialed = await dialFor(context, connection, proxy, client)
  const leg = dialed && (proxy === null ? { dialed } : await openLeg(context, connection, client, dialed, proxy))
  // Behind SOCKS there is the origin itself.
  if (leg !== undefined) forward(context, connection, request, response, leg.dialed, proxy?.kind === 'socks5-proxy' ? null : proxy)
}

const NOT_A_SERVER = 'whytls: this is a proxy, not a web page: set HTTPS_PROXY to this address (the page has an address of its own)'

interface AbsoluteTarget {
  readonly host: string
  readonly port: number
}

function parseAbsolute(url: string): AbsoluteTarget | undefined {
  const found = /^http:\/\/(?:[^/?#@]*@)?([^/?#]+)/i.exec(url)
  if (found?.[1] === undefined) return undefined
  return parseTarget(/:\d+$/.test(found[1]) ? found[1] : `${found[1]}:80`)
}

function forward(
  context: ProxyContext,
  connection: Connection,
  request: IncomingMessage,
  response: ServerResponse,
  dialed: Dialed,
  proxy: ParentProxy | null,
): void {
  const tellEnd = tellClosedOnce(context, connection)
  const outgoing = sendRequest({
    createConnection: () => dialed.socket,
    method: request.method ?? 'GET',
    path: proxy === null ? pathOf(request.url ?? '') : (request.url ?? ''),
    headers: listFields(request, proxy, context.viaToken).flat(),
    setHost: false,
  })
  outgoing.on('response', (incoming) => {
    incoming.on('aborted', () => response.destroy())
    response.writeHead(incoming.statusCode ?? 502, sanitiseReason(incoming.statusMessage ?? ''), dropHopByHop(incoming.rawHeaders).flat())
    pipeline(incoming, response, (error) => tellEnd(error ? 'client' : 'server', error ? 'rst' : 'fin'))
  })
  outgoing.on('error', () => {
    tellEnd('server', 'rst')
    // go alone would meet the same: a connection that ends without an answer.
    resetClient(request.socket)
  })
  response.on('close', () => {
    if (!response.writableFinished) outgoing.destroy()
  })
  request.pipe(outgoing)
}

function listFields(request: IncomingMessage, proxy: ParentProxy | null, viaToken: string): readonly (readonly [string, string])[] {
  const fields = dropHopByHop(request.rawHeaders)
  const chunked = request.headers['transfer-encoding'] === undefined ? [] : [['Transfer-Encoding', 'chunked'] as const]
  const credentials = proxy?.authorization == null ? [] : [['Proxy-Authorization', proxy.authorization] as const]
  const via = proxy === null ? [] : [['Via', `1.1 ${viaToken}`] as const]
  return [...fields, ...chunked, ...credentials, ...via, ['Connection', 'close'] as const]
}

function pathOf(url: string): string {
  const path = url.replace(/^http:\/\/[^/?#]*/i, '').replace(/#.*$/s, '')
  return path.startsWith('/') ? path : `/${path}`
}

function tellClosedOnce(context: ProxyContext, connection: Connection): (by: Ending['by'], how: Ending['how']) => void {
  const { key, atMs } = connection
  let told = false
  return (by, how) => {
    if (told) return
    told = true
    context.emit({ type: 'closed', key, atMs: atMs(), ending: { by, how, atMs: atMs(), afterHelloMs: null }, transcript: null })
  }
}

function resetClient(client: Socket): void {
  if (!client.destroyed) client.destroySoon()
}
