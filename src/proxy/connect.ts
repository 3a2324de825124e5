import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { answerAndClose } from './answer.ts'
import { watchReply } from './await-reply.ts'
import { routeFor, skipWhytls, withJudge } from './client-route.ts'
import { type Connection, openConnection, type ProxyContext } from './context.ts'
import { DialError, type Dialed, dial, LoopError } from './dial.ts'
import { writeConnectRequest } from './parent.ts'
import { type OpenLeg, openLeg } from './parent-leg.ts'
import { createReadBuffer, type ReadBuffer } from './read-buffer.ts'
import { refuse, refuseUnlessAdmitted, refuseUnlessTarget } from './refuse.ts'
import type { RelayEnding } from './relay.ts'
import { findMapping } from './resolve-mapping.ts'
import { listHops, type ParentProxy, type Route } from './route.ts'
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
  const route = await skipWhytls(context, await routeFor(context, 'https', target.host, target.port))
  if (head.length > 0) client.unshift(head)
  const agent = request.headers['user-agent']?.slice(0, 200)
  const named = agent === undefined ? {} : { userAgent: agent }
  const connection = openConnection(context, client, { ...target, user: user.name, method: 'CONNECT', ...named })
  announceRoute(context, connection, route)
  const proxy = route.kind === 'proxy' ? route.proxy : null
  const readsAtOnce = proxy === null || proxy.kind === 'http-proxy'
  const dialed = await dialFor(context, connection, proxy, client, readsAtOnce ? createReadBuffer : null)
  const leg = dialed && (proxy === null ? { dialed } : await openLeg(context, connection, client, dialed, proxy))
  if (leg === undefined) return
  const tunnel = { context, connection, client, dialed: leg.dialed, route: withJudge(context, route, connection.key), user: user.name }
  if (proxy === null || proxy.kind === 'socks5-proxy') openDirect(tunnel)
  else openThroughParent(tunnel, leg, writeConnectRequest(request.url ?? '', request.rawHeaders, proxy, context.viaToken))
}

/** What a tunnel is made of, and by which way it goes. */
type TunnelParts = Omit<TunnelRequest, 'beforeClosed'>

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
  readBuffers?: (() => ReadBuffer) | null,
): Promise<Dialed | undefined> {
  const { host, port } = proxy ?? connection.target
  const leg = proxy === null ? 'upstream' : 'parent'
  try {
    const isOwn = (address: string, at: number) => isOwnAddress(address, at, context.own())
    const forTunnel = readBuffers === undefined ? {} : { takesReset: true, ...(readBuffers && { createReadBuffer: readBuffers }) }
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

function openThroughParent(parts: TunnelParts, leg: OpenLeg, connectRequest: string): void {
  const { context, connection, client, dialed } = parts
  let isAnswered = false
  leg.onAlert?.((goText) => {
    // What a TLS 1.3 proxy thinks of the client (its certificate) comes behind its Finished; go prints it without "proxyconnect".
    if (isAnswered) return
    const { key, atMs } = connection
    context.emit({ type: 'connect-failed', key, atMs: atMs(), kind: 'closed', receivedBytes: 0, head: '', goText })
    answerAndClose(client, { status: 502, reason: goText, body: goText })
    tunnel.link.finish()
  })
  dialed.socket.write(connectRequest, 'latin1')
  const beforeClosed = (ending: RelayEnding) => {
    watch.close(ending)
    leg.tellMore?.()
  }
  const tunnel = openWatchedTunnel({ ...parts, beforeClosed })
  const watch = watchReply(context, connection, tunnel.link, (rest) => {
    isAnswered = true
    tunnel.begin(rest)
  })
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
