import type { Socket } from 'node:net'
import type { JudgedChain } from '../diagnosis/observation.ts'
import type { Authorize } from './authorization.ts'
import type { ConnectionStart, ProxyEvent, ProxyListener } from './event.ts'
import type { Interception } from './intercept/interception.ts'
import { joinHostPort } from './ip-address.ts'
import type { ObserverFactory } from './observe.ts'
import type { Recognise } from './recognise.ts'
import type { Relay } from './relay.ts'
import type { Resolve } from './resolve.ts'
import type { ResolveMap } from './resolve-mapping.ts'
import type { ProxyEnvironment } from './route.ts'
import type { OwnAddress, Target } from './target.ts'

/** What all connections of one running proxy share. */
export interface ProxyContext {
  readonly env: ProxyEnvironment
  readonly mapping: ResolveMap
  readonly resolve: Resolve
  readonly authorize: Authorize
  readonly createObserver: ObserverFactory | null
  readonly limitBytes: number
  /** Where whytls itself listens. */
  readonly own: () => readonly OwnAddress[]
  /** Marks requests to parent proxies, so that a loop through them is seen. */
  readonly viaToken: string
  readonly recognise: Recognise
  /** go's own limit for the answer to CONNECT. */
  readonly connectTimeoutMs: number
  /** What is open, to be ended when the proxy is. */
  readonly relays: Set<Pick<Relay, 'destroy'>>
  /** null: observe mode. */
  readonly interception: Interception | null
  /** Second looks at parent proxies that are under way. */
  readonly looks: Set<Promise<unknown>>
  /** False: no connection is made that go did not ask for. */
  readonly looksAgain: boolean
  /** Judges the chain of an https parent proxy, for the client of a connection where it is known; null refuses all. */
  readonly judgeParent: ((chain: readonly Uint8Array[], name: string, key: string | null) => JudgedChain | null) | null
  /** Version of the client's go, asked only where versions read a proxy setting in different ways. */
  readonly goVersion: () => Promise<string | null>
  readonly emit: (event: ProxyEvent) => void
  readonly nextKey: () => string
}

/** One connection that was opened: its key and its clock. */
export interface Connection {
  readonly key: string
  readonly target: Target
  /** Milliseconds since the connection began. */
  readonly atMs: () => number
}

/** Announce a connection; its clock starts here. */
export function openConnection(
  context: ProxyContext,
  client: Socket,
  facts: Pick<ConnectionStart, 'host' | 'port' | 'user' | 'method' | 'userAgent'>,
): Connection {
  const key = context.nextKey()
  const zero = performance.now()
  const acceptedAt = joinAddress(client.localAddress, client.localPort)
  const connection = { ...facts, key, startedAt: new Date(), clientAddress: addressOf(client), acceptedAt }
  context.emit({ type: 'opened', key, connection })
  return { key, target: { host: facts.host, port: facts.port }, atMs: () => performance.now() - zero }
}

/** ip:port of a socket's far end, "" once it is gone. */
export function addressOf({ remoteAddress, remotePort }: Socket): string {
  return joinAddress(remoteAddress, remotePort)
}

function joinAddress(address: string | undefined, port: number | undefined): string {
  return address === undefined ? '' : joinHostPort(address.replace(/^::ffff:/, ''), port ?? 0)
}

/** Wrap a listener so that its mistakes never reach a connection. */
export function guardListener(listener: ProxyListener): ProxyListener {
  return (event) => {
    try {
      listener(event)
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error))
    }
  }
}
