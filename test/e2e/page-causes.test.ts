/** The page on every cause there is, made from the table of the diagnosis: each tab in both themes is accessible, and fits. */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { diagnose, toDraft } from '../../src/diagnosis/diagnose.ts'
import type { Observation } from '../../src/diagnosis/observation.ts'
import { openConnection } from '../../src/recorder/connection.ts'
import { draftHandshake } from '../../src/recorder/draft.ts'
import { openStore } from '../../src/store/open.ts'
import type { HandshakeDraft } from '../../src/store/store.ts'
import { ROWS } from '../diagnosis/causes.table.ts'
import { BEGAN_AT, endServer, launchChromium, patiently, type ServedPage, servePage } from './browser.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TABS = ['negotiation', 'certificates', 'bytes', 'http', 'events'] as const
const CAUSES = Object.keys(ROWS)
/** Few rows of the list, which is looked at elsewhere. */
const HEIGHT = 320

let home: string
let server: ServedPage
let browser: Browser
let page: Page
const complaints: string[] = []

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'whytls-causes-'))
  fill(join(home, 'whytls'))
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: home, GOENV: 'off', WHYTLS_HOME: join(home, 'whytls') }
  server = await servePage(env, '0')
  browser = await launchChromium()
  const context = await browser.newContext({ bypassCSP: true, reducedMotion: 'reduce', viewport: { width: 1440, height: HEIGHT } })
  page = patiently(await context.newPage())
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => complaints.push(message.text()))
  await page.goto(server.url)
  await page.waitForSelector('[data-testid=row]')
  await page.addScriptTag({ content: AXE })
})

afterAll(async () => {
  await browser?.close()
  if (server !== undefined) await endServer(server, 'SIGKILL')
  await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
})

/** On a busy machine a walk over all causes takes minutes. */
const WALK_LIMIT_MS = 300_000

describe('every cause on the page', () => {
  it(
    'is accessible and fits in each tab, beside the list and at 360 pixels',
    async () => {
      const found: unknown[] = []
      for (const [at, cause] of CAUSES.entries()) {
        const broken = await page.evaluate(walk, { id: at + 1, tabs: TABS, rules: { 'color-contrast': { enabled: false } } })
        await page.setViewportSize({ width: 360, height: HEIGHT })
        const wide = await page.evaluate(() => document.documentElement.scrollWidth)
        await page.setViewportSize({ width: 1440, height: HEIGHT })
        if (broken.length > 0 || wide > 360) found.push([cause, wide, ...broken])
      }
      expect(found).toEqual([])
    },
    WALK_LIMIT_MS,
  )

  // Contrast costs most and depends on colours alone: each cause with one of the tabs, in turn.
  it.each(['light', 'dark'] as const)(
    'has contrast in %s',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme })
      const found: unknown[] = []
      for (const [at, cause] of CAUSES.entries()) {
        const tabs = TABS.filter((_, turn) => turn === at % TABS.length)
        const broken = await page.evaluate(walk, { id: at + 1, tabs, runOnly: ['color-contrast'] })
        if (broken.length > 0) found.push([cause, ...broken])
      }
      expect(found).toEqual([])
    },
    WALK_LIMIT_MS,
  )

  it('is drawn without an error', () => {
    expect(complaints).toEqual([])
  })
})

interface Walk {
  readonly id: number
  readonly tabs: readonly string[]
  /** Options of axe. */
  readonly rules?: Readonly<Record<string, { readonly enabled: boolean }>>
  readonly runOnly?: readonly string[]
}

/** In the page: open tabs of a handshake, and say what axe finds in them, and whether the document could be scrolled. */
async function walk({ id, tabs, ...options }: Walk): Promise<readonly string[]> {
  interface Axe {
    run(
      part: string,
      options: unknown,
    ): Promise<{ readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[] }>
  }
  const { axe } = globalThis as unknown as { readonly axe: Axe } // put there by the test
  const found: string[] = []
  for (const [at, tab] of tabs.entries()) {
    location.hash = `/h/${id}/${tab}`
    const isShown = () =>
      document.querySelector(`[aria-label="Handshake ${id}"] [data-testid=stage]`) !== null &&
      document.querySelector('#tabs [role=tab][aria-selected=true]')?.textContent?.toLowerCase().startsWith(tab) === true
    while (!isShown()) await new Promise((resolve) => setTimeout(resolve, 5))
    // What stands above the tabs is the same in each: it is looked at once.
    const { violations } = await axe.run(at === 0 ? '.detail' : '#tabs', options)
    found.push(...violations.map(({ id: rule, nodes }) => `${tab}, ${rule}: ${nodes[0]?.html ?? ''}`))
    const { scrollHeight, clientHeight } = document.documentElement
    if (scrollHeight > clientHeight) found.push(`${tab}: the document is ${scrollHeight} pixels high`)
  }
  return found
}

/** One handshake of each cause, numbered from 1 in the order of the table. */
function fill(folder: string): void {
  const store = openStore({ folder })
  const runId = store.startRun({ argv: ['go', 'mod', 'download'], startedAt: '2026-11-22T12:00:00.000Z', go: null })
  for (const [cause, { seen }] of Object.entries(ROWS)) {
    store.put(draftOf(cause, seen, runId))
    store.flush()
  }
  store.close()
}

/** What the recorder would keep of a connection of which this was seen. */
function draftOf(key: string, seen: Observation, runId: number): HandshakeDraft {
  const finding = toDraft(diagnose(seen), seen)
  const { host, port } = seen.target
  const start = { key, startedAt: BEGAN_AT, host, port, clientAddress: '127.0.0.1:50122', user: null, method: 'CONNECT' } as const
  const dialed = seen.dialFailure === null ? ({ leg: 'upstream', address: '203.0.113.7', dnsMs: 2, tcpMs: 9, atMs: 11 } as const) : null
  const { dialFailure, transcript, ending, outcome, probe, judged, roots, witness, connect, route } = seen
  return draftHandshake(
    {
      ...openConnection(start, runId),
      ...{ dialFailure, transcript, ending, outcome, probe, judged, roots, witness, connect, route, dialed },
      parentTls: seen.parentTls ?? null,
      trials: seen.trials ?? [],
      interception: seen.interception ?? null,
      clientTranscript: seen.clientLeg ?? null,
      exchanges: [...(seen.exchanges ?? [])],
      closedAtMs: 120,
      findings: finding === undefined ? [] : [finding],
    },
    '1.26.8',
  )
}
