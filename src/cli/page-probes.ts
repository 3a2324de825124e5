/** Looks that the page starts: a handshake of our own, or changed copies of go's hello, with a host that go went to. */
import type { Handshake } from '../contract/handshake.ts'
import type { ProbeKind } from '../feed/protocol.ts'
import type { ProbeStart, Sources } from '../feed/routes.ts'
import { findSentHello, type SentHello } from '../handshake/hello-change.ts'
import { HandshakeObserver } from '../handshake/observer.ts'
import { probe } from '../proxy/probe.ts'
import { createResolver, type Resolve } from '../proxy/resolve.ts'
import type { ResolveMap } from '../proxy/resolve-mapping.ts'
import { listHops } from '../proxy/route.ts'
import type { RunningProxy } from '../proxy/start-proxy.ts'
import type { GoDescription } from '../recorder/draft.ts'
import type { LoadedRoots } from '../recorder/judge.ts'
import type { Store } from '../store/store.ts'
import { findKnownIntermediates } from './known-intermediates.ts'
import { bisectHost } from './probe-bisect.ts'
import { recordProbe } from './probe-record.ts'
import { serverNameOf } from './prober.ts'

export interface PageProbesOptions {
  readonly store: Store
  /** Route and resolver of the running proxy: a look goes the way that go goes. */
  readonly proxy: () => Pick<RunningProxy, 'routeTo' | 'resolve'>
  readonly go: GoDescription
  readonly roots: () => LoadedRoots | null
  readonly signal: AbortSignal
}

/** What the page's API calls. One look at a host runs at a time; its row names the handshake that it repeats, also when it was stopped. */
export function makePageProbes(options: PageProbesOptions): Required<Pick<Sources, 'startProbe' | 'stopProbe'>> {
  const running = new Map<string, AbortController>()
  let jobs = 0
  const startProbe = async (asked: Handshake, kind: ProbeKind): Promise<ProbeStart> => {
    const handshake = findGos(asked, options.store)
    if (handshake === null) return 'not-gos'
    const hello = kind === 'bisect' ? sentHello(handshake, options.store) : null
    if (kind === 'bisect' && hello === null) return 'unreadable'
    const place = placeOf(handshake)
    if (running.has(place) || running.size >= MOST_AT_ONCE) return 'busy'
    const stop = new AbortController()
    running.set(place, stop)
    void look(handshake, hello, { ...options, signal: AbortSignal.any([options.signal, stop.signal]) })
      .catch(() => undefined)
      .finally(() => running.delete(place))
    jobs += 1
    return { job: jobs }
  }
  const stopProbe = (handshake: Handshake): boolean => {
    const stop = running.get(placeOf(handshake))
    stop?.abort()
    return stop !== undefined
  }
  return { startProbe, stopProbe }
}

function placeOf({ target }: Handshake): string {
  return `${target.host.toLowerCase()}:${target.port}`
}

const MOST_AT_ONCE = 4

/** Nothing is printed: the page draws the table itself. */
const UNSEEN = { columns: 80, colour: false, unicode: false, plain: true } as const

/** The handshake itself, or for a probe the one that it repeats; null where go took no part, or where it is not ours to repeat. */
function findGos(handshake: Handshake, store: Store): Handshake | null {
  const origin = handshake.probeOf === null ? handshake : store.handshake(handshake.probeOf)
  return origin === undefined || origin.mode === 'probe' || origin.imported !== undefined ? null : origin
}

function sentHello(handshake: Handshake, store: Store): SentHello | null {
  return findSentHello({ messages: store.messages(handshake.id), records: handshake.records })
}

async function look(handshake: Handshake, hello: SentHello | null, { store, proxy, go, roots, signal }: PageProbesOptions): Promise<void> {
  const { host, port } = handshake.target
  const { routeTo, resolve: ownResolve } = proxy()
  const route = await routeTo(host, port)
  const resolve = resolverOf(handshake, ownResolve)
  const bisected =
    hello === null ? null : await bisectHost({ host, port, route, resolve, signal }, { hello, source: '' }, UNSEEN, () => undefined)
  const result =
    bisected?.refused ??
    (await probe({
      host,
      port,
      route,
      resolve,
      alpn: handshake.clientHello?.alpn ?? ['h2', 'http/1.1'],
      serverName: handshake.clientHello === null ? serverNameOf(host) : handshake.clientHello.serverName,
      like: handshake.clientHello,
      signal,
      createObserver: (session) => new HandshakeObserver(session),
    }))
  recordProbe(store, {
    host,
    port,
    route: listHops(route),
    result,
    go: goBehind(handshake, store, go),
    roots: roots(),
    knownIntermediates: (chain) => findKnownIntermediates(store, chain),
    wasStopped: signal.aborted,
    repeats: handshake.id,
    ...(bisected === null ? {} : { trials: bisected.trials }),
  })
}

/** A name that was mapped for its run alone leads nowhere here, or elsewhere: then the address counts that go's connection had. */
function resolverOf({ target, resolvedBy }: Handshake, own: Resolve): Resolve {
  if (resolvedBy === undefined || target.address === null) return own
  const mapping: ResolveMap = new Map([[`${target.host.toLowerCase()}:${target.port}`, { address: target.address, port: null }]])
  return createResolver({ mapping })
}

/** The go of the run, where it is known. */
function goBehind({ runId }: Handshake, store: Store, own: GoDescription): GoDescription {
  const said = runId === null ? null : (store.run(runId)?.go ?? null)
  const version = /^(?:go)?(1\.\d+(?:\.\d+)?)/.exec(said?.version ?? '')?.[1]
  return version === undefined ? own : { version, isKnown: true, godebug: said?.env['GODEBUG'] ?? '' }
}
