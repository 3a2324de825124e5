/** More handshakes in the database than the page holds: a filter finds them all the same, and the count says so. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { plainDraft } from '../store/draft.ts'
import { endServer, launchChromium, type ServedPage, servePage } from './browser.ts'

const ROWS = 12_000
const RARE = 'host:rare.example'

let home: string
let store: Store
let server: ServedPage
let browser: Browser
let page: Page

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'whytls-older-'))
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: home, GOENV: 'off', WHYTLS_HOME: join(home, 'whytls') }
  store = openStore({ folder: join(home, 'whytls') })
  for (let at = 0; at < ROWS; at++) put(at, at < 1_200 && at % 100 === 7 ? 'rare.example' : 'mods.example')
  store.flush()
  server = await servePage(env, '0')
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1440, height: 1200 } })
  await page.addInitScript(() => localStorage.setItem('whytls.group', 'none'))
  await page.goto(server.url)
})

afterAll(async () => {
  await browser?.close()
  if (server !== undefined) await endServer(server, 'SIGKILL')
  store?.close()
  await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
})

describe('a filter over more than the page holds', () => {
  it('finds every match of the database, in its order', async () => {
    await seeCount(/^10,000 of 12,000 handshakes$/)
    await page.fill('#filter', RARE)
    await seeCount(/^12 of 12,000 handshakes$/)
    await page.waitForSelector('[data-testid=older]', { state: 'detached' })
    expect(await readShown()).toEqual(store.rows({ limit: 100, filter: RARE }).map(({ id }) => id))
  })

  it('goes on with what comes', async () => {
    put(ROWS, 'rare.example')
    store.flush()
    await seeCount(/^13 of 12,001 handshakes$/)
  })

  it('leaves no hole in the list without it: the rest comes when one scrolls to the end', async () => {
    await page.fill('#filter', '')
    await seeCount(/^10,001 of 12,001 handshakes$/)
    await expect.poll(scrollToEnd, { timeout: 30_000 }).toMatch(/^12,001 of 12,001/)
    await expect.poll(readShown).toContain(1)
    expect((await readShown()).slice(-20)).toEqual(Array.from({ length: 20 }, (_, at) => 20 - at))
  })

  it('finds a match behind the newest 10,000 for a page that opens with it in its address', async () => {
    const other = await browser.newPage()
    await other.goto(`${server.url}`)
    await other.waitForSelector('[data-testid=row]')
    await other.goto(`${new URL('/', server.url).href}#/?q=${encodeURIComponent(`${RARE} id:<100`)}`)
    await other.waitForSelector('[data-testid=count]:text-matches("^1 of 12,001")')
    await other.close()
  })
})

function put(at: number, host: string): void {
  const startedAt = new Date(Date.UTC(2026, 10, 22) + at * 1_000).toISOString()
  store.put(plainDraft(`k${at}`, { startedAt, target: { host, port: 443, address: '203.0.113.7' } }))
  if (at % 500 === 0) store.flush()
}

async function seeCount(text: RegExp): Promise<void> {
  await expect.poll(() => page.textContent('[data-testid=count]'), { timeout: 30_000 }).toMatch(text)
}

function scrollToEnd(): Promise<string> {
  return page.evaluate(() => {
    const grid = document.querySelector('[role=grid]')
    grid?.scrollTo({ top: grid.scrollHeight })
    return document.querySelector('[data-testid=count]')?.textContent ?? ''
  })
}

/** The ids that are drawn, from top to bottom. */
function readShown(): Promise<readonly number[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('[data-testid=row]')]
      .sort((a, b) => Number.parseInt(a.style.top, 10) - Number.parseInt(b.style.top, 10))
      .map((row) => Number(row.dataset['id'])),
  )
}
