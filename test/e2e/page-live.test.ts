/** Whatever happens to server, tab and socket, the list ends equal to the database; and all of it can be walked by keys alone. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { finding, fullDraft, plainDraft } from '../store/draft.ts'
import { BEGAN_AT, closeOwnPage, endServer, LIVE, type OwnPage, openOwnPage, pageEnvironment, patiently, servePage } from './browser.ts'

const SCREEN_ROWS = 40
const startedAt = BEGAN_AT.toISOString()

let own: OwnPage

beforeAll(async () => {
  own = await openOwnPage((store) => {
    for (const key of ['a', 'b']) store.put(fullDraft(key, { startedAt, outcome: 'failed', findings: [finding('cert-expired')] }))
  }, 1800)
})

afterAll(() => (own === undefined ? undefined : closeOwnPage(own)))

describe('keys alone', () => {
  it('find a failure, its tabs, its export, the filter, help and the way back', async () => {
    const { page } = own
    await page.locator('[role=grid]').focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForSelector('[data-testid=stage]')
    for (const [key, name] of [
      ['1', 'Negotiation'],
      ['2', 'Certificates'],
      ['3', 'Bytes'],
      ['4', 'HTTP'],
      ['5', 'Events'],
    ] as const) {
      await page.keyboard.press(key)
      expect(await page.textContent('.tabbar [aria-selected=true]')).toContain(name)
    }
    await page.keyboard.press('e')
    await page.waitForSelector('[role=menuitem]:focus:has-text("JSON")')
    await page.keyboard.press('ArrowDown')
    await page.waitForSelector('[role=menuitem]:focus:has-text("HAR")')
    await page.keyboard.press('Escape')
    await page.waitForSelector('[data-testid=export][aria-expanded=false]:focus')
    await page.keyboard.press('?')
    await page.waitForSelector('dialog.help[open]')
    await page.keyboard.press('Escape')
    await page.waitForSelector('dialog.help:not([open])', { state: 'attached' })
    await page.keyboard.press('Escape')
    await page.keyboard.press('/')
    await page.waitForSelector('#filter:focus')
    await page.keyboard.type('stat')
    await page.waitForSelector('[role=option]:has-text("status:")')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.keyboard.type('fa')
    await page.waitForSelector('[role=option]:has-text("status:failed")')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    expect(await page.inputValue('#filter')).toBe('status:failed ')
    await page.waitForSelector('[data-testid=count]:text-matches("^2 of")')
    await page.fill('#filter', '')
    await page.keyboard.press('Escape')
    await page.keyboard.press('g')
    await page.keyboard.press('s')
    await page.waitForSelector('[data-testid=setup]')
    await page.fill('#pasted', 'Get "https://mods.example/x": Proxy Authentication Required')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.waitForSelector('[data-testid=explanation]')
    await page.locator('header').click()
    await page.keyboard.press('Escape')
    await page.waitForSelector('[role=grid]')
  })
})

describe('a link, and paper', () => {
  it('a link holds the groups that are closed', async () => {
    const other = patiently(await own.browser.newPage())
    await other.goto(own.server.url)
    const group = other.locator('.group button')
    await group.click()
    await other.waitForSelector('.group button[aria-expanded=false]')
    await expect.poll(() => other.url()).toContain('fold=')
    expect(await other.locator('[data-testid=row]').count()).toBe(0)
    const link = other.url()
    await group.click()
    await other.waitForSelector('[data-testid=row]')
    await other.goto('about:blank')
    await other.goto(link)
    await other.waitForSelector('.group button[aria-expanded=false]')
    await other.close()
  })

  it('paper gets the open handshake alone, whole, and nothing that can only be pressed', async () => {
    const other = patiently(await own.browser.newPage({ viewport: { width: 794, height: 600 }, colorScheme: 'dark' }))
    await other.goto(`${own.server.url}&/h/1/bytes`)
    await other.waitForSelector('.hex')
    await other.emulateMedia({ media: 'print' })
    for (const hidden of ['.split > .list', '.top nav', '[data-testid=live]', '[data-testid=export]', '.tabbar [aria-selected=false]'])
      expect(await other.locator(hidden).first().isVisible(), hidden).toBe(false)
    for (const shown of ['#diagnosis-title', '[data-testid=go-text]', '#evidence', '[data-testid=stage]', '.hex'])
      expect(await other.locator(shown).first().isVisible(), shown).toBe(true)
    const cut = await other.evaluate(() =>
      [...document.querySelectorAll('body, .detail, .hex, .fields')].flatMap((part) =>
        part.scrollHeight > part.clientHeight + 1 && getComputedStyle(part).overflowY !== 'visible' ? [part.className] : [],
      ),
    )
    expect(cut).toEqual([])
    expect(await other.evaluate(() => document.documentElement.scrollWidth)).toBe(794)
    await other.close()
  })
})

describe('the list ends equal to the database', () => {
  beforeAll(() =>
    own.page.evaluate(() => {
      location.hash = '/'
    }),
  )

  it('after rows came while the page watched', async () => {
    write('first', 500)
    await expectEqual()
  })

  it('after the server was killed, rows came, and it was started again', async () => {
    await endServer(own.server, 'SIGKILL')
    write('away', 700)
    await serveAgain()
    await expectEqual()
  })

  it('after the server was killed in the middle of a snapshot, and of what came behind it', async () => {
    for (const name of ['half', 'behind', 'third']) {
      await endServer(own.server, 'SIGKILL')
      if (name === 'behind') own.store.forget('all')
      write(name, 2_000)
      await serveAgain()
      await own.page.waitForSelector(LIVE)
      write(`${name}-more`, 400)
    }
    await endServer(own.server, 'SIGKILL')
    await serveAgain()
    await expectEqual()
  })

  it('after a server with other handshakes took its place and gave it back', async () => {
    const other = openStore({ folder: join(own.home, 'other') })
    write('other', 30, other)
    cpSync(join(own.home, 'whytls', 'token'), join(own.home, 'other', 'token'))
    await endServer(own.server, 'SIGKILL')
    await serveAgain('other')
    await expectEqual(other)
    await endServer(own.server, 'SIGKILL')
    await serveAgain()
    await expectEqual()
    other.close()
  })

  it('after it was given another token, in the same tab by the new link', async () => {
    await endServer(own.server, 'SIGKILL')
    await serveAgain('stranger')
    await own.page.waitForSelector('[data-testid=live][data-state=stopped][title*="no token that whytls accepts"]')
    await endServer(own.server, 'SIGKILL')
    await serveAgain()
    await own.page.evaluate((link) => {
      location.href = link
    }, own.server.url)
    await expectEqual()
    expect(own.page.url()).not.toContain('t=')
  })

  it('after the tab slept, while more came than is sent without an answer', async () => {
    const session = await own.page.context().newCDPSession(own.page)
    await session.send('Debugger.enable')
    // Stands still from its next statement on: a tab in front is not frozen by its lifecycle state.
    const isStopped = new Promise((resolve) => session.once('Debugger.paused', resolve))
    await session.send('Debugger.pause')
    write('asleep', 700)
    await isStopped
    for (let round = 0; round < 30; round++) write('deep', 400)
    await session.send('Debugger.resume')
    await session.detach()
    await expectEqual()
  })

  it('after more changes than are resumed, and after all was forgotten', async () => {
    await endServer(own.server, 'SIGKILL')
    const before = own.store.seq()
    for (let round = 0; round < 128; round++) write('again', 400)
    expect(own.store.seq() - before).toBeGreaterThan(50_000)
    await serveAgain()
    await expectEqual()
    own.store.forget('all')
    write('anew', 50)
    await expectEqual()
  })
})

/** The same keys write the same rows anew. */
function write(name: string, count: number, store: Store = own.store): void {
  for (let at = 0; at < count; at++) {
    store.put(plainDraft(`${name}${at}`, { startedAt }))
    if (at % 400 === 399) store.flush()
  }
  store.flush()
}

