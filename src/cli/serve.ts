/** `whytls serve`: the proxy for a whole shell, the page, and a live list. */
import { randomBytes } from 'node:crypto'
import { goProgram, loadGoEnvironment } from '../host/go-env.ts'
import { findSocketOwner } from '../host/socket-owner.ts'

import { runIdFromUser } from '../recorder/run-user.ts'
import { defaultFolder } from '../store/folder.ts'
import { RETENTION } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { liveClients } from './client-facts.ts'
import { EXIT } from './exit-code.ts'
import { describeGo } from './go-facts.ts'
import { startLiveList } from './live-list.ts'
import { openStoreOrExplain } from './open-store.ts'
import { startPage } from './page.ts'
import { type ParentFacts, parentOf } from './parent.ts'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { Problem } from './problem.ts'
import { printBanner } from './serve-banner.ts'
import { ownShell } from './setup.ts'
import { chooseStyle, type StyleChoice } from './style.ts'

export interface ServeOptions extends StyleChoice {
  readonly port: number
  readonly pagePort: number
  readonly listen: string
  readonly open: boolean
  readonly json?: boolean
  readonly resolve: readonly string[]
  readonly probe: boolean
}

/** Open tunnels get this long after the first Ctrl-C. */
const GRACE_MS = 5_000
/** Connections kept in memory after they were judged (all of them are in the database). */
const KEPT = 1_000

/** Serve until Ctrl-C. @throws Problem (exit 125) when it cannot start */
export async function serveCommand(options: ServeOptions): Promise<number> {
  refuseUnsupportedParent(parentOf(process.env))
  const store = openStoreOrExplain(process.env, EXIT.ownFailure)
  store.retain(RETENTION)
  const parent = parentOf(process.env)
  const access = chooseAccess(options, parent)
  const facts = { go: await loadGoEnvironment(goProgram([]), process.env, process.cwd()) }
  const clients = liveClients(process.env)
  const pipeline = await startPipeline({
    store,
    host: options.listen,
    port: options.port,
    env: process.env,
    resolve: options.resolve,
    authorize: access === null ? null : (_user, password) => password === access.password,
    runIdOf: (start) => runIdFromUser(start.user),
    go: () => describeGo(facts.go, process.env),
    roots: clients.roots,
    probes: options.probe,
    findClient: clients.find,
    onJudged: () => pipeline.recorder.prune(KEPT),
  }).catch((error: unknown) => explainListenError(error, options.listen, options.port))
  const page = await startPage({
    store,
    port: options.pagePort,
    proxyUrl: proxyUrl(pipeline, access),
    env: process.env,
    go: facts.go,
    folder: defaultFolder(process.env, process.platform),
  }).catch((error: unknown) => explainListenError(error, '127.0.0.1', options.pagePort))
  pipeline.addOwnAddress('127.0.0.1', page.port)
  printBanner(
    {
      json: options.json === true,
      store,
      proxyUrl: proxyUrl(pipeline, access),
      parent: parent.address,
      pageUrl: page.url,
      env: process.env,
    },
    process.stdout,
  )
  if (options.open && options.json !== true) await page.open()
  const list = startLiveList({
    store,
    json: options.json === true,
    style: chooseStyle(process.stdout, process.env, options),
    stdout: process.stdout,
  })
  await untilInterrupted(pipeline, options.json === true)
  list.stop()
  await page.close()
  endSession(store, pipeline, options)
  return EXIT.fine
}

interface Access {
  readonly user: string
  readonly password: string
}

function refuseUnsupportedParent({ address, isSupported }: ParentFacts): void {
  if (isSupported) return
  throw new Problem(
    'parent-unsupported',
    `HTTPS_PROXY names ${address}, a kind of proxy that whytls cannot chain to yet (only http:// so far)`,
    'unset HTTPS_PROXY for whytls, if hosts can be reached without it',
    EXIT.ownFailure,
  )
}

/** A token is asked for beyond loopback, and where a parent proxy with credentials stands behind us. */
function chooseAccess(options: ServeOptions, parent: ParentFacts): Access | null {
  const isLoopback = options.listen === '127.0.0.1' || options.listen === '::1' || options.listen === 'localhost'
  return isLoopback && !parent.hasCredentials ? null : { user: 'whytls', password: randomBytes(16).toString('hex') }
}

function proxyUrl(pipeline: Pipeline, access: Access | null): string {
  const { address, port } = pipeline.proxy
  const host = address.includes(':') ? `[${address}]` : address
  return access === null ? `http://${host}:${port}` : `http://${access.user}:${access.password}@${host}:${port}`
}

async function explainListenError(error: unknown, host: string, port: number): Promise<never> {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') {
    const owner = findSocketOwner(`${host}:${port}`)
    const by = owner === null ? 'another program' : `${owner.process} (pid ${owner.pid})`
    const option = port === 8878 ? '--page-port 0' : '--port 0'
    throw new Problem('port-in-use', `${host}:${port} is used by ${by}`, `whytls ${option}`, EXIT.ownFailure)
  }
  if (code === 'EACCES')
    throw new Problem('port-forbidden', `${host}:${port} may not be used by this user`, 'whytls --port 0', EXIT.ownFailure)
  if (code === 'EADDRNOTAVAIL')
    throw new Problem('no-such-address', `${host} is no address of this machine`, 'whytls --listen 127.0.0.1', EXIT.ownFailure)
  throw error
}

/** First Ctrl-C: let open tunnels end, 5 s at most. Second: stop at once. */
function untilInterrupted(pipeline: Pipeline, silent: boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = async () => {
      process.off('SIGINT', onFirst)
      process.off('SIGTERM', onFirst)
      await pipeline.recorder.settle()
      resolve()
    }
    const onFirst = () => {
      process.once('SIGINT', onSecond)
      const open = pipeline.proxy.openTunnels()
      if (open > 0 && !silent) process.stdout.write(`closing, ${open} ${open === 1 ? 'tunnel' : 'tunnels'} open, again to force\n`)
      pipeline.stopProbes()
      void pipeline.proxy.close({ graceMs: GRACE_MS }).then(stop)
    }
    const onSecond = () => void pipeline.proxy.close({ graceMs: 0 })
    process.once('SIGINT', onFirst)
    process.once('SIGTERM', onFirst)
  })
}

function endSession(store: Store, pipeline: Pipeline, options: ServeOptions): void {
  pipeline.recorder.abandon()
  store.flush()
  const { total, failed } = pipeline.recorder.totals
  store.close()
  if (options.json === true) return
  process.stdout.write(
    `${total} ${total === 1 ? 'handshake' : 'handshakes'}, ${failed} failed\n\n  ${ownShell(process.env, process.platform, '').undo.join('\n  ')}\n`,
  )
}
