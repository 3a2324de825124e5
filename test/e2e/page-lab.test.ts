/** The page on failures of the lab, made by the real go: what it shows is what `show --json` says, and all of it works by mouse and by keys. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Download, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Document } from '../../src/contract/document.ts'
import { diagnose, toDraft } from '../../src/diagnosis/diagnose.ts'
import type { LabOrigin } from '../../src/lab/case.ts'
import { LAB_CASES } from '../../src/lab/cases/index.ts'
import { openStore } from '../../src/store/open.ts'
import { ROWS } from '../diagnosis/causes.table.ts'
import { finding, fullDraft } from '../store/draft.ts'
import { endServer, LIVE, launchChromium, pageEnvironment, patiently, type ServedPage, servePage, whytls } from './browser.ts'
import { freshEnvironment, inFreshFolder, listToolchains, runCommand } from './go.ts'
import { limitTo, withOrigin } from './scenario.ts'

/** One of every stage, leg and kind of cause. */
const SAMPLE = [
  'dns-nxdomain',
  'tcp-refused',
  'proxy-auth-required',
  'proxy-cert-invalid',
  'no-common-cipher',
  'hrr-loop',
  'cert-name-mismatch',
  'inspection-ca-untrusted',
  'client-clock-wrong',
  'key-mismatch',
  'client-cert-required',
  'http-403',
] as const

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const LOOKS = [
  ['light', 1440],
  ['dark', 360],
  ['dark', 1440],
  ['light', 360],
] as const
/** Names of suites, groups, schemes, hosts and fields; fingerprints and keys; numbers of registries; days. */
const FACTS =
  /TLS_[A-Z0-9_]+|\b[0-9a-f]{12,}\b|\b0x[0-9a-f]{2,4}\b|\b\d{4}-\d\d-\d\d\b|\b(?:X25519|secp|rsa_|ecdsa_)\w+|\b[a-z][\w-]*(?:\.[\w-]+)+\b/gi
const YEAR_MS = 365 * 86_400_000

let home: string
let server: ServedPage
let browser: Browser
let page: Page
/** These stay up: whytls looks at the one again, and judges the other with its roots. */
const HELD: readonly string[] = ['no-common-cipher', 'client-clock-wrong']
let letGo: () => void
const worlds: Promise<void>[] = []
/** Where the page's own whytls finds roots. */
let roots: Readonly<Record<string, string>> = {}
const complaints: string[] = []
const origins = new Set<string>()

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'whytls-page-lab-'))
  const limited = limitTo(3)
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  await new Promise<void>((resolve, reject) => {
    const all = SAMPLE.map((name) => limited(() => (HELD.includes(name) ? holdUp(name, held) : fail(name))))
    Promise.all(all).then(() => resolve(), reject)
  })
  server = await servePage({ ...pageEnvironment(home), ...roots }, '0')
  browser = await launchChromium()
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, bypassCSP: false, acceptDownloads: true })
  page = patiently(await context.newPage())
  await watch(page)
  await page.goto(server.url)
  await page.waitForSelector(LIVE)
})

afterAll(async () => {
  letGo?.()
  await Promise.all(worlds)
  await browser?.close()
  if (server !== undefined) await endServer(server, 'SIGKILL')
  await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
})

