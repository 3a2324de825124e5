import type { Socket } from 'node:net'
import type { ProxyConnectReply } from '../contract/handshake.ts'
import { describeConnectReply, readConnectReply } from './connect-reply.ts'
import { type Dialed, dial } from './dial.ts'
import { joinHostPort } from './ip-address.ts'
import { writeConnectRequest } from './parent.ts'
import type { Resolve } from './resolve.ts'
import type { Route } from './route.ts'

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
 * Connect to a host by go's route: directly, or by CONNECT through the parent proxy.
 * @throws DialError, LoopError, TunnelError, or the signal's reason
 */
export async function openTunnel(request: TunnelRequest): Promise<Dialed> {
  const { host, port, route, resolve, signal } = request
  if (route.kind === 'refused') throw new TunnelError(route.goText, null)
  if (route.kind === 'direct') return dial({ host, port, leg: 'upstream', resolve, signal })
  if (route.proxy.kind !== 'http-proxy') throw new TunnelError(`a proxy of kind ${route.proxy.kind} is not supported yet`, null)
  const dialed = await dial({ host: route.proxy.host, port: route.proxy.port, leg: 'parent', resolve, signal })
  const authority = joinHostPort(host, port)
  const fields = ['Host', authority, 'User-Agent', 'Go-http-client/1.1']
  dialed.socket.write(writeConnectRequest(authority, fields, route.proxy, 'whytls'), 'latin1')
  await awaitTunnel(dialed.socket, signal)
  return dialed
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
