/** Wires proxy, recorder, verifier, probes and store into one running whole; `run`, `serve` and `lab` differ only in the options. */
import type { ProxySetting } from '../diagnosis/observation.ts'
import { HandshakeObserver } from '../handshake/observer.ts'
import { type ClientRoots, describeMachine, loadClientRoots } from '../host/ca-store/clients.ts'
import { findHeldFiles, findHeldIntermediates, type HeldFile } from '../host/ca-store/held-roots.ts'
import { loadRoots } from '../host/ca-store/load-roots.ts'
import type { Authority } from '../proxy/authority/authority.ts'
import type { InterceptOptions } from '../proxy/intercept/options.ts'
import { describeProxySetting } from '../proxy/proxy-setting.ts'
import { parseResolveMap } from '../proxy/resolve-mapping.ts'
import { type RunningProxy, startProxy } from '../proxy/start-proxy.ts'
import type { OwnAddress } from '../proxy/target.ts'
import type { Connection } from '../recorder/connection.ts'
import type { GoDescription } from '../recorder/draft.ts'
import type { HeldPool, LoadedRoots } from '../recorder/judge.ts'
import { Recorder } from '../recorder/recorder.ts'
import type { RecorderOptions } from '../recorder/recorder-options.ts'
import type { Store } from '../store/store.ts'
import { makeRootPool } from '../x509/root-pool.ts'
import { makeBisector } from './bisector.ts'
import type { ClientBundle } from './client-bundle.ts'
import { type ClockTarget, clockTargets, makeClockAsker } from './clock.ts'
import { makeComparer } from './compare-hosts.ts'
import { describeGo } from './go-facts.ts'
import { makeLateCounter, makeOriginJudge } from './intercept-judge.ts'
import type { HostPatterns } from './intercept-patterns.ts'
import { judgeParentChain } from './judge-parent.ts'
import { findKnownIntermediates } from './known-intermediates.ts'
import { lookUpFacts } from './machine-facts.ts'
import { makeProber, type ProberOptions } from './prober.ts'
import { holdsPublicRoots, rememberPublic } from './public-roots.ts'
import { whereRootsAreSet, whereSet } from './where-set.ts'

export interface PipelineOptions {
  readonly store: Store
  readonly host: string
  readonly port: number
  /** The environment that names the parent proxy. */
  readonly env: NodeJS.ProcessEnv
  /** Whose environment that is, in words; absent: the command's own. */
  readonly whoseEnvironment?: string
  /** `HOST:PORT:ADDRESS` lines. */
  readonly resolve: readonly string[]
  /** null: no token is asked for. */
  readonly authorize: ((user: string, password: string) => boolean) | null
  readonly runIdOf: RecorderOptions['runIdOf']
  readonly go: RecorderOptions['go']
  readonly roots: (connection: Connection) => LoadedRoots | null
  /** By whose environment git goes; absent: by `env`. */
  readonly gitEnvironment?: (connection: Connection) => NodeJS.ProcessEnv
  /** go behind connections that are not known by a key; waits until it was asked. Absent: the newest go is assumed. */
  readonly ownGo?: () => Promise<GoDescription>
  readonly probes: boolean
  /** go's settings for a connection, which name hosts that may be asked for the time, or looked at; null: they are not known. */
  readonly goSettings?: (connection: Connection) => Promise<Readonly<Record<string, string | undefined>> | null>
  readonly findClient: RecorderOptions['findClient']
  /** Absent: observe mode. */
  readonly intercept?: PipelineIntercept
  readonly onEvent?: RecorderOptions['onEvent']
  readonly onProbeEvent?: ProberOptions['onEvent']
  readonly onProbed?: ProberOptions['onProbed']
  readonly onJudged?: RecorderOptions['onJudged']
}

/** Intercept mode as commands ask for it. */
export interface PipelineIntercept {
  readonly patterns: HostPatterns
  readonly authority: Authority
  /** Where git and curl read their roots; null where whytls did not start them. */
  readonly files: ClientBundle['files'] | null
  /** The text of all bodies is kept. */
  readonly keepsAllBodies: boolean
}

