/** `whytls serve`: the proxy for a whole shell, the page, and a live list. */

import { type GoEnvironment, goProgram, loadGoEnvironment } from '../host/go-env.ts'
import { runIdFromUser } from '../recorder/run-user.ts'
import { formatCount } from '../report/units.ts'
import { defaultFolder } from '../store/folder.ts'
import { RETENTION } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { liveClients } from './client-facts.ts'
import { EXIT } from './exit-code.ts'
import { rootsByClient } from './git-roots.ts'
import { describeGo } from './go-facts.ts'
import { bodiesWithoutIntercept } from './intercept-patterns.ts'
import type { ServeIntercept } from './intercept-serve.ts'
import { explainListenError } from './listen-error.ts'
import { startLiveList } from './live-list.ts'
import { openStoreOrExplain } from './open-store.ts'
import { type RunningPage, startPage } from './page.ts'
import { type ParentFacts, parentOf } from './parent.ts'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { isSameSecret, makeSecret } from './secret.ts'
import { printBanner } from './serve-banner.ts'
import { ownShell } from './setup.ts'
import { untilInterruptedTwice } from './signals.ts'
import { chooseStyle, type StyleChoice } from './style.ts'

export interface ServeOptions extends StyleChoice {
  readonly port: number
  readonly pagePort: number
  readonly listen: string
  readonly open: boolean
  readonly json?: boolean
  readonly resolve: readonly string[]
  readonly probe: boolean
  /** Hosts whose connections are decrypted; true: all. */
  readonly intercept?: string | true
  /** With `intercept`: the text of all bodies is kept. */
  readonly bodies?: boolean
}

/** Open tunnels get this long after the first Ctrl-C. */
const GRACE_MS = 5_000
/** Connections kept in memory after they were judged (all of them are in the database). */
const KEPT = 100

/** Serve until Ctrl-C. @throws Problem (exit 125) when it cannot start */
export async function serveCommand(options: ServeOptions): Promise<number> {
  const parent = parentOf(process.env)
  const intercept = await startOwnIntercept(options)
  const store = openStoreOrExplain(process.env, EXIT.ownFailure)
  store.retain(RETENTION)
  const go = await loadGoEnvironment(goProgram([]), process.env, process.cwd())
  const access = chooseAccess(options, parent)
  const pipeline = await listen(options, store, go, access, intercept)
  const page = await openPage(options, store, go, pipeline, access, intercept).catch(async (error: unknown) => {
    await pipeline.proxy.close({ graceMs: 0 })
    throw error
  })
  pipeline.addOwnAddress('127.0.0.1', page.port)
  const interrupts = untilInterruptedTwice()
  const isJson = options.json === true
  printBanner(
    { json: isJson, store, proxyUrl: proxyUrl(pipeline, access), parent: parent.address, pageUrl: page.url, env: process.env, intercept },
    process.stdout,
  )
  if (options.open && !isJson) await page.open()
  const list = startLiveList({ store, json: isJson, style: chooseStyle(process.stdout, process.env, options), stdout: process.stdout })
  await closeWhenInterrupted(pipeline, interrupts, isJson)
  list.stop()
  await page.close()
  endSession(store, pipeline, options, intercept)
  intercept?.remove()
  return EXIT.fine
}

/** The authority is loaded only where it is wanted. */
async function startOwnIntercept({ intercept, bodies }: ServeOptions): Promise<ServeIntercept | null> {
  if (intercept === undefined) {
    if (bodies === true) throw bodiesWithoutIntercept()
    return null
  }
  const { startServeIntercept } = await import('./intercept-serve.ts')
  return startServeIntercept(intercept, defaultFolder(process.env, process.platform), process.env, bodies === true)
}

async function listen(
  options: ServeOptions,
  store: Store,
  go: GoEnvironment | null,
  access: Access | null,
  intercept: ServeIntercept | null,
): Promise<Pipeline> {
  const clients = liveClients(process.env)
  const described = describeGo(go, process.env)
  const pipeline: Pipeline = await startPipeline({
    store,
    host: options.listen,
    port: options.port,
    env: process.env,
    whoseEnvironment: "whytls's own environment",
    resolve: options.resolve,
    authorize: access === null ? null : (_user, password) => isSameSecret(password, access.password),
    runIdOf: (start) => runIdFromUser(start.user),
    go: (connection) => clients.go(connection, described),
    ownGo: async () => described,
    roots: rootsByClient(clients.git, clients.roots),
    gitEnvironment: (connection) => clients.git(connection).env,
    probes: options.probe,
    goSettings: async (connection) => ({ ...go?.env, ...clients.settings(connection) }),
    findClient: clients.find,
    ...(intercept === null ? {} : { intercept: intercept.pipeline }),
    onJudged: () => pipeline.recorder.prune(KEPT),
  }).catch((error: unknown) => explainListenError(error, options.listen, options.port, 'whytls --port 0'))
  return pipeline
}

function openPage(
  options: ServeOptions,
  store: Store,
  go: GoEnvironment | null,
  pipeline: Pipeline,
  access: Access | null,
  intercept: ServeIntercept | null,
): Promise<RunningPage> {
  return startPage({
    store,
    port: options.pagePort,
    proxyUrl: proxyUrl(pipeline, access),
    env: process.env,
    go,
    folder: defaultFolder(process.env, process.platform),
    proxy: options.probe ? pipeline.proxy : null,
    ...(intercept === null ? {} : { trust: intercept.environment }),
  }).catch((error: unknown) => explainListenError(error, '127.0.0.1', options.pagePort, 'whytls --page-port 0'))
}

interface Access {
  readonly user: string
  readonly password: string
}

/** A token is asked for beyond loopback, and where a parent proxy with credentials stands behind us. */
function chooseAccess(options: ServeOptions, parent: ParentFacts): Access | null {
  const isLoopback = options.listen === '127.0.0.1' || options.listen === '::1' || options.listen === 'localhost'
  return isLoopback && !parent.hasCredentials ? null : { user: 'whytls', password: makeSecret() }
}

function proxyUrl(pipeline: Pipeline, access: Access | null): string {
  const { address, port } = pipeline.proxy
  const host = address.includes(':') ? `[${address}]` : address
  return access === null ? `http://${host}:${port}` : `http://${access.user}:${access.password}@${host}:${port}`
}

/** First Ctrl-C: let open tunnels end, 5 s at most. Second: stop at once. */
async function closeWhenInterrupted(
  pipeline: Pipeline,
  [first, second]: ReturnType<typeof untilInterruptedTwice>,
  isSilent: boolean,
): Promise<void> {
  await first
  void second.then(() => pipeline.proxy.close({ graceMs: 0 }))
  const open = pipeline.proxy.openTunnels()
  if (open > 0 && !isSilent) process.stdout.write(`closing, ${formatCount(open, 'tunnel')} open, again to force\n`)
  pipeline.stopProbes()
  await pipeline.proxy.close({ graceMs: GRACE_MS })
  await pipeline.recorder.settle()
}

function endSession(store: Store, pipeline: Pipeline, options: ServeOptions, intercept: ServeIntercept | null): void {
  pipeline.recorder.abandon()
  store.flush()
  const { total, failed } = pipeline.recorder.totals
  store.close()
  if (options.json === true) return
  process.stdout.write(
    `${formatCount(total, 'handshake')}, ${failed} failed\n\n  ${[...ownShell(process.env, process.platform, '').undo, ...(intercept?.undo ?? [])].join('\n  ')}\n`,
  )
}
