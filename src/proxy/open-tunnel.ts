import type { Socket } from 'node:net'
import type { ProxyConnectReply } from '../contract/handshake.ts'
import { describeConnectReply, readConnectReply } from './connect-reply.ts'
import { type Dialed, dial } from './dial.ts'
import { joinHostPort } from './ip-address.ts'
import { negotiateSocks, SocksError } from './negotiate-socks.ts'
import { writeConnectRequest } from './parent.ts'
import { openParentTls, ParentTlsError } from './parent-tls.ts'
import type { Resolve } from './resolve.ts'
import type { ParentProxy, Route } from './route.ts'

/** Where a connection of our own goes. */
export interface TunnelRequest {
  readonly host: string
  readonly port: number
  readonly route: Route
  readonly resolve: Resolve
  readonly signal: AbortSignal
}

/** The parent proxy did not give us a tunnel. */
export class TunnelError extends Error {
  override readonly name = 'TunnelError'
  readonly reply: ProxyConnectReply | null
  constructor(message: string, reply: ProxyConnectReply | null) {
    super(message)
    this.reply = reply
  }
}

/**
 * Connect to a host by go's route: directly, by CONNECT through an http or https proxy, or through SOCKS. The socket emits `data`; with an https
 * proxy it is the TLS session. An https proxy is spoken to only where the route has a judge (`RunningProxy.routeTo` gives one).
 * @throws DialError, LoopError, TunnelError, or the signal's reason
 */
export async function openTunnel(request: TunnelRequest): Promise<Dialed> {
  const { host, port, route, resolve, signal } = request
  if (route.kind === 'refused') throw new TunnelError(route.goText, null)
  if (route.kind === 'direct') return dial({ host, port, leg: 'upstream', resolve, signal })
  const { proxy } = route
  const dialed = await dial({ host: proxy.host, port: proxy.port, leg: 'parent', resolve, signal })
  if (proxy.kind === 'socks5-proxy') return askSocks(dialed, request, proxy)
  const leg = proxy.kind === 'https-proxy' ? await shakeHands(dialed, proxy, signal) : dialed
  const authority = joinHostPort(host, port)
  const fields = ['Host', authority, 'User-Agent', 'Go-http-client/1.1']
  leg.socket.write(writeConnectRequest(authority, fields, proxy, 'whytls'), 'latin1')
  await awaitTunnel(leg.socket, signal)
  return leg
}

async function askSocks(dialed: Dialed, { host, port, signal }: TunnelRequest, { login }: ParentProxy): Promise<Dialed> {
  try {
    await negotiateSocks(dialed.socket, { host, port }, login, signal)
    return dialed
  } catch (error) {
    throw error instanceof SocksError ? new TunnelError(`the SOCKS proxy gave no tunnel: ${error.message}`, null) : error
  }
}

async function shakeHands(dialed: Dialed, proxy: ParentProxy, signal: AbortSignal): Promise<Dialed> {
  const zero = performance.now()
  try {
    return (await openParentTls({ dialed, proxy, signal, atMs: () => performance.now() - zero })).dialed
  } catch (error) {
    throw error instanceof ParentTlsError ? new TunnelError(error.message, null) : error
  }
}

function awaitTunnel(socket: Socket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let octets = Buffer.alloc(0)
    const finish = (error?: Error) => {
      socket.off('data', onData)
      socket.off('close', onClose)
      signal.removeEventListener('abort', onClose)
      socket.pause()
      if (error === undefined) return resolve()
      socket.destroy()
      reject(error)
    }
    const onClose = () => finish(new TunnelError('the parent proxy gave no answer to CONNECT', null))
    const onData = (part: Buffer) => {
      octets = Buffer.concat([octets, part])
      const state = readConnectReply(octets)
      if (state.kind === 'incomplete') return
      if (state.kind === 'not-http') return finish(new TunnelError('the parent proxy does not speak HTTP', null))
      const reply = describeConnectReply(octets, state.bodyAt)
      if (state.status !== 200) return finish(new TunnelError(`the parent proxy answered ${reply.status} ${reply.reason}`, reply))
      finish()
      if (octets.length > state.bodyAt) socket.unshift(octets.subarray(state.bodyAt))
    }
    socket.on('data', onData)
    socket.on('close', onClose)
    socket.on('end', onClose)
    signal.addEventListener('abort', onClose)
  })
}