export interface Pipeline {
  readonly proxy: RunningProxy
  readonly recorder: Recorder
  /** Give up probes that still run. */
  readonly stopProbes: () => void
  /** Another listener of this process (the page): it is never reached through the proxy. */
  readonly addOwnAddress: (address: string, port: number) => void
}

/** Start listening. @throws the listener's error (EADDRINUSE …) */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const stop = new AbortController()
  let knownGo: GoDescription | null = null
  const ownRoots = rootsOf(options.env, "whytls's own environment")
  const askGo = async () => {
    knownGo ??= (await options.ownGo?.()) ?? null
    return knownGo
  }
  const probe = makeProber({
    proxy: () => proxy,
    signal: stop.signal,
    ...(options.onProbeEvent === undefined ? {} : { onEvent: options.onProbeEvent }),
    ...(options.onProbed === undefined ? {} : { onProbed: options.onProbed }),
  })
  const askClock = makeClockAsker({ proxy: () => proxy, signal: stop.signal })
  const bisector = options.probes ? makeBisector({ proxy: () => proxy, signal: stop.signal }) : null
  const recorder: Recorder = new Recorder({
    store: options.store,
    runIdOf: options.runIdOf,
    go: options.go,
    roots: options.roots,
    knownIntermediates: (presented) => findKnownIntermediates(options.store, presented),
    timeZoneOffsetMinutes: (at) => -at.getTimezoneOffset(),
    proxySetting: ({ start }) => describeSetting(options, knownGo?.version ?? null, start),
    machineFacts: lookUpFacts(options.gitEnvironment ?? (() => options.env)),
    probe: options.probes ? probe : null,
    clock: options.probes ? async (connection) => askClock(connection.start, await othersThan(connection, recorder, options)) : null,
    compare: makeComparer({
      store: options.store,
      proxy: () => proxy,
      goSettings: async (connection) => (await options.goSettings?.(connection)) ?? null,
      probes: options.probes,
      signal: stop.signal,
    }),
    trials: bisector,
    findClient: options.findClient,
    onEvent: (event, connection) => {
      bisector?.watch(event, connection)
      options.onEvent?.(event, connection)
    },
    ...(options.onJudged === undefined ? {} : { onJudged: options.onJudged }),
  })
  const ownAddresses: OwnAddress[] = []
  const proxy: RunningProxy = await startProxy({
    host: options.host,
    port: options.port,
    env: options.env,
    mapping: parseResolveMap(options.resolve),
    ownAddresses,
    createObserver: (session) => new HandshakeObserver({ ...session, decrypts: false }),
    authorize: options.authorize,
    listener: recorder.listen,
    ...(options.intercept === undefined ? {} : { intercept: composeIntercept(options.intercept, options, recorder) }),
    judgeParent: (chain, name, key) => {
      const connection = key === null ? undefined : recorder.find(key)
      const roots = () => (connection === undefined ? ownRoots() : options.roots(connection))
      const go = () => (connection === undefined ? (knownGo ?? NEWEST_GO) : options.go(connection))
      return judgeParentChain(chain, name, { roots, go })
    },
    goVersion: async () => {
      const go = await askGo()
      return go?.isKnown === true ? go.version : null
    },
    looksAgain: options.probes,
  })
  return { proxy, recorder, stopProbes: () => stop.abort(), addOwnAddress: (address, port) => void ownAddresses.push({ address, port }) }
}

function composeIntercept(
  { patterns, authority, files, keepsAllBodies }: PipelineIntercept,
  { go, roots }: PipelineOptions,
  recorder: Recorder,
): InterceptOptions {
  const connection = (key: string) => recorder.find(key)
  return {
    wants: (host) => patterns.matches(host),
    authority,
    keepsAllBodies,
    judge: makeOriginJudge({ connection, go, roots, files }),
    countsLateMessages: makeLateCounter({ connection, go }),
  }
}

/** The variable that decides about a parent proxy, with the files that set it. */
function describeSetting(
  { env, whoseEnvironment }: PipelineOptions,
  goVersion: string | null,
  target: { readonly host: string; readonly port: number },
): ProxySetting | null {
  const setting = describeProxySetting(env, goVersion, target)
  if (setting === null) return null
  const setAt = whereSet(setting.variable, env[setting.variable] ?? '')
  return {
    ...setting,
    ...(setAt.length === 0 ? {} : { setAt }),
    ...(whoseEnvironment === undefined ? {} : { whose: whoseEnvironment }),
  }
}

