/**
 * `node bench/page.mjs [rows]`: the page with 10,000 handshakes in the database: first rows behind the open socket, filter, and the cost of scrolling
 * beside the same rows without a framework, interleaved in one run. Needs a build (dist/) and Chromium. Writes bench/RESULTS-page.md.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'

const ROWS = Number(process.argv[2] ?? 10_000)
const ROUNDS = 5
const FRAMES = 90
const here = import.meta.dirname
const folder = mkdtempSync(join(tmpdir(), 'whytls-bench-page-'))
const env = { ...process.env, WHYTLS_HOME: folder, HTTPS_PROXY: '', https_proxy: '' }
let server
let browser
try {
  await fillStore()
  server = await startServer()
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run'],
  })
  const first = []
  for (let round = 0; round < ROUNDS; round += 1) first.push(await measureFirstRows())
  const page = await openPage()
  const filter = await measureFilter(page)
  const bare = await openBareList()
  const scrolls = []
  for (let round = 0; round < ROUNDS; round += 1) scrolls.push([await measureScroll(page, '.grid'), await measureScroll(bare, '#list')])
  const drawn = await page.locator('[data-testid=row]').count()
  const text = compose({ first, filter, scrolls, drawn })
  writeFileSync(join(here, 'RESULTS-page.md'), text)
  console.log(text)
} finally {
  await browser?.close()
  server?.child.kill('SIGINT')
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

/** Rows of failing and passing handshakes, as tests make them. */
async function fillStore() {
  const outfile = join(here, `../.dev/bench-page-${process.pid}.mjs`)
  const contents = `export { openStore } from './src/store/open.ts'\nexport { fullDraft, plainDraft, finding } from './test/store/draft.ts'`
  await build({
    stdin: { contents, resolveDir: join(here, '..') },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
    packages: 'external',
    logLevel: 'warning',
  })
  const { openStore, fullDraft, plainDraft, finding } = await import(pathToFileURL(outfile).href)
  rmSync(outfile)
  const store = openStore({ folder })
  for (let n = 0; n < ROWS; n += 1) {
    const startedAt = new Date(Date.UTC(2026, 10, 22, 8) + n * 500).toISOString()
    const target = { host: `mods${n % 97}.example`, port: 443, address: '203.0.113.7' }
    const draft =
      n % 5 === 0
        ? fullDraft(`k${n}`, { startedAt, target, findings: [finding('cert-expired')] })
        : plainDraft(`k${n}`, { startedAt, target })
    store.put(draft)
    if (n % 500 === 0) store.flush()
  }
  store.flush()
  store.close()
}

function startServer() {
  const child = spawn(process.execPath, [join(here, '../dist/cli/main.js'), 'serve', '--port', '0', '--page-port', '0', '--no-open'], {
    env,
  })
  let printed = ''
  return new Promise((resolve, reject) => {
    child.once('close', () => reject(new Error(printed)))
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        printed += text
        const url = /Page\s+(http\S+)/.exec(printed)?.[1]
        if (url !== undefined) resolve({ child, url })
      })
    }
  })
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
  return page
}

async function measureFirstRows() {
  const page = await openPage()
  const { open, row } = await page.evaluate(() => globalThis.marks)
  await page.close()
  return row - open
}

/** From the new filter to the frame that shows its count. */
async function measureFilter(page) {
  await page.waitForFunction(
    (rows) => document.querySelector('[data-testid=count]')?.textContent?.includes(rows),
    ROWS.toLocaleString('en-US'),
  )
  const times = []
  for (const q of ['host:mods7.example', 'status:failed', 'cert', '-status:failed host:mods1*', '']) {
    times.push(
      await page.evaluate(
        (hash) =>
          new Promise((resolve) => {
            const started = performance.now()
            addEventListener('hashchange', () => setTimeout(() => resolve(performance.now() - started)), { once: true })
            location.hash = hash
          }),
        `#/?q=${encodeURIComponent(q)}`,
      ),
    )
  }
  return times
}

/** The same rows without a framework: copies of one row of the page, in its own style sheet, reused in a ring, their texts set anew. */
async function openBareList() {
  const page = await openPage()
  await page.evaluate((rows) => {
    const model = document.querySelector('[data-testid=row]')
    const list = document.createElement('div')
    list.id = 'list'
    list.className = 'grid'
    const lines = list.appendChild(document.createElement('div'))
    lines.className = 'lines'
    lines.style.height = `${rows * 40}px`
    const ring = Array.from({ length: 40 }, () => lines.appendChild(model.cloneNode(true)))
    document.querySelector('.grid').replaceWith(list)
    const draw = () => {
      const from = Math.max(0, Math.floor(list.scrollTop / 40) - 8)
      for (let at = from; at < from + 34; at += 1) {
        const line = ring[at % 40]
        line.style.top = `${at * 40}px`
        line.querySelector('.c-time').textContent = `13:47:${at % 60}`
        line.querySelector('.host').textContent = `mods${at % 97}.example`
        line.querySelector('.c-why').textContent = `why ${at}`
        line.querySelector('.c-took').textContent = `${at} ms`
      }
    }
    list.addEventListener('scroll', draw, { passive: true })
    draw()
  }, ROWS)
  return page
}

/** Main-thread task time of one frame, in ms. */
async function measureScroll(page, selector) {
  await page.bringToFront()
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const taskTime = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'TaskDuration').value * 1000
  }
  const before = await taskTime()
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
  const spent = (await taskTime()) - before
  await session.detach()
  return spent / FRAMES
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
}

function compose({ first, filter, scrolls, drawn }) {
  const ours = median(scrolls.map(([own]) => own))
  const bare = median(scrolls.map(([, other]) => other))
  const sizes = ['page.js', 'page.css'].map((name) => readFileSync(join(here, '../dist/web', name)).length)
  return `# The page with ${ROWS.toLocaleString('en-US')} handshakes

Node ${process.versions.node}, Chromium headless without GPU, load before ${loadavg()[0].toFixed(1)} on 2 cores. Medians of ${ROUNDS} interleaved rounds.

| what | figure | budget |
|---|---|---|
| first rows behind the open socket | ${median(first).toFixed(0)} ms (best ${Math.min(...first).toFixed(0)}) | 300 ms |
| filter, from the key to the drawn list | ${median(filter).toFixed(0)} ms (worst ${Math.max(...filter).toFixed(0)}) | 30 ms |
| rows in the DOM | ${drawn} | 60 |
| main-thread task of a scroll frame | ${ours.toFixed(1)} ms | |
| the same rows without a framework | ${bare.toFixed(1)} ms | |
| ratio | ${(ours / bare).toFixed(2)} | 1.3 |
| JavaScript and CSS, before gzip | ${sizes.map((size) => (size / 1024).toFixed(0)).join(' + ')} KiB | |
`
}
