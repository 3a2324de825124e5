/**
 * `node bench/page.mjs [rows]`: the page with 10,000 handshakes in the database: first rows behind the open socket, each key of a filter, and the cost
 * of scrolling, beside the same rows without a framework, interleaved in one run. Needs a build (dist/) and Chromium. Writes bench/RESULTS-page.md.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { launchChromium, startServe, stopServe } from '../scripts/serve.mjs'
import { layBareList } from './bare-list.mjs'
import { findMainThread } from './main-thread.mjs'
import { fillStore } from './page-store.mjs'
import { writeSection } from './results.mjs'

const ROWS = Number(process.argv[2] ?? 10_000)
const ROUNDS = 5
const FRAMES = 90
/** Of more rows the page holds the newest. */
const HELD = 10_000
/** Typed key by key; the box is cleared after each. */
const FILTERS = ['mods7', 'status:failed', 'cert-ex']
const here = import.meta.dirname
const load = loadavg()[0]
const folder = mkdtempSync(join(tmpdir(), 'whytls-bench-page-'))
let server
let browser
try {
  const rows = await fillStore(folder, ROWS)
  server = await startServe({ ...process.env, WHYTLS_HOME: folder, HTTPS_PROXY: '', https_proxy: '' })
  browser = await launchChromium()
  const first = []
  for (let round = 0; round < ROUNDS; round += 1) first.push(await measureFirstRows())
  const own = await openPage()
  await waitForRows(own.page)
  const bare = await openPage()
  await layBareList(bare.page, rows)
  await waitForRows(own.page)
  const scrolls = []
  const keys = { own: [], bare: [] }
  for (let round = 0; round < ROUNDS; round += 1) {
    scrolls.push([await measureScroll(own, '.grid'), await measureScroll(bare, '#list')])
    keys.own.push(...(await measureKeys(own)))
    keys.bare.push(...(await measureKeys(bare)))
  }
  await own.page.evaluate(() => document.querySelector('.grid').scrollTo({ top: 40_000 }))
  await own.page.waitForSelector('[aria-rowindex="1002"]')
  const drawn = await own.page.locator('.line').count()
  const older = ROWS > HELD ? await measureOlder(own.page) : []
  const title = `The page with ${ROWS.toLocaleString('en-US')} handshakes`
  console.log(writeSection('RESULTS-page.md', title, compose({ first, keys, scrolls, drawn, older })))
} finally {
  await browser?.close()
  if (server !== undefined) await stopServe(server)
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

async function openPage() {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.addInitScript(() => {
    const Native = WebSocket
    globalThis.marks = {}
    globalThis.WebSocket = class extends Native {
      constructor(...parts) {
        super(...parts)
        this.addEventListener('open', () => (globalThis.marks.open ??= performance.now()))
      }
    }
    new MutationObserver(() => {
      if (document.querySelector('[data-testid=row]') !== null) globalThis.marks.row ??= performance.now()
    }).observe(document, { childList: true, subtree: true })
  })
  await page.goto(server.url)
  await page.waitForSelector('[data-testid=row]')
  return { page, readCpu: await findMainThread(browser, page) }
}

async function measureFirstRows() {
  const { page } = await openPage()
  const { open, row } = await page.evaluate(() => globalThis.marks)
  await page.close()
  return row - open
}

async function waitForRows(page) {
  const held = Math.min(ROWS, HELD).toLocaleString('en-US')
  await page.waitForFunction((text) => document.querySelector('[data-testid=count]')?.textContent?.includes(text), held)
}

/** Real keys, each from its event to the frame that shows its rows: by the clock, and CPU of the main thread. */
async function measureKeys({ page, readCpu }) {
  await page.bringToFront()
  await page.locator('#filter').focus()
  const keys = []
  for (const text of FILTERS) {
    for (const key of text) {
      await page.evaluate(listenToKey)
      const before = readCpu()
      await page.keyboard.press(key)
      const ms = await page.evaluate(() => globalThis.painted)
      keys.push({ ms, cpu: readCpu() - before })
    }
    await page.fill('#filter', '')
  }
  return keys
}

/** In the page. A message behind the next animation frame comes when that frame has been painted. */
function listenToKey() {
  globalThis.painted = new Promise((resolve) => {
    const heard = ({ timeStamp }) => {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => resolve(performance.now() - timeStamp)
        port2.postMessage(0)
      })
    }
    addEventListener('keydown', heard, { once: true, capture: true })
  })
}