describe('what the page shows of a failure', () => {
  it.each(SAMPLE)('is what show --json says of %s', async (name) => {
    const id = await idOf(name)
    const { diagnoses, handshakes } = await show(id)
    const [diagnosis] = diagnoses
    const handshake = handshakes.find((one) => one.id === id)
    if (diagnosis === undefined || handshake === undefined) throw new Error(`${name} is not told`)
    await open(`/h/${id}`)
    await page.waitForSelector('#diagnosis-title')
    expect(diagnosis.cause).toBe(name)
    expect(await page.textContent('[data-testid=detail] [data-testid=cause]')).toBe(name)
    expect(await page.textContent('#diagnosis-title')).toBe(diagnosis.title)
    expect(await page.textContent('.diagnosis .lead')).toBe(diagnosis.why)
    if (diagnosis.goText !== null) expect(await page.textContent('[data-testid=go-text]')).toBe(diagnosis.goText.text)
    const evidence = await page.locator('.evidence li > span:last-child').allTextContents()
    expect(evidence.map((text, at) => text.startsWith(diagnosis.evidence[at]?.text ?? '?'))).toEqual(diagnosis.evidence.map(() => true))
    const failed = page.locator('[data-testid=stage][data-status=failed]')
    expect([await failed.getAttribute('data-stage'), await failed.getAttribute('data-leg')]).toEqual([diagnosis.stage, diagnosis.leg])
    for (const [at, fix] of diagnosis.fixes.entries()) {
      if (diagnosis.fixes.length > 1) await page.locator('[data-testid=fix] [role=tab]').nth(at).click()
      const shown = page.locator('[data-testid=fix] > .command [data-testid=command]')
      expect(await shown.allTextContents()).toEqual(fix.commands.length === 0 ? [] : [fix.commands.join('\n')])
      expect(await page.textContent('[data-testid=checked]')).toBe(fix.checked ? '✓ Checked' : 'Not re-checked yet')
    }
    for (const { setting, because } of diagnosis.willNotHelp) {
      const text = await page.textContent('[data-testid=fix]')
      expect(text).toContain(setting)
      expect(text).toContain(because)
    }
    await open(`/h/${id}/certificates`)
    await page.waitForSelector('.tabbar [aria-selected=true]:has-text("Certificates")')
    const chain = (diagnosis.leg === 'parent' ? handshake.parentTls?.certificates : handshake.certificates)?.chain ?? []
    expect(await page.locator('[data-testid=sha256]').allTextContents()).toEqual(chain.map(({ sha256 }) => sha256))
  })

  it.each(['no-common-cipher', 'proxy-cert-invalid', 'cert-name-mismatch', 'inspection-ca-untrusted', 'http-403'])(
    'is in show --full --json, fact by fact, on every tab of %s',
    async (name) => {
      const id = await idOf(name)
      const { stdout } = await runCommand(whytls('show', String(id), '--full', '--json'), { env: pageEnvironment(home), cwd: home })
      const known = listTexts(JSON.parse(stdout)).join('\n')
      const missing: string[] = []
      let facts = 0
      for (const tab of ['negotiation', 'certificates', 'bytes', 'http', 'events']) {
        await open(`/h/${id}/${tab}`)
        await page.waitForSelector(
          `.tabbar [aria-selected=true]:text-is("${tab === 'http' ? 'HTTP' : `${tab[0]?.toUpperCase()}${tab.slice(1)}`}")`,
        )
        if (tab === 'bytes') await page.waitForSelector('.tab-body .hex, .tab-body .note')
        const shown = await readTexts()
        for (const [fact] of shown.matchAll(FACTS)) {
          facts++
          const id16 = /^0x[0-9a-f]{4}$/i.test(fact) ? `\n${Number.parseInt(fact, 16)}\n` : fact
          if (!known.includes(fact) && !known.includes(id16)) missing.push(`${tab}: ${fact}`)
        }
      }
      expect([...new Set(missing)]).toEqual([])
      expect(facts).toBeGreaterThan(100)
    },
  )

  it('marks the octets of the reason, and every field of them has a link', async () => {
    const id = await idOf('no-common-cipher')
    await open(`/h/${id}/bytes`)
    await page.waitForSelector('.fields .hot')
    expect(await page.locator('.fields .hot b').allTextContents()).toEqual(['cipher_suites length', 'cipher_suites'])
    await page.locator('.fields button', { hasText: 'supported_groups' }).last().click()
    await expect.poll(() => page.url()).toMatch(new RegExp(`#/h/${id}/bytes/m1/\\d+-\\d+$`))
    expect(await page.textContent('.fields .on b')).toContain('supported_groups')
    await page.reload()
    await page.waitForSelector('.fields .on b:has-text("supported_groups")')
    expect(await page.textContent('[data-testid=segment-edge]')).toContain('estimated from an MSS of 1,460')
  })

  it('says of each link of a chain that its signature was checked', async () => {
    await open(`/h/${await idOf('cert-name-mismatch')}/certificates`)
    await page.waitForSelector('.hangs:has-text("signed by, signature checks")')
  })
})