/** Whom go went to in the same run, those that it came through to first; then the hosts that its settings name. */
async function othersThan(connection: Connection, recorder: Recorder, { goSettings }: PipelineOptions): Promise<readonly ClockTarget[]> {
  const settings = (await goSettings?.(connection)) ?? null
  const visited = recorder.connections().filter((other) => other.runId === connection.runId && other.tunnelAtMs !== null)
  const passed = visited.filter(({ outcome }) => outcome === 'passed')
  const targets = [...passed.map(({ start }) => start), ...clockTargets(settings), ...visited.map(({ start }) => start)]
  return [...new Map(targets.map(({ host, port }) => [`${host.toLowerCase()}:${port}`, { host, port }])).values()]
}
/** Rules for what is not go's own connection, until go was asked. */
const NEWEST_GO: GoDescription = describeGo(null, {})

/** After this time roots are read again: a CA may have been installed meanwhile. */
const ROOTS_FRESH_MS = 5_000

/** Load the roots that a client with this environment reads; null where they cannot be read (macOS, Windows). */
export function rootsOf(env: NodeJS.ProcessEnv, whose: string): () => LoadedRoots | null {
  let loaded: { readonly roots: LoadedRoots | null; readonly atMs: number } | undefined
  return () => {
    if (loaded === undefined || performance.now() - loaded.atMs > ROOTS_FRESH_MS) {
      const found = loadRoots(env, whose)
      loaded = {
        roots:
          found === null
            ? null
            : {
                ...found,
                facts: { ...found.facts, ...whereRootsAreSet(found.facts) },
                pool: makeRootPool(found.certificates),
                othersWith: rememberOthers(env),
                heldBy: rememberHeld(env, found.certificates),
                intermediatesHere: rememberIntermediates(env),
                publicRoots: rememberPublic(env),
              },
        atMs: performance.now(),
      }
    }
    return loaded.roots
  }
}

/** Files that hold a root which go lacks, with what go would read if it were told of them. Looked up once for each name. */
function rememberHeld(env: NodeJS.ProcessEnv, own: readonly Uint8Array[]): NonNullable<LoadedRoots['heldBy']> {
  const known = new Map<string, readonly HeldPool[]>()
  return (rawName) => {
    const key = Buffer.from(rawName).toString('hex')
    const found = known.get(key) ?? findHeldFiles(describeMachine(env, null), rawName).map((file) => withPool(file, env, own))
    known.set(key, found)
    return found
  }
}

/** Intermediates in the files of other clients and in the folders of own CAs. Looked up once for each name. */
function rememberIntermediates(env: NodeJS.ProcessEnv): NonNullable<LoadedRoots['intermediatesHere']> {
  const known = new Map<string, readonly Uint8Array[]>()
  return (rawName) => {
    const key = Buffer.from(rawName).toString('hex')
    const found = known.get(key) ?? findHeldIntermediates(describeMachine(env, null), rawName)
    known.set(key, found)
    return found
  }
}

/** SSL_CERT_FILE replaces the list of files; an anchor joins the list that is there. */
function withPool({ certificates, ...held }: HeldFile, env: NodeJS.ProcessEnv, own: readonly Uint8Array[]): HeldPool {
  const told =
    held.kind === 'bundle' ? loadRoots({ ...env, SSL_CERT_FILE: held.path }, held.client)?.certificates : [...own, ...certificates]
  const bringsPublicRoots = holdsPublicRoots(certificates) && !holdsPublicRoots(own)
  return { ...held, pool: makeRootPool(told ?? []), bringsPublicRoots }
}

/** Looked up when a chain first ends at an unknown authority: it asks git and reads three lists. */
function rememberOthers(env: NodeJS.ProcessEnv): (rawName: Uint8Array) => readonly string[] {
  let clients: readonly ClientRoots[] | undefined
  return (rawName) => {
    clients ??= loadClientRoots(describeMachine(env, null)).filter(({ client }) => client !== 'go')
    return clients
      .filter(({ hasSubject }) => hasSubject(rawName))
      .map(({ client, places }) => `${client} (${places.map(({ path }) => path).join(', ')})`)
  }
}
