import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { answerAndClose } from './answer.ts'
import { watchReply } from './await-reply.ts'
import { type Connection, openConnection, type ProxyContext } from './context.ts'
import { DialError, type Dialed, dial, LoopError } from './dial.ts'
import { describeUnsupported, writeConnectRequest } from './parent.ts'
import { createReadBuffer, type ReadBuffer } from './read-buffer.ts'
import { refuse, refuseUnlessAdmitted, refuseUnlessTarget } from './refuse.ts'
import { findMapping } from './resolve-mapping.ts'
import { chooseRoute, listHops, type ParentProxy, type Route } from './route.ts'
import { isOwnAddress, type Target } from './target.ts'
import { openWatchedTunnel, type TunnelRequest } from './watched-tunnel.ts'

/**
 * Serve one CONNECT: admission, route, dial, and only then 200 and the tunnel. Whatever fails is answered so that go prints what it would
 * print without us.
 * @param head octets that came with the request
 */
export async function serveConnect(context: ProxyContext, request: IncomingMessage, client: Socket, head: Buffer): Promise<void> {
  // Stays for the life of the socket: a reset while we dial must not end the process.
  client.on('error', () => {})
  const user = refuseUnlessAdmitted(context, request, client)
  const target = user === undefined ? undefined : refuseUnlessTarget(context, request, client)
  if (user === undefined || target === undefined) return
  const route = await skipWhytls(context, chooseRoute(context.env, 'https', target.host, target.port))
  if (route.kind === 'proxy' && route.proxy.kind !== 'http-proxy') {
    return refuse(context, client, 501, describeUnsupported(route.proxy))
  }
  if (head.length > 0) client.unshift(head)
  const connection = openConnection(context, client, { ...target, user: user.name, method: 'CONNECT' })
  announceRoute(context, connection, route)
  const proxy = route.kind === 'proxy' ? route.proxy : null
  const dialed = await dialFor(context, connection, proxy, client, createReadBuffer)
  if (dialed === undefined) return
  const tunnel = { context, connection, client, dialed, route, user: user.name }
  if (proxy === null) openDirect(tunnel)
  else openThroughParent(tunnel, writeConnectRequest(request.url ?? '', request.rawHeaders, proxy, context.viaToken))
}

/** What a tunnel is made of, and by which way it goes. */
type TunnelParts = Omit<TunnelRequest, 'beforeClosed'>

/**
 * Leave a parent proxy out that is a whytls too (a `run` inside the shell of a `serve`): one of them is enough. One that has a parent proxy
 * itself is kept, since without it the network may not be reached.
 */
export async function skipWhytls(context: Pick<ProxyContext, 'recognise'>, route: Route): Promise<Route> {
  return route.kind === 'proxy' && (await context.recognise(route.proxy)) === 'whytls' ? { kind: 'direct' } : route
}

/** Tell by which way a connection goes. */
export function announceRoute(context: ProxyContext, connection: Connection, route: Route): void {
  const next: Target = route.kind === 'proxy' ? route.proxy : connection.target
  const isMapped = findMapping(context.mapping, next.host, next.port) !== undefined
  context.emit({ type: 'routed', key: connection.key, route: listHops(route), resolvedBy: isMapped ? '--resolve' : null })
}

/**
 * Dial the origin, or the parent proxy, and tell the outcome. A failure is answered with go's own words for it.
 * @returns undefined when the client has got its answer
 */
export async function dialFor(
  context: ProxyContext,
  connection: Connection,
  proxy: ParentProxy | null,
  client: Socket,
  readBuffers?: () => ReadBuffer,
): Promise<Dialed | undefined> {
  const { host, port } = proxy ?? connection.target
  const leg = proxy === null ? 'upstream' : 'parent'
  try {
    const isOwn = (address: string, at: number) => isOwnAddress(address, at, context.own())
    const forTunnel = readBuffers && { createReadBuffer: readBuffers, takesReset: true }
    const dialed = await dial({ host, port, leg, resolve: context.resolve, isOwn, ...forTunnel })
    const { address, dnsMs, tcpMs } = dialed
    context.emit({ type: 'dialed', key: connection.key, atMs: connection.atMs(), leg, address, dnsMs, tcpMs })
    if (!client.destroyed) return dialed
    abandon(context, connection, dialed)
    return undefined
  } catch (error) {
    answerDialError(context, connection, client, error, proxy === null ? '' : 'proxyconnect tcp: ')
    return undefined
  }
}

function answerDialError(context: ProxyContext, connection: Connection, client: Socket, error: unknown, prefix: string): void {
  const { key, atMs } = connection
  const text = error instanceof Error ? error.message : String(error)
  if (error instanceof DialError) {
    context.emit({ type: 'dial-failed', key, atMs: atMs(), failure: error.failure })
    answerAndClose(client, { status: 502, reason: prefix + text, body: prefix + text })
  } else {
    refuse(context, client, error instanceof LoopError ? 508 : 500, `whytls: ${text}`, key)
  }
  context.emit({ type: 'closed', key, atMs: atMs(), ending: { by: 'us', how: 'fin', atMs: atMs(), afterHelloMs: null }, transcript: null })
}

function openDirect(parts: TunnelParts): void {
  parts.client.write('HTTP/1.1 200 Connection established\r\n\r\n')
  openWatchedTunnel(parts).begin()
}

function openThroughParent(parts: TunnelParts, connectRequest: string): void {
  parts.dialed.socket.write(connectRequest, 'latin1')
  const tunnel = openWatchedTunnel({ ...parts, beforeClosed: (ending) => watch.close(ending) })
  const watch = watchReply(parts.context, parts.connection, tunnel.link, (rest) => tunnel.begin(rest))
}

/** The client left while we dialled. */
function abandon(context: ProxyContext, connection: Connection, dialed: Dialed): void {
  dialed.socket.destroy()
  const { key, atMs } = connection
  context.emit({
    type: 'closed',
    key,
    atMs: atMs(),
    ending: { by: 'client', how: 'rst', atMs: atMs(), afterHelloMs: null },
    transcript: null,
  })
}