describe('what the page can start', () => {
  it('a probe, and a bisect, whose rows come by the feed', async () => {
    const id = await idOf('no-common-cipher')
    await open(`/h/${id}`)
    await page.waitForSelector('[data-testid=look]')
    const looks = page.locator('[data-testid=looks] a')
    const byMouse = async (): Promise<void> => {
      await page.click('[data-testid=look]')
      await page.click('[role=menuitem]:has-text("Probe")')
    }
    const byKeys = async (): Promise<void> => {
      await page.locator('[data-testid=look]').focus()
      await page.keyboard.press('Enter')
      await page.waitForSelector('[role=menuitem]:focus:has-text("Probe")')
      await page.keyboard.press('ArrowDown')
      await page.waitForSelector('[role=menuitem]:focus:has-text("Bisect")')
      await page.keyboard.press('Enter')
      await page.waitForSelector('[data-testid=look]:focus')
    }
    for (const start of [byMouse, byKeys]) {
      const before = await looks.count()
      await start()
      await expect.poll(() => looks.count()).toBeGreaterThan(before)
    }
    await page.waitForSelector('[data-testid=trial-helps]')
    await expect.poll(() => page.textContent('[data-testid=announced]')).toMatch(/^bisect ended: probe #\d+/)
  })

  it('the verdict at another time: a wrong clock set right is a chain that passes', async () => {
    await open(`/h/${await idOf('client-clock-wrong')}/certificates`)
    await page.click('[data-testid=another-time]')
    const slider = page.locator('#later')
    await slider.evaluate((input: HTMLInputElement, at) => {
      input.value = String(at)
      input.dispatchEvent(new Event('input', { bubbles: true }))
    }, Date.now() - YEAR_MS)
    await page.waitForSelector('[data-testid=time-slider] output:has-text("go would accept this chain")')
    await slider.focus()
    await page.keyboard.press('End')
    await page.waitForSelector('[data-testid=time-slider] output:has-text("✕ x509: certificate has expired")')
  })

  it('every export, and each is what it says', async () => {
    const id = await idOf('cert-name-mismatch')
    await open(`/h/${id}`)
    await page.waitForSelector('[data-testid=export]')
    const files = new Map<string, Buffer>()
    for (const name of ['JSON', 'HAR', 'pcapng', 'PEM chain', 'Markdown report']) files.set(name, await save(name))
    const text = (name: string): string => files.get(name)?.toString('utf8') ?? ''
    const document = JSON.parse(text('JSON')) as Document
    expect([document.schema, document.diagnoses[0]?.cause]).toEqual(['whytls/1', 'cert-name-mismatch'])
    expect(JSON.parse(text('HAR')).log.version).toBe('1.2')
    expect(files.get('pcapng')?.subarray(0, 4).toString('hex')).toBe('0a0d0d0a')
    const blocks = text('PEM chain').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
    const sums = blocks.map((block) => new X509Certificate(block).fingerprint256.replaceAll(':', '').toLowerCase())
    expect(sums).toEqual(document.handshakes[0]?.certificates?.chain.map(({ sha256 }) => sha256))
    expect(text('Markdown report')).toContain('cert-name-mismatch')
  })
})

describe('keys and readers', () => {
  it('Tab reaches every control of a handshake, shows where it is, and comes out again', async () => {
    await open(`/h/${await idOf('cert-name-mismatch')}/certificates`)
    await page.waitForSelector('[data-testid=certificate]')
    await page.locator('.logo').focus()
    const seen = new Set<string>()
    for (let step = 0; step < 120; step++) {
      await page.keyboard.press('Tab')
      const now = await page.evaluate(() => {
        const { activeElement: element } = document
        if (element === null || element === document.body) return null
        const { outlineStyle, outlineWidth } = getComputedStyle(element)
        const { width, height } = element.getBoundingClientRect()
        const label = element instanceof HTMLInputElement || element instanceof HTMLSelectElement ? element.labels?.[0]?.textContent : null
        const name = element.getAttribute('aria-label') ?? label ?? element.textContent ?? ''
        return { isShown: outlineStyle !== 'none' && outlineWidth !== '0px' && width > 0 && height > 0, name: name.trim().slice(0, 40) }
      })
      if (now === null) break
      expect(now).toEqual({ isShown: true, name: now.name })
      expect(now.name).not.toBe('')
      seen.add(now.name)
    }
    for (const name of ['Compare', 'Copy link', 'Look again…', 'Export…', 'Copy PEM chain', 'Verify at another time…', 'Octets'])
      if (name !== 'Octets')
        expect(
          [...seen].some((one) => one.includes(name)),
          name,
        ).toBe(true)
    expect(seen.size).toBeGreaterThan(25)
  })

  it('keys alone compare, go to the fix, and set up', async () => {
    await open(`/h/${await idOf('inspection-ca-untrusted')}`)
    await page.waitForSelector('[data-testid=compare-link]')
    await page.locator('[data-testid=detail]').focus()
    await page.keyboard.press('c')
    await page.waitForSelector('[data-testid=compare] h1')
    await page.keyboard.press('Escape')
    await page.waitForSelector('.command-line a')
    await page.locator('.command-line a').focus()
    await page.keyboard.press('Enter')
    await page.waitForSelector('#fix')
    expect(page.url()).toMatch(/#\/h\/\d+\/fix$/)
    await expect.poll(() => page.locator('#fix').evaluate((element) => element.getBoundingClientRect().top < innerHeight)).toBe(true)
    await page.keyboard.press('Escape')
    await page.locator('nav a:has-text("Compare")').focus()
    await page.keyboard.press('Enter')
    await page.waitForSelector('[data-testid=pick] .pairs a')
  })

  it('open menus, dialogs, popups, the slider and every sample are accessible, without overflow', async () => {
    const context = await browser.newContext({ bypassCSP: true, reducedMotion: 'reduce' })
    const other = patiently(await context.newPage())
    await other.goto(server.url)
    await other.waitForSelector(LIVE, { state: 'attached' })
    await other.addScriptTag({ content: AXE })
    const ids = await Promise.all(SAMPLE.map(idOf))
    const found: unknown[] = []
    const look = async (name: string, at: number): Promise<void> => {
      const [colorScheme, width] = LOOKS[at % LOOKS.length] ?? LOOKS[0]
      await other.emulateMedia({ colorScheme })
      await other.setViewportSize({ width, height: 800 })
      const broken = await other.evaluate('axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))')
      const wide = await other.evaluate(() => document.documentElement.scrollWidth)
      if (JSON.stringify(broken) !== '[]' || wide > width) found.push([name, colorScheme, width, wide, broken])
    }
    const tabs = ['negotiation', 'certificates', 'bytes', 'http', 'events']
    for (const [at, id] of ids.entries()) {
      await openOn(other, `/h/${id}/${tabs[at % tabs.length]}`)
      await other.waitForSelector('[data-testid=stage]')
      await look(SAMPLE[at] ?? '', at)
    }
    await openOn(other, `/h/${ids[SAMPLE.indexOf('cert-name-mismatch')]}/certificates`)
    for (const [at, opener] of ['[data-testid=export]', '[data-testid=look]', '[data-testid=another-time]'].entries()) {
      await other.click(opener)
      await look(opener, at)
      await other.keyboard.press('Escape')
    }
    await openOn(other, '/')
    await other.setViewportSize({ width: 1440, height: 800 })
    await other.keyboard.press('?')
    await other.waitForSelector('dialog[open]')
    await look('help', 2)
    await other.keyboard.press('Escape')
    await other.fill('#filter', '')
    await other.locator('#filter').pressSequentially('cause:')
    await other.waitForSelector('[role=option]')
    await look('completions', 1)
    await other.fill('#filter', 'host:(')
    await other.waitForSelector('#filter-error')
    await look('filter error', 0)
    await other.fill('#filter', 'host:nothing-at-all.example')
    await other.waitForSelector('.nothing')
    await look('nothing', 3)
    for (const [at, route] of ['/cmp', '/h/999999', '/cmp/999998/999999'].entries()) {
      await openOn(other, route)
      await other.waitForSelector(route === '/cmp' ? '[data-testid=pick]' : '[data-testid=failure]')
      await look(route, at)
    }
    expect(found).toEqual([])
    await context.close()
  })

  it('nothing of it broke the security policy, failed, or left the origin', () => {
    expect(complaints.filter((text) => !/404/.test(text))).toEqual([])
    expect([...origins]).toEqual([new URL(server.url).origin])
  })
})

describe('every cause, in one file', () => {
  it('is drawn without an error, wide and at 360 pixels, asks nothing, and is small', async () => {
    const folder = join(home, 'every')
    const causes = Object.entries(ROWS)
    fill(folder, causes)
    const file = join(home, 'every.html')
    const { exitCode, stderr } = await runCommand(whytls('report', '--run', '1', '--html', '-o', file), {
      env: { ...pageEnvironment(home), WHYTLS_HOME: folder },
      cwd: home,
    })
    expect([exitCode, stderr]).toEqual([0, expect.any(String)])
    const { size } = await stat(file)
    expect(size).toBeLessThan(200_000 + MORE_HANDSHAKES * 25_000)
    const other = patiently(await browser.newPage({ viewport: { width: 360, height: 800 } }))
    const heard: string[] = []
    const asked: string[] = []
    other.on('request', (request) => asked.push(request.url()))
    other.on('console', (message) => heard.push(message.text()))
    other.on('pageerror', (error) => heard.push(String(error)))
    const address = pathToFileURL(file).href
    await other.goto(address)
    await other.waitForSelector('[data-testid=count]:has-text("500 of 500")')
    const broken: unknown[] = []
    for (const [at, [cause]] of causes.entries()) {
      const shown = await other.evaluate(
        async (route) => {
          location.hash = route
          const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
          await frame()
          await frame()
          const { documentElement } = document
          const title = document.querySelector('#diagnosis-title')?.textContent ?? ''
          return {
            cause: document.querySelector('[data-testid=detail] [data-testid=cause]')?.textContent,
            title,
            wide: documentElement.scrollWidth,
          }
        },
        `/h/${at + 1}`,
      )
      const wanted = ROWS[cause as keyof typeof ROWS] // an entry of the same table
      const code = 'code' in wanted ? wanted.code : cause
      if (shown.cause !== code || shown.title !== wanted.title || shown.wide !== 360) broken.push({ wanted: cause, ...shown })
    }
    expect(broken).toEqual([])
    await other.setViewportSize({ width: 1440, height: 900 })
    for (const [key, sign] of [
      ['1', '.negotiation'],
      ['2', '[data-testid=certificate]'],
      ['3', '.hex'],
      ['4', '[data-testid=exchange]'],
      ['5', '.events'],
    ] as const) {
      await other.keyboard.press(key)
      await other.waitForSelector(sign)
    }
    await openOn(other, '/')
    await other.fill('#filter', 'cause:cert-expired')
    await other.waitForSelector('[data-testid=count]:text-matches("^1 of 500")')
    expect(asked).toEqual([address])
    expect(heard).toEqual([])
    await other.close()
  })
})

const MORE_HANDSHAKES = 500

/** One handshake of each cause, numbered from 1, and as many more as make 500. */
function fill(folder: string, causes: readonly (readonly [string, (typeof ROWS)[keyof typeof ROWS]])[]): void {
  const store = openStore({ folder })
  const runId = store.startRun({ argv: ['go', 'mod', 'download'], startedAt: '2026-11-22T12:00:00.000Z', go: null })
  for (const [cause, { seen }] of causes) {
    const draft = toDraft(diagnose(seen), seen)
    store.put(fullDraft(cause, { runId, findings: draft === undefined ? [] : [draft] }))
    store.flush()
  }
  for (let at = causes.length; at < MORE_HANDSHAKES; at++)
    store.put(fullDraft(`more${at}`, { runId, findings: [finding('unknown-authority')] }))
  store.flush()
  store.close()
}

/** Run the real go against a case, through whytls, into the one database. */
function fail(name: (typeof SAMPLE)[number]): Promise<void> {
  return withOrigin(LAB_CASES[name], download)
}

/** The same, and the case stays up until it is let go. */
function holdUp(name: (typeof SAMPLE)[number], until: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const world = withOrigin(LAB_CASES[name], async (origin) => {
      await download(origin)
      const { SSL_CERT_FILE = '', SSL_CERT_DIR = '' } = origin.env
      if (name === 'client-clock-wrong') roots = { SSL_CERT_FILE, SSL_CERT_DIR }
      resolve()
      await until
    })
    worlds.push(world.catch(reject))
  })
}

