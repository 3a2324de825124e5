/** The page in Chromium, with the real go behind it: live rows, the answer of a failure, and a server that dies and returns. */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Document } from '../../src/contract/document.ts'
import { LAB_CASES } from '../../src/lab/cases/index.ts'
import { endServer, LIVE, launchChromium, pageEnvironment, patiently, type ServedPage, servePage, whytls } from './browser.ts'
import { freshEnvironment, inFreshFolder, listToolchains, runCommand } from './go.ts'
import { withOrigin } from './scenario.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** Both themes and both widths; the other two pairs are looked at in page-lab.test.ts. */
const LOOKS = [
  ['light', 1440],
  ['dark', 360],
] as const

let home: string
let browser: Browser
let page: Page
let server: ServedPage
const origins = new Set<string>()
const complaints: string[] = []

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'whytls-page-'))
  server = await servePage(pageEnvironment(home), '0')
  browser = await launchChromium()
  page = patiently(await browser.newPage({ viewport: { width: 1440, height: 900 } }))
  page.on('request', (request) => origins.add(new URL(request.url()).origin))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => complaints.push(message.text()))
  await page.goto(server.url)
  await page.waitForSelector(LIVE)
})

afterAll(async () => {
  await browser?.close()
  if (server !== undefined) await endServer(server, 'SIGKILL')
  await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
})

