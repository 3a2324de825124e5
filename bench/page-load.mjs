/**
 * `node bench/page-load.mjs [seconds] [rows before]`: an open page while 1,000 handshakes a second come into the database. Long tasks of the page as the browser
 * reports them, the delay of a key, the heap, and how far the page was behind. Writes a section of bench/RESULTS-page.md.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { launchChromium, startServe, stopServe } from '../scripts/serve.mjs'
import { findMainThread } from './main-thread.mjs'
import { draftOf, fillStore, loadStoreParts } from './page-store.mjs'
import { writeSection } from './results.mjs'

const SECONDS = Number(process.argv[2] ?? 60)
const BEFORE = Number(process.argv[3] ?? 10_000)
const PER_SECOND = 1_000
const STEP_MS = 50
const load = loadavg()[0]
const folder = mkdtempSync(join(tmpdir(), 'whytls-bench-load-'))
let server
let browser
try {
  await fillStore(folder, BEFORE)
  server = await startServe({ ...process.env, WHYTLS_HOME: folder, HTTPS_PROXY: '', https_proxy: '' })
  browser = await launchChromium()
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(server.url)
  await page.waitForSelector('[data-testid=live][data-state=live]')
  await sleep(2_000)
  const readCpu = await findMainThread(browser, page)
  const heapBefore = await readHeap(page)
  await page.evaluate(watchTasks)
  const cpuBefore = readCpu()
  const keys = []
  const written = await generate(() => keys.push(measureKey(page)))
  const cpuMs = readCpu() - cpuBefore
  const delays = await Promise.all(keys)
  const tasks = await page.evaluate(() => globalThis.longTasks)
  const endedAt = performance.now()
  const held = `${(Math.min(BEFORE, 10_000) + written).toLocaleString('en-US')} of`
  await page.waitForFunction((text) => document.querySelector('[data-testid=count]')?.textContent?.startsWith(text), held, {
    timeout: 60_000,
  })
  const behindMs = performance.now() - endedAt
  const heapMib = (await readHeap(page)) - heapBefore
  console.log(writeSection('RESULTS-page.md', '1,000 handshakes a second', compose({ written, tasks, delays, behindMs, heapMib, cpuMs })))
} finally {
  await browser?.close()
  if (server !== undefined) await stopServe(server)
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

/** Write as many rows as the time that has passed asks for, in this process; serve follows the database. */
async function generate(eachSecond) {
  const parts = await loadStoreParts()
  const store = parts.openStore({ folder })
  const startedAt = performance.now()
  let written = 0
  let seconds = 0
  while (written < SECONDS * PER_SECOND) {
    const wanted = Math.min(SECONDS * PER_SECOND, ((performance.now() - startedAt) / 1000) * PER_SECOND)
    while (written < wanted) store.put(draftOf(parts, written, `live${written++}`, new Date()))
    store.flush()
    if ((performance.now() - startedAt) / 1000 > seconds) {
      seconds += 1
      eachSecond()
    }
    await sleep(STEP_MS)
  }
  store.close()
  return written
}

function watchTasks() {
  globalThis.longTasks = []
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) globalThis.longTasks.push(duration)
  }).observe({ type: 'longtask' })
}

/** From a key to its event in the page, where nothing acts on it. */
async function measureKey(page) {
  const heard = page.evaluate(
    () =>
      new Promise((resolve) =>
        addEventListener('keydown', ({ timeStamp }) => resolve(performance.now() - timeStamp), { once: true, capture: true }),
      ),
  )
  await sleep(200)
  await page.keyboard.press('Shift')
  return heard
}

async function readHeap(page) {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return usedSize / 1024 / 1024
}

function compose({ written, tasks, delays, behindMs, heapMib, cpuMs }) {
  const sorted = [...delays].sort((a, b) => a - b)
  const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? 0
  return `Node ${process.versions.node}, Chromium headless without GPU, load before ${load.toFixed(1)} on 2 cores, which browser, server and generator share. ${SECONDS} s, ${BEFORE.toLocaleString('en-US')} rows before.

| what | figure | budget |
|---|---|---|
| handshakes written | ${written.toLocaleString('en-US')} | |
| longest task of the page | ${Math.max(0, ...tasks).toFixed(0)} ms | 100 ms |
| tasks over 100 ms, over 50 ms | ${tasks.filter((ms) => ms > 100).length}, ${tasks.length} | 0 |
| main thread | ${((cpuMs / SECONDS / 1000) * 100).toFixed(0)}% of a core | |
| delay of a key, 95% | ${p95.toFixed(0)} ms | 50 ms |
| the list is whole after | ${behindMs.toFixed(0)} ms | |
| heap | +${heapMib.toFixed(0)} MiB | 60 MiB for 60,000 rows |
`
}