/** On the same port. */
async function serveAgain(folder = 'whytls'): Promise<void> {
  own.server = await servePage(pageEnvironment(own.home, folder), new URL(own.server.url).port)
}

async function expectEqual(store: Store = own.store): Promise<void> {
  const { page } = own
  const ids = store.rows({ limit: 100_000 }).map(({ id }) => id)
  await page.waitForSelector(LIVE)
  await expect.poll(() => page.textContent('[data-testid=count]')).toMatch(new RegExp(`^${ids.length.toLocaleString('en')} of`))
  expect(await readIds(ids.length)).toEqual(ids)
}

/** Every id of the list, from top to bottom. */
function readIds(count: number): Promise<readonly number[]> {
  return own.page.evaluate(
    async ([rows, step]) => {
      const grid = document.querySelector('[role=grid]')
      const seen = new Map<number, number>()
      const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
      for (let top = 0; top <= rows; top += step) {
        grid?.scrollTo({ top: top * 40 })
        await frame()
        await frame()
        for (const row of document.querySelectorAll<HTMLElement>('[data-testid=row]'))
          seen.set(Number.parseInt(row.style.top, 10), Number(row.dataset['id']))
      }
      grid?.scrollTo({ top: 0 })
      return [...seen].sort((a, b) => a[0] - b[0]).map(([, id]) => id)
    },
    [count, SCREEN_ROWS] as const,
  )
}
