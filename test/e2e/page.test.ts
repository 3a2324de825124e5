/** The page in a real Chromium, beside the real go: a wait that is seen while it lasts, a failure that is explained, a server that is killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Document } from '../../src/contract/document.ts'
import type { LabOrigin } from '../../src/lab/case.ts'
import { LAB_CASES } from '../../src/lab/cases/index.ts'
import { freshEnvironment, listToolchains, runCommand } from './go.ts'
import { withOrigin } from './scenario.ts'
import { MAIN } from './whytls.ts'

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const [toolchain] = listToolchains()

interface Server {
  readonly child: ChildProcess
  readonly proxy: string
  readonly page: string
}

const world: { home: string; browser: Browser | null } = { home: '', browser: null }

beforeAll(async () => {
  world.home = await mkdtemp(join(tmpdir(), 'whytls-page-'))
  world.browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS })
})

afterAll(async () => {
  await world.browser?.close()
  await rm(world.home, { recursive: true, force: true, maxRetries: 5 })
})

describe('the page', () => {
  it('shows a wait while it lasts, explains a failure, and resumes when the server was killed', async () => {
    const requests: string[] = []
    let server = await startServer(0, 0)
    const page = await openPage(server.page, requests)
    try {
      await waitsForServerHello(page, server)
      await explainsExpiry(page, server)
      server = await resumesAfterKill(page, server)
      expect(new Set(requests.map((url) => new URL(url).origin))).toEqual(new Set([new URL(server.page).origin]))
    } finally {
      await page.close()
      await kill(server)
    }
  })
})

/** go is still waiting: the row is there, says what is awaited, and settles in place when go gives up. */
async function waitsForServerHello(page: Page, server: Server): Promise<void> {
  await withOrigin(LAB_CASES['peer-silent'], async (origin) => {
    const ended = download(origin, server)
    const row = page.getByTestId('row').filter({ hasText: origin.host })
    await row.filter({ hasText: 'waiting for ServerHello' }).waitFor({ timeout: 8_000 })
    const id = await row.first().getAttribute('data-id')
    const result = await ended
    expect(result.stderr).toContain('TLS handshake timeout')
    const settled = page.locator(`[data-testid=row][data-id="${id}"]`)
    await settled.filter({ hasText: /never answered|no answer|silent|stopped/i }).waitFor({ timeout: 5_000 })
  })
}

async function explainsExpiry(page: Page, server: Server): Promise<void> {
  await withOrigin(LAB_CASES['cert-expired'], async (origin) => {
    await download(origin, server)
    const row = page.getByTestId('row').filter({ hasText: origin.host }).first()
    await row.waitFor({ timeout: 5_000 })
    await row.click()
    await page.getByTestId('diagnosis').first().waitFor({ timeout: 5_000 })
    const id = Number(/#\/h\/(\d+)/.exec(page.url())?.[1])
    const shown = await show(id)
    const [diagnosis] = shown.diagnoses
    expect(diagnosis?.cause).toBe('cert-expired')
    const card = await page.getByTestId('diagnosis').first().innerText()
    expect(card).toContain('cert-expired')
    expect(card).toContain(diagnosis?.title)
    expect(card).toContain('Certificate')
    for (const command of diagnosis?.fixes[0]?.commands ?? []) expect(await page.getByTestId('fix').first().innerText()).toContain(command)
    await page.goto(`${page.url().replace(/#.*$/, '')}#/h/${id}/certs`)
    const hashes = page.getByTestId('sha256')
    await hashes.first().waitFor({ state: 'attached', timeout: 5_000 })
    const listed = (await hashes.allTextContents()).map((text) => text.replaceAll(/[^0-9a-f]/gi, '').toLowerCase())
    expect(listed.slice(0, origin.served.length)).toEqual(origin.served)
    expect(shown.handshakes[0]?.certificates?.chain.map(({ sha256 }) => sha256)).toEqual(origin.served)
    await page.goto(`${page.url().replace(/#.*$/, '')}#/`)
  })
}

/** kill -9, start again on the same ports: a new failure appears on the page that was never reloaded. */
async function resumesAfterKill(page: Page, server: Server): Promise<Server> {
  await page.evaluate(() => Object.assign(globalThis, { neverReloaded: true }))
  await kill(server)
  await page
    .getByTestId('live')
    .filter({ hasText: /Reconnecting/ })
    .waitFor({ timeout: 5_000 })
  const again = await startServer(Number(new URL(server.proxy).port), Number(new URL(server.page).port))
  await withOrigin(LAB_CASES['peer-closed'], async (origin) => {
    await download(origin, again)
    await page.getByTestId('row').filter({ hasText: origin.host }).first().waitFor({ timeout: 20_000 })
  })
  expect(await page.evaluate(() => 'neverReloaded' in globalThis)).toBe(true)
  return again
}

function download(origin: LabOrigin, server: Server) {
  return (async () => {
    if (toolchain === undefined) throw new Error('no go')
    const home = await mkdtemp(join(world.home, 'go-'))
    const env = { ...(await freshEnvironment(toolchain, origin, home)), HTTPS_PROXY: server.proxy }
    return runCommand([toolchain.go, 'mod', 'download', origin.module], { env, cwd: origin.cwd ?? home })
  })()
}

async function show(id: number): Promise<Document> {
  const result = await runCommand([process.execPath, MAIN, 'show', String(id), '--json'], { env: environment(), cwd: world.home })
  const document: Document = JSON.parse(result.stdout)
  return document
}

function environment(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: world.home, GOENV: 'off', WHYTLS_HOME: join(world.home, 'whytls') }
}

async function openPage(url: string, requests: string[]): Promise<Page> {
  const browser = world.browser
  if (browser === null) throw new Error('no browser')
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  const broken: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  page.on('pageerror', (error) => broken.push(String(error)))
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/i.test(message.text())) broken.push(message.text())
  })
  page.on('close', () => expect(broken).toEqual([]))
  await page.goto(url)
  await page.getByTestId('live').filter({ hasText: 'Live' }).waitFor({ timeout: 10_000 })
  expect(page.url()).not.toContain('#t=')
  return page
}

async function startServer(port: number, pagePort: number): Promise<Server> {
  const child = spawn(process.execPath, [MAIN, 'serve', '--port', String(port), '--page-port', String(pagePort), '--no-open'], {
    env: environment(),
    cwd: world.home,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  return new Promise((resolve, reject) => {
    child.once('close', (code) => reject(new Error(`serve ended with ${code} before it listened: ${printed}`)))
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      const proxy = /Proxy\s+(http:\S+)/.exec(printed)?.[1]
      const page = /Page\s+(http:\S+)/.exec(printed)?.[1]
      if (proxy !== undefined && page !== undefined) resolve({ child, proxy, page })
    })
  })
}

async function kill(server: Server): Promise<void> {
  if (server.child.exitCode !== null || server.child.signalCode !== null) return
  const closed = new Promise((resolve) => server.child.once('close', resolve))
  server.child.kill('SIGKILL')
  await closed
}
