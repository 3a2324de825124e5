// `node scripts/screenshots.mjs`: the page on failures of the lab, as small PNGs in docs/screens/ (docs/VIEWER.md shows them).
// Needs `npm run build`, go and Chromium. Everything happens on loopback, in a database of its own.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchChromium, MAIN, startServe, stopServe } from './serve.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const out = join(here, '../docs/screens')
/** In this order, so that their ids are known by their hosts. */
const CASES = [
  'ok',
  'cert-expired',
  'missing-intermediate',
  'proxy-auth-required',
  'client-clock-wrong',
  'inspection-ca-untrusted',
  'client-hello-too-large',
]
const BUDGET_BYTES = 750_000

/** name, which row by its host ("" = no row), tab, width, height, scheme, where to scroll */
const SHOTS = [
  ['list', '', '', 1200, 520, 'light', ''],
  ['detail', 'client-hello-too-large', '', 1200, 600, 'light', ''],
  ['certificates', 'inspection-ca-untrusted', 'certificates', 1024, 620, 'dark', '.chain'],
  ['bytes', 'client-hello-too-large', 'bytes', 880, 480, 'light', '#tabs'],
  ['compare', 'client-clock-wrong', 'compare', 880, 520, 'dark', ''],
  ['narrow', 'client-hello-too-large', '', 360, 700, 'dark', ''],
  ['set-up', '', '/setup', 1024, 620, 'light', ''],
]

const folder = mkdtempSync(join(tmpdir(), 'whytls-screens-'))
const env = { ...process.env, WHYTLS_HOME: folder, LC_ALL: 'C.UTF-8', SSL_CERT_FILE: '', SSL_CERT_DIR: '' }
let server
let browser
try {
  for (const name of CASES) execFileSync(process.execPath, [MAIN, 'lab', 'run', name, '--keep', '--no-page'], { env, stdio: 'ignore' })
  server = await startServe(env)
  browser = await launchChromium()
  mkdirSync(out, { recursive: true })
  for (const shot of SHOTS) await take(shot)
  const bytes = readdirSync(out).reduce((sum, name) => sum + statSync(join(out, name)).size, 0)
  console.log(`${SHOTS.length} screens, ${Math.round(bytes / 1000)} kB`)
  if (bytes > BUDGET_BYTES) throw new Error(`the screens are larger than ${BUDGET_BYTES / 1000} kB together`)
} finally {
  await browser?.close()
  if (server !== undefined) await stopServe(server)
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

async function take([name, host, tab, width, height, colorScheme, place]) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' })
  await page.goto(server.url)
  await page.waitForSelector('[data-testid=row]')
  if (host !== '') {
    const id = await page.getAttribute(`[data-testid=row]:has-text("${host}")`, 'data-id')
    await page.goto(new URL(`#/h/${id}/${tab}`, page.url()).href)
    await page.waitForSelector('[data-testid=stage]')
    if (tab === 'compare') {
      await page.click('[data-testid=compare-link]')
      await page.waitForSelector('[data-testid=compare] h1')
    }
    if (tab === 'bytes') await page.waitForSelector('.hex')
  } else if (tab !== '') {
    await page.goto(new URL(`#${tab}`, page.url()).href)
    await page.waitForSelector('[data-testid=setup]')
  }
  if (place !== '') await page.locator(place).evaluate(scrollPane)
  await page.screenshot({ path: join(out, `${name}.png`) })
  await page.close()
}

/** In the page: scroll the pane of a handshake to a part of it; the document itself never scrolls beside the list. */
function scrollPane(part) {
  const pane = part.closest('.detail')
  if (pane !== null) pane.scrollTop += part.getBoundingClientRect().top - pane.getBoundingClientRect().top
}