describe('the page', () => {
  it('shows how to begin while there is no handshake, and keeps the token out of the address bar', async () => {
    expect(await page.textContent('[data-testid=setup] h1')).toBe('Waiting for the first handshake')
    expect(page.url()).not.toContain('t=')
  })

  it('answers a failing download: stage, cause, fix and fingerprints as `show --json` has them', async () => {
    const served = await runFailing()
    await page.waitForSelector('[data-testid=row][data-outcome=failed]')
    const id = await page.getAttribute('[data-testid=row]', 'data-id')
    await page.click('[data-testid=row]')
    const { diagnoses, handshakes } = await show(id ?? '')
    const [diagnosis] = diagnoses
    await page.waitForSelector('[data-testid=detail] [data-testid=cause]')
    expect(await page.textContent('[data-testid=detail] [data-testid=cause]')).toBe('cert-expired')
    expect(await page.textContent('#diagnosis-title')).toBe(diagnosis?.title)
    expect(await page.textContent('[data-testid=go-text]')).toBe(diagnosis?.goText?.text)
    expect(await page.textContent('[data-testid=fix] [data-testid=command]')).toBe(diagnosis?.fixes[0]?.commands.join('\n'))
    expect(await page.getAttribute('[data-testid=stage][data-status=failed]', 'data-stage')).toBe('certificate')
    const shown = await page.locator('[data-testid=sha256]').allTextContents()
    expect(shown).toEqual(served)
    expect(handshakes.find((handshake) => String(handshake.id) === id)?.certificates?.chain.map((each) => each.sha256)).toEqual(served)
  })

  it('shows the octets of the hellos', async () => {
    await page.keyboard.press('3')
    await page.waitForSelector('.hex')
    expect(await page.textContent('.hex')).toMatch(/^01 00 /)
    await page.keyboard.press('Escape')
  })

  it('shows a silent handshake while go still waits, and settles it in place', async () => {
    await withOrigin(LAB_CASES['peer-silent'], (origin) =>
      inFreshFolder(async (folder) => {
        const [toolchain] = listToolchains()
        if (toolchain === undefined) throw new Error('there is no toolchain')
        const env = { ...(await freshEnvironment(toolchain, origin, folder)), HTTPS_PROXY: server.proxy }
        const going = runCommand([toolchain.go, 'mod', 'download', origin.module], { env, cwd: folder })
        const row = page.locator('[data-testid=row]', { hasText: 'waiting for ServerHello' })
        await row.waitFor()
        const id = await row.first().getAttribute('data-id')
        const top = await page.locator(`[data-testid=row][data-id="${id}"]`).evaluate((element) => element.style.top)
        await going
        const settled = page.locator(`[data-testid=row][data-id="${id}"][data-outcome=failed]`)
        await settled.waitFor()
        expect(await settled.evaluate((element) => element.style.top)).toBe(top)
        expect(await settled.locator('.track .sr').textContent()).toBe('fails at Client Hello, leg upstream')
      }),
    )
  })

  it('goes on without a reload after the server was killed and started again', async () => {
    const rows = await page.locator('[data-testid=row]').count()
    await page.evaluate(() => document.body.setAttribute('data-before', 'yes'))
    await endServer(server, 'SIGKILL')
    await page.waitForSelector('[data-testid=live][data-state=reconnecting]')
    expect(await page.locator('[data-testid=row]').count()).toBe(rows)
    server = await servePage(pageEnvironment(home), new URL(server.url).port)
    await page.waitForSelector(LIVE)
    await runFailing()
    await expect.poll(() => page.locator('[data-testid=row]').count()).toBe(rows + 1)
    expect(await page.getAttribute('body', 'data-before')).toBe('yes')
  })

  it('is the same in one file, which asks nothing of anybody', async () => {
    const file = join(home, 'report.html')
    await runCommand(whytls('report', '--html', '-o', file), { env: pageEnvironment(home), cwd: home })
    const other = patiently(await browser.newPage({ viewport: { width: 1440, height: 900 } }))
    const asked: string[] = []
    const heard: string[] = []
    other.on('request', (request) => asked.push(request.url()))
    other.on('console', (message) => heard.push(message.text()))
    other.on('pageerror', (error) => heard.push(String(error)))
    const address = pathToFileURL(file).href
    await other.goto(address)
    await other.click('[data-testid=row][data-outcome=failed]')
    await other.waitForSelector('[data-testid=detail] [data-testid=cause]')
    expect(await other.textContent('[data-testid=detail] [data-testid=cause]')).toBe('cert-expired')
    expect(await other.getAttribute('[data-testid=live]', 'data-state')).toBe('file')
    await other.keyboard.press('3')
    await other.waitForSelector('.hex')
    await other.keyboard.press('c')
    await other.waitForSelector('[data-testid=compare]')
    expect(asked).toEqual([address])
    expect(heard).toEqual([])
    await other.close()
  })

  it.each(['/', '/h/1/negotiation', '/h/1/certificates', '/h/1/bytes', '/h/1/http', '/h/1/events', '/cmp/1/2', '/setup'])(
    '%s is accessible in both themes, wide and narrow',
    async (route) => {
      const context = await browser.newContext({ bypassCSP: true })
      const other = patiently(await context.newPage())
      await other.goto(`${server.url}&${route}`)
      await other.waitForSelector(LIVE, { state: 'attached' })
      if (route.startsWith('/h/')) await other.waitForSelector('[data-testid=stage]')
      await other.addScriptTag({ content: AXE })
      for (const [colorScheme, width] of LOOKS) {
        await other.emulateMedia({ colorScheme })
        await other.setViewportSize({ width, height: 800 })
        const found = await other.evaluate('axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))')
        expect(found).toEqual([])
        expect(await other.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
      }
      await context.close()
    },
  )

  it('asked nothing of any other origin, and broke no rule of its security policy', () => {
    expect([...origins]).toEqual([new URL(server.url).origin])
    expect(complaints.filter((text) => !/ERR_CONNECTION|WebSocket|favicon|404/.test(text))).toEqual([])
  })
})

/** A download that meets an expired certificate; the fingerprints of the chain as served. */
function runFailing(): Promise<readonly string[]> {
  return withOrigin(LAB_CASES['cert-expired'], (origin) =>
    inFreshFolder(async (folder) => {
      const [toolchain] = listToolchains()
      if (toolchain === undefined) throw new Error('there is no toolchain')
      const env = { ...(await freshEnvironment(toolchain, origin, folder)), WHYTLS_HOME: join(home, 'whytls') }
      await runCommand(whytls('run', '--', 'go', 'mod', 'download', origin.module), { env, cwd: folder })
      return origin.served
    }),
  )
}

async function show(id: string): Promise<Document> {
  const { stdout } = await runCommand(whytls('show', id, '--json'), { env: pageEnvironment(home), cwd: home })
  return JSON.parse(stdout) as Document // the schema test of the contract checks this shape
}
