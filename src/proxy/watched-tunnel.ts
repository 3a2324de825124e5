/** A tunnel that is observed, or intercepted where that is wanted for its host. */
import type { Socket } from 'node:net'
import type { Connection, ProxyContext } from './context.ts'
import type { Dialed } from './dial.ts'
import { intercept } from './intercept/intercept.ts'
import { makeServerGate } from './intercept/server-gate.ts'
import type { SessionTap } from './observe.ts'
import type { ReadBuffer } from './read-buffer.ts'
import type { Relay, RelayEnding } from './relay.ts'
import type { Route } from './route.ts'
import { joinTunnel, observe } from './tunnel.ts'

export interface TunnelRequest {
  readonly context: ProxyContext
  readonly connection: Connection
  readonly client: Socket
  readonly dialed: Dialed
  readonly route: Route
  /** User name of the proxy token. */
  readonly user: string | null
  /** Told before the end, where a parent proxy's answer is awaited first. */
  readonly beforeClosed?: (ending: RelayEnding) => void
}

export interface WatchedTunnel {
  readonly link: Relay
  /** The client got its 200. @param rest octets of the server that came with a parent proxy's answer, and were passed on */
  begin(rest?: Buffer): void
}

/** Join both sockets; what they say is read once `begin` was called. */
export function openWatchedTunnel(request: TunnelRequest): WatchedTunnel {
  const { context, connection, client, dialed, beforeClosed } = request
  const { interception } = context
  const { host, port } = connection.target
  const isWanted = interception?.wants(host, port) === true
  const gate = isWanted ? makeServerGate(dialed.readBuffer ?? readEvents(dialed.socket), () => dialed.socket.resume()) : null
  const gated = gate === null ? dialed : { ...dialed, readBuffer: gate.buffer }
  let tap: SessionTap | null = null
  const link = joinTunnel(context, connection, client, gated, () => tap, beforeClosed)
  const attach = () => {
    tap = observe(context, connection, link)
    return tap
  }
  return {
    link,
    begin(rest) {
      if (interception !== null && gate !== null && (rest === undefined || rest.length === 0)) {
        intercept({ ...request, interception, dialed: gated, link, gate, attach })
        return
      }
      attach()
      if (rest !== undefined && rest.length > 0) tap?.feed('server-to-client', rest)
    },
  }
}

/** A socket that emits `data` (the TLS session with an https parent proxy), read like one with a buffer of its own. */
function readEvents(socket: Socket): ReadBuffer {
  let consumer: ((octets: Buffer) => boolean) | undefined
  return {
    // Never given to a socket: it is open already.
    onread: { buffer: Buffer.alloc(0), callback: () => true },
    attach(consume) {
      if (consumer === undefined) {
        socket.on('data', (octets: Buffer) => {
          if (consumer?.(octets) === false) socket.pause()
        })
      }
      consumer = consume
      // Whoever negotiated on it before left it paused.
      socket.resume()
    },
  }
}
