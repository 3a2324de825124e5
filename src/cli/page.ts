/** The page of a running whytls: assets, token, set-up facts. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describeTool } from '../contract/version.ts'
import type { PageParts } from '../feed/inlined.ts'
import type { Meta, Setup } from '../feed/protocol.ts'
import type { Sources } from '../feed/routes.ts'
import { startFeed } from '../feed/start.ts'
import { loadToken } from '../feed/token.ts'
import { loadNtpState } from '../host/clock/load-ntp-state.ts'
import type { GoEnvironment } from '../host/go-env.ts'
import type { RunningProxy } from '../proxy/start-proxy.ts'
import type { Store } from '../store/store.ts'
import { describeGo } from './go-facts.ts'
import { checkMachine, findNewestOwn, type MachineFacts } from './machine-checks.ts'
import { makePageProbes } from './page-probes.ts'
import { makePageVerdict } from './page-verdict.ts'
import { parentOf } from './parent.ts'
import { rootsOf } from './pipeline.ts'
import { describeSetup } from './setup.ts'

export interface PageOptions {
  readonly store: Store
  readonly port: number
  readonly proxyUrl: string
  readonly env: NodeJS.ProcessEnv
  readonly go: GoEnvironment | null
  /** Where the token is kept. */
  readonly folder: string
  /** The way that looks of the page take; null: it starts none (`--no-probe`, or no proxy runs here). */
  readonly proxy: Pick<RunningProxy, 'routeTo' | 'resolve'> | null
  /** Variables by which a client trusts the authority of intercept mode; absent: observe mode. */
  readonly trust?: Readonly<Record<string, string>>
}

export interface RunningPage {
  /** With the token in the fragment. */
  readonly url: string
  readonly port: number
  /** Open it in the user's browser; failure is no error. */
  readonly open: () => Promise<void>
  readonly close: () => Promise<void>
}

const ASSETS: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
}

/** Serve the page. @throws the listener's error (EADDRINUSE …) */
export async function startPage(options: PageOptions): Promise<RunningPage> {
  const token = loadToken(options.folder)
  const assets = loadAssets()
  const stop = new AbortController()
  const askMachine = lookAtMachine(options)
  const feed = await startFeed({
    ...makeLooks(options, stop.signal),
    store: options.store,
    token,
    host: '127.0.0.1',
    port: options.port,
    assets: (path) => assets.get(path),
    meta: () => describeMeta({ ...options, machine: askMachine() }),
  })
  const url = `http://127.0.0.1:${feed.port}/#t=${token}`
  const close = () => {
    stop.abort()
    return feed.close()
  }
  return { url, port: feed.port, open: () => openInBrowser(url), close }
}

/** What the page can ask for beyond the database. */
function makeLooks({ store, env, go, proxy }: PageOptions, signal: AbortSignal): Pick<Sources, 'startProbe' | 'stopProbe' | 'judgeAt'> {
  const known = { store, go: describeGo(go, env), roots: rootsOf(env, "whytls's own environment") }
  const judgeAt = makePageVerdict(known)
  return proxy === null ? { judgeAt } : { judgeAt, ...makePageProbes({ ...known, proxy: () => proxy, signal }) }
}

/** Roots and time service are looked at once, behind the start; until then, and in a file, nothing is said of them. */
function lookAtMachine({ store, env }: PageOptions): () => Setup['checks'] {
  const rootsHere = rootsOf(env, "whytls's own environment")
  let known: Pick<MachineFacts, 'ntp' | 'roots'> | null = null
  void loadNtpState().then((ntp) => {
    known = { ntp, roots: rootsHere()?.facts.count ?? null }
  })
  const parent = parentOf(env).address
  return () =>
    known === null ? [] : checkMachine({ ...known, parent, now: new Date(), newestAt: findNewestOwn(store.rows({ limit: 40 })) })
}

type MetaOptions = Pick<PageOptions, 'store' | 'env' | 'proxyUrl' | 'go' | 'trust'> &
  Partial<Pick<PageOptions, 'proxy'>> & { readonly machine?: Setup['checks'] }

/** What the page is told of this process. */
export function describeMeta(options: MetaOptions): Meta {
  return {
    schema: 'whytls/1',
    tool: describeTool(process.version, process.platform, process.arch),
    mode: options.trust === undefined ? 'observe' : 'intercept',
    canProbe: options.proxy !== undefined && options.proxy !== null,
    proxyUrl: options.proxyUrl,
    parent: parentOf(options.env).address,
    epoch: options.store.epoch(),
    seq: options.store.seq(),
    counts: options.store.counts(),
    setup: describeSetup(options),
  }
}

/** The built page's code and style, for a page in one file. */
export function loadPageParts(): PageParts {
  const assets = loadAssets()
  const read = (name: string) => assets.get(name)?.body.toString('utf8') ?? ''
  return { script: read('page.js'), style: read('page.css') }
}

function loadAssets(): ReadonlyMap<string, { readonly body: Buffer; readonly type: string }> {
  const folder = new URL('../web/', pathOfProgram())
  return new Map(Object.entries(ASSETS).map(([name, type]) => [name, { body: readFileSync(fileURLToPath(new URL(name, folder))), type }]))
}

/** dist/cli/main.js, also when this code sits in a chunk. */
function pathOfProgram(): URL {
  const here = import.meta.url
  return new URL(here.includes('/chunks/') ? '../cli/main.js' : './main.js', here)
}

async function openInBrowser(url: string): Promise<void> {
  if (process.env['CI'] !== undefined || (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']))
    return
  const { default: open } = await import('open')
  await open(url).catch(() => undefined)
}
