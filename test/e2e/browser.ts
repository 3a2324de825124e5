/** Chromium on the page of a `whytls serve` that can be killed and brought back on the same port. */
import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'

const MAIN = process.env['WHYTLS_MAIN'] ?? fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** There once the page follows its server. */
export const LIVE = '[data-testid=live][data-state=live]'

/** Nothing of a browser's own errands: no updates, no background requests. */
const QUIET = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** What a browser on a busy machine may take; what takes longer hangs. */
const PATIENCE_MS = 120_000
const MOST_LAUNCHES = 3

/** Start the system's Chromium with a fresh profile; one that does not come up is started again, and that is said. */
export async function launchChromium(...more: readonly string[]): Promise<Browser> {
  for (let launch = 1; ; launch += 1) {
    try {
      return await chromium.launch({ executablePath: findOnPath('chromium'), args: [...QUIET, ...more], timeout: PATIENCE_MS })
    } catch (error) {
      if (launch === MOST_LAUNCHES) throw error
      console.error(`Chromium did not start (attempt ${launch} of ${MOST_LAUNCHES}), it is started again: ${String(error)}`)
    }
  }
}

/** Let everything on this page take its time: the driver's own 30 s are no measure. */
export function patiently(page: Page): Page {
  page.setDefaultTimeout(PATIENCE_MS)
  return page
}

export interface ServedPage {
  readonly child: ChildProcess
  /** Where go is sent. */
  readonly proxy: string
  /** With the token in the fragment. */
  readonly url: string
}

/** `whytls serve` on a page port; 0 = any free one. */
export function servePage(env: Record<string, string>, pagePort: string): Promise<ServedPage> {
  const argv = [MAIN, 'serve', '--port', '0', '--page-port', pagePort, '--no-open']
  const child = spawn(process.execPath, argv, { env, cwd: env['HOME'], stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  return new Promise((resolve, reject) => {
    const read = (text: string): void => {
      printed += text
      const [, url] = /Page\s+(http\S+)/.exec(printed) ?? []
      const [, proxy] = /Proxy\s+(http\S+)/.exec(printed) ?? []
      if (url !== undefined && proxy !== undefined) resolve({ child, url, proxy })
    }
    child.stdout.setEncoding('utf8').on('data', read)
    child.stderr.setEncoding('utf8').on('data', read)
    child.once('close', (code) => reject(new Error(`serve ended with ${code}: ${printed}`)))
  })
}

/** End a server by a signal and wait until it is gone. */
export async function endServer({ child }: ServedPage, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('close', resolve))
  child.kill(signal)
  await gone
}

/** The environment of a whytls that keeps its data in a folder of `home`. */
export function pageEnvironment(home: string, folder = 'whytls'): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: home, GOENV: 'off', WHYTLS_HOME: join(home, folder) }
}

/** When made-up handshakes began: lately, since a server that starts deletes what is older than 30 days. */
export const BEGAN_AT = new Date()

/** A database that the test fills, `whytls serve` on it, and Chromium on its list, rows in one piece. */
export interface OwnPage {
  readonly home: string
  readonly store: Store
  readonly browser: Browser
  readonly page: Page
  /** Another one when it was ended and started again. */
  server: ServedPage
}

/** Fill a fresh database and open the page on it. */
export async function openOwnPage(fill: (store: Store) => void, height: number): Promise<OwnPage> {
  const home = await mkdtemp(join(tmpdir(), 'whytls-page-'))
  const store = openStore({ folder: join(home, 'whytls') })
  fill(store)
  store.flush()
  const server = await servePage(pageEnvironment(home), '0')
  const browser = await launchChromium()
  const page = patiently(await browser.newPage({ viewport: { width: 1440, height } }))
  await page.addInitScript(() => localStorage.setItem('whytls.group', 'none'))
  await page.goto(server.url)
  await page.waitForSelector(LIVE)
  return { home, store, browser, page, server }
}

/** End all of it. */
export async function closeOwnPage({ home, store, browser, server }: OwnPage): Promise<void> {
  await browser.close()
  await endServer(server, 'SIGKILL')
  store.close()
  await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
}

/** The built command's arguments. */
export function whytls(...args: readonly string[]): readonly string[] {
  return [process.execPath, MAIN, ...args]
}

function findOnPath(name: string): string {
  const places = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name))
  const found = places.find((place) => isExecutable(place))
  if (found === undefined) throw new Error(`${name} is not on the PATH`)
  return found
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