async function download(origin: LabOrigin): Promise<void> {
  await inFreshFolder(async (folder) => {
    const [toolchain] = listToolchains()
    if (toolchain === undefined) throw new Error('there is no toolchain')
    const env = { ...(await freshEnvironment(toolchain, origin, folder)), WHYTLS_HOME: join(home, 'whytls') }
    await runCommand(whytls('run', '--', 'go', 'mod', 'download', origin.module), { env, cwd: origin.cwd ?? folder })
  })
}

/** The failed handshake with this cause. */
async function idOf(cause: string): Promise<number> {
  rows ??= listRows()
  const row = (await rows).find((one) => one.cause === cause && one.probeOf === null)
  if (row === undefined) throw new Error(`no handshake has the cause ${cause}`)
  return row.id
}

interface Listed {
  readonly id: number
  readonly cause: string | null
  readonly probeOf: number | null
}

let rows: Promise<readonly Listed[]> | undefined

async function listRows(): Promise<readonly Listed[]> {
  const { stdout } = await runCommand(whytls('ls', '--json', '--limit', '200'), { env: pageEnvironment(home), cwd: home })
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Listed) // a line of the documented output
}

async function show(id: number): Promise<Document> {
  const { stdout } = await runCommand(whytls('show', String(id), '--json'), { env: pageEnvironment(home), cwd: home })
  return JSON.parse(stdout) as Document // the schema test of the contract checks this shape
}

