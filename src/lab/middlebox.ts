/** A middlebox of the lab: it stands before a sound origin, reads each ClientHello and lets it pass, or does to it what bad firewalls do. */
import { connect, type Socket } from 'node:net'
import type { ClientHello } from '../contract/handshake.ts'
import { HandshakeObserver } from '../handshake/observer.ts'
import type { LabCase, LabExpectation } from './case.ts'
import { mintChain } from './chain.ts'
import type { Listening } from './listener.ts'
import { startParentProxy, tunnelToLoopback } from './parent-proxy.ts'
import { record } from './raw-messages.ts'
import { startTcpServer } from './tcp-server.ts'
import { startTlsOrigin } from './tls-origin.ts'
import { describeOrigin, labHost } from './world.ts'

/** What it does to a ClientHello that it does not like. */
export type Refusal = 'silence' | 'reset' | 'close' | 'page' | { readonly alert: number }

/** Which hello it does not like. */
export type Dislikes = (hello: ClientHello, host: string) => boolean

/** One kind of middlebox. */
export interface MiddleboxRule {
  readonly dislikes: Dislikes
  readonly refusal: Refusal
}

/** Bring a middlebox up in front of a port of loopback. Octets behind a hello that it likes pass unchanged. */
export function startMiddlebox({ dislikes, refusal }: MiddleboxRule, host: string, originPort: number, port: number): Promise<Listening> {
  return startTcpServer(
    {
      onConnect(socket) {
        const reader = new HandshakeObserver()
        const held: Buffer[] = []
        const onData = (octets: Buffer) => {
          held.push(octets)
          const hello = reader.feed('client-to-server', octets, 0).find((event) => event.type === 'client-hello')?.hello
          if (hello === undefined) return
          socket.off('data', onData)
          if (dislikes(hello, host)) REFUSE[typeof refusal === 'string' ? refusal : 'alert'](socket, refusal)
          else passOn(socket, held, originPort)
        }
        socket.on('data', onData)
        // A client that leaves while nothing was answered.
        socket.on('end', () => socket.end())
      },
    },
    port,
  )
}

function passOn(socket: Socket, held: readonly Buffer[], port: number): void {
  const upstream = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true })
  upstream.write(Buffer.concat(held))
  socket.pipe(upstream).pipe(socket)
  upstream.on('error', () => socket.destroy())
  socket.on('close', () => upstream.destroy())
}

const REFUSE: Readonly<Record<'silence' | 'reset' | 'close' | 'page' | 'alert', (socket: Socket, refusal: Refusal) => void>> = {
  silence: () => {},
  reset: (socket) => socket.resetAndDestroy(),
  close: (socket) => socket.end(),
  page: (socket) =>
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 8\r\nConnection: close\r\n\r\nblocked\n'),
  alert: (socket, refusal) => socket.end(record(21, Buffer.from([2, typeof refusal === 'object' ? refusal.alert : 0]))),
}

/** More than a TCP segment over Ethernet carries. */
export const overOneSegment: Dislikes = (hello) => hello.wireBytes > 1_460
/** Offers a group that it does not know. */
export const withMlKem: Dislikes = (hello) => hello.supportedGroups.some(({ id }) => id === 4588)
/** The name of the case; any other name, or none, passes. */
export const itsName: Dislikes = (hello, host) => hello.serverName === host
/** Any name but those of a list that the case is not on; none passes. */
export const anyName: Dislikes = (hello) => hello.serverName !== null
/** A name that is not the host's own, or none. */
export const foreignName: Dislikes = (hello, host) => hello.serverName !== host
/** Offers TLS 1.3. */
export const tls13: Dislikes = (hello) => hello.supportedVersions.some(({ id }) => id === 0x0304)
/** Has a key_share, which TLS 1.2 does not know. */
export const keyShare: Dislikes = (hello) => hello.keyShares.length > 0

export interface MiddleboxCase extends MiddleboxRule {
  readonly id: string
  readonly summary: string
  readonly cause: string
  readonly refusedSince?: string
  /** What the host itself, behind it, refuses. */
  readonly host?: MiddleboxRule
  /** It stands behind a parent proxy. */
  readonly isBehindParent?: true
  readonly expect?: Partial<LabExpectation>
}

/** A case whose origin is sound and whose path is not. */
export function defineMiddleboxCase(data: MiddleboxCase): LabCase {
  return {
    id: data.id,
    summary: data.summary,
    expect: { cause: data.cause, leg: 'upstream', stage: 'client-hello', confidence: 'high', ...data.expect },
    ...(data.refusedSince !== undefined && { refusedSince: data.refusedSince }),
    ...(data.refusal === 'silence' && { takesMs: 20_000 }),
    async up(world) {
      const host = labHost(data.id, world)
      const chain = await mintChain('ok', world.now, { host })
      if (chain.key === null) throw new Error('the leaf has no private key')
      const origin = await startTlsOrigin({ sent: chain.sent, key: chain.key }, 0)
      const own = data.host === undefined ? null : await startMiddlebox(data.host, host, origin.port, 0)
      const box = await startMiddlebox(data, host, own?.port ?? origin.port, world.port)
      const parent = data.isBehindParent === true ? await startParentProxy(tunnelToLoopback) : null
      return describeOrigin(world, {
        host,
        port: box.port,
        rootsPem: chain.rootsPem,
        served: [],
        ...(parent !== null && { env: { HTTPS_PROXY: `http://127.0.0.1:${parent.port}` } }),
        async close() {
          await parent?.close()
          await box.close()
          await own?.close()
          await origin.close()
        },
      })
    },
  }
}