/** CPU of the main thread for one frame, in ms. */
async function measureScroll({ page, readCpu }, selector) {
  await page.bringToFront()
  const before = readCpu()
  await page.evaluate(
    ([where, frames]) =>
      new Promise((resolve) => {
        const element = document.querySelector(where)
        let frame = 0
        const step = () => {
          element.scrollTop = (frame * 487) % (element.scrollHeight - element.clientHeight)
          frame += 1
          if (frame > frames) resolve(undefined)
          else requestAnimationFrame(step)
        }
        requestAnimationFrame(step)
      }),
    [selector, FRAMES],
  )
  const spent = readCpu() - before
  await page.evaluate((where) => document.querySelector(where).scrollTo({ top: 0 }), selector)
  return spent / FRAMES
}

/** From the last change of a filter until every match of the database is listed: those of the oldest thousand, which the page does not hold. */
async function measureOlder(page) {
  const times = []
  for (let round = 0; round < ROUNDS; round += 1) {
    await page.fill('#filter', '')
    await page.waitForSelector('[data-testid=older] button')
    const began = performance.now()
    await page.fill('#filter', `mods${round} id:<1000`)
    await page.waitForSelector('[data-testid=older]', { state: 'detached' })
    await page.waitForSelector('[data-testid=row]')
    times.push(performance.now() - began)
  }
  return times
}

function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]
}

function compose({ first, keys, scrolls, drawn, older }) {
  const median = (values) => quantile(values, 0.5)
  const [ours, bare] = [0, 1].map((side) => median(scrolls.map((pair) => pair[side])))
  const of = (side, what) => keys[side].map((key) => key[what])
  const sizes = ['page.js', 'page.css'].map((name) => readFileSync(join(here, '../dist/web', name)).length)
  const keyRow = (what, unit) =>
    `${median(of('own', what)).toFixed(1)} ${unit} (best ${quantile(of('own', what), 0).toFixed(1)}, 95% ${quantile(of('own', what), 0.95).toFixed(1)})`
  const olderRow =
    older.length === 0
      ? ''
      : `| matches that only the database has are listed after | ${median(older).toFixed(0)} ms (200 of them waiting for more keys) | |\n`
  return `Node ${process.versions.node}, Chromium headless without GPU, load before ${load.toFixed(1)} on 2 cores. Medians of ${ROUNDS} interleaved rounds.

| what | figure | budget |
|---|---|---|
| first rows behind the open socket | ${median(first).toFixed(0)} ms (best ${Math.min(...first).toFixed(0)}) | 300 ms |
| filter, from each key to the painted list | ${keyRow('ms', 'ms')} | 30 ms |
| the same on a bare list | ${median(of('bare', 'ms')).toFixed(1)} ms | |
| filter, main thread for each key | ${keyRow('cpu', 'ms CPU')} | |
| the same on a bare list | ${median(of('bare', 'cpu')).toFixed(1)} ms CPU | |
| ratio | ${(median(of('own', 'cpu')) / median(of('bare', 'cpu'))).toFixed(2)} | |
${olderRow}| rows in the DOM | ${drawn} | 60 |
| scroll, main thread for each frame | ${ours.toFixed(1)} ms CPU | |
| the same rows without a framework | ${bare.toFixed(1)} ms CPU | |
| ratio | ${(ours / bare).toFixed(2)} | 1.3 |
| JavaScript and CSS, before gzip | ${sizes.map((size) => (size / 1024).toFixed(0)).join(' + ')} KiB | |
`
}