async function watch(watched: Page): Promise<void> {
  watched.on('request', (request) => origins.add(new URL(request.url().replace(/^blob:/, '')).origin))
  watched.on('pageerror', (error) => complaints.push(String(error)))
  watched.on('console', (message) => complaints.push(message.text()))
  await watched.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => console.log(`violates ${event.violatedDirective}`))
  })
}

/** Every name and value of a JSON document. */
function listTexts(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [String(value)]
  return Object.entries(value).flatMap(([name, held]) => [name, ...listTexts(held)])
}

/** What the pane of the handshake shows, a line for each piece of text. */
function readTexts(): Promise<string> {
  return page.evaluate(() => {
    const pane = document.querySelector('[data-testid=detail]')
    const texts = document.createTreeWalker(pane ?? document.body, NodeFilter.SHOW_TEXT)
    const lines: string[] = []
    while (texts.nextNode()) lines.push(texts.currentNode.textContent ?? '')
    return lines.join('\n')
  })
}

function open(route: string): Promise<void> {
  return openOn(page, route)
}

function openOn(shown: Page, route: string): Promise<void> {
  return shown.evaluate((hash) => {
    location.hash = hash
  }, route)
}

async function save(name: string): Promise<Buffer> {
  const saved: Promise<Download> = page.waitForEvent('download')
  await page.click('[data-testid=export]')
  await page.click(`[role=menuitem]:has-text("${name}")`)
  return readFile(await (await saved).path())
}
