/** More handshakes in the database than the page holds: a filter finds them all the same, and the count says so. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { plainDraft } from '../store/draft.ts'
import { BEGAN_AT, closeOwnPage, LIVE, type OwnPage, openOwnPage, patiently } from './browser.ts'

const ROWS = 12_000
const RARE = 'host:rare.example'
/** One that the page holds, two that it does not. */
const FAILED: readonly number[] = [500, 1_500, 11_000]

let own: OwnPage

beforeAll(async () => {
  own = await openOwnPage((store) => {
    for (let at = 0; at < ROWS; at++) put(store, at, at < 1_200 && at % 100 === 7 ? 'rare.example' : 'mods.example')
  }, 1200)
})

afterAll(() => (own === undefined ? undefined : closeOwnPage(own)))

describe('a filter over more than the page holds', () => {
  it('finds every match of the database, in its order', async () => {
    await seeCount(/^10,000 of 12,000 handshakes$/)
    await own.page.fill('#filter', RARE)
    await seeCount(/^12 of 12,000 handshakes$/)
    await own.page.waitForSelector('[data-testid=older]', { state: 'detached' })
    expect(await readShown()).toEqual(own.store.rows({ limit: 100, filter: RARE }).map(({ id }) => id))
  })

  it('goes on with what comes', async () => {
    put(own.store, ROWS, 'rare.example')
    own.store.flush()
    await seeCount(/^13 of 12,001 handshakes$/)
  })

  it('leaves no hole in the list without it: the rest comes when one scrolls to the end', async () => {
    await own.page.fill('#filter', '')
    await seeCount(/^10,001 of 12,001 handshakes$/)
    await expect.poll(scrollToEnd).toMatch(/^12,001 of 12,001/)
    await expect.poll(readShown).toContain(1)
    expect((await readShown()).slice(-20)).toEqual(Array.from({ length: 20 }, (_, at) => 20 - at))
  })

  it('goes from failure to failure behind the newest 10,000, and the same way back', async () => {
    const other = patiently(await own.browser.newPage())
    await other.goto(own.server.url)
    await other.waitForSelector(LIVE)
    const failures = own.store.rows({ limit: 10, filter: 'status:failed' }).map(({ id }) => id)
    expect(failures).toHaveLength(3)
    const [newest, ...behind] = failures
    for (const [key, id] of [
      ['n', newest],
      ['n', behind[0]],
      ['n', behind[1]],
      ['N', behind[0]],
      ['n', behind[1]],
      ['N', behind[0]],
      ['N', newest],
    ] as const) {
      await other.keyboard.press(key)
      await expect.poll(() => other.url()).toMatch(new RegExp(`#/h/${id}$`))
      await other.waitForSelector(`[aria-label="Handshake ${id}"] #diagnosis-title`)
    }
    await other.close()
  })

  it('finds a match behind the newest 10,000 for a page that opens with it in its address', async () => {
    const other = patiently(await own.browser.newPage())
    await other.goto(own.server.url)
    await other.waitForSelector('[data-testid=row]')
    await other.goto(`${new URL('/', own.server.url).href}#/?q=${encodeURIComponent(`${RARE} id:<100`)}`)
    await other.waitForSelector('[data-testid=count]:text-matches("^1 of 12,001")')
    await other.close()
  })
})

function put(store: Store, at: number, host: string): void {
  const startedAt = new Date(BEGAN_AT.getTime() + (at - ROWS) * 1_000).toISOString()
  const outcome = FAILED.includes(at) ? 'failed' : 'passed'
  store.put(plainDraft(`k${at}`, { startedAt, outcome, target: { host, port: 443, address: '203.0.113.7' } }))
  if (at % 500 === 0) store.flush()
}

async function seeCount(text: RegExp): Promise<void> {
  await expect.poll(() => own.page.textContent('[data-testid=count]')).toMatch(text)
}

function scrollToEnd(): Promise<string> {
  return own.page.evaluate(() => {
    const grid = document.querySelector('[role=grid]')
    grid?.scrollTo({ top: grid.scrollHeight })
    return document.querySelector('[data-testid=count]')?.textContent ?? ''
  })
}

/** The ids that are drawn, from top to bottom. */
function readShown(): Promise<readonly number[]> {
  return own.page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('[data-testid=row]')]
      .sort((a, b) => Number.parseInt(a.style.top, 10) - Number.parseInt(b.style.top, 10))
      .map((row) => Number(row.dataset['id'])),
  )
}
