/** What strangers put into names, headers and texts stays text; what other pages ask for, they do not get. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/open.ts'
import { finding, fullDraft } from '../store/draft.ts'
import { BEGAN_AT, endServer, launchChromium, pageEnvironment, patiently, type ServedPage, servePage } from './browser.ts'

const MARKUP = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script><svg onload="window.pwned=1">'
const UNSEEN = '\u202egnp.exe\u2066\u001b[2J\u001b]0;title\u0007\u0000\u200b'
/** Right to left, marks that pile up, a flag of tag characters, an emoji of several, half a surrogate pair. */
const ODD = `\u05e9\u05dc\u05d5\u05dd \u202bcod.exe\u202ce${'\u0301\u0332\u0489'.repeat(400)} \u{1f3f4}\u{e0067}\u{e007f} \u{1f468}\u200d\u{1f469} \ud83d \u3164\u115f`
const EVIL = `${MARKUP}${UNSEEN}${ODD}"'\`\${window.pwned=1}javascript:window.pwned=1`
const LONG = `${EVIL}${'A'.repeat(65_536)}`

const ROUTES = [
  '/',
  '/?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E',
  ...['negotiation', 'certificates', 'bytes', 'http', 'events'].map((tab) => `/h/1/${tab}`),
  '/h/3',
  '/cmp',
  '/cmp/1/2',
  '/setup',
]

let home: string
let server: ServedPage
let browser: Browser
let page: Page
const complaints: string[] = []
const origins = new Set<string>()

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'whytls-hostile-'))
  fill(join(home, 'whytls'))
  server = await servePage(pageEnvironment(home), '0')
  browser = await launchChromium('--host-resolver-rules=MAP evil.example 127.0.0.1')
  page = patiently(await browser.newPage({ viewport: { width: 1440, height: 900 } }))
  page.on('request', (request) => origins.add(new URL(request.url()).origin))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => complaints.push(message.text()))
  page.on('dialog', (dialog) => complaints.push(dialog.message()))
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => console.log(`violates ${event.violatedDirective}`))
  })
  await page.goto(server.url)
  await page.waitForSelector('[data-testid=row]')
})

afterAll(async () => {
  await browser?.close()
  if (server !== undefined) await endServer(server, 'SIGKILL')
  await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
})

describe('hostile text', () => {
  it.each(ROUTES)('stays text on %s, wide and narrow', async (route) => {
    await page.evaluate((hash) => {
      location.hash = hash
    }, route)
    if (route.startsWith('/h/')) await page.waitForSelector('[data-testid=stage]')
    if (route.startsWith('/cmp/')) await page.waitForSelector('[data-testid=compare]')
    for (const width of [1440, 360]) {
      await page.setViewportSize({ width, height: 900 })
      const seen = await page.evaluate(() => ({
        pwned: 'pwned' in window,
        elements: document.querySelectorAll('img, iframe, object, embed, base, form[action], body script, [onload], [onerror]').length,
        links: [...document.querySelectorAll('a')].filter(({ href }) => !href.startsWith(`${location.origin}/#`)).length,
        styled: document.querySelectorAll('svg [onload]').length,
        text:
          document.body.textContent +
          [...document.querySelectorAll('[title], [aria-label]')]
            .map((one) => `${one.getAttribute('title')} ${one.getAttribute('aria-label')}`)
            .join(' '),
        width: document.documentElement.scrollWidth,
      }))
      expect({ ...seen, text: /[\u202a-\u202e\u2066-\u2069\u001b\u0000\u0007\u200b\u115f]|\u200d|\udb40/.test(seen.text) }).toEqual({
        pwned: false,
        elements: 0,
        links: 0,
        styled: 0,
        text: false,
        width,
      })
    }
    await page.setViewportSize({ width: 1440, height: 900 })
  })

  it('never becomes a file name, nor a command that can be copied', async () => {
    await page.evaluate(() => {
      location.hash = '/h/1'
    })
    await page.waitForSelector('[data-testid=stage]')
    await page.keyboard.press('e')
    const saved = page.waitForEvent('download')
    await page.keyboard.press('Enter')
    expect((await saved).suggestedFilename()).toBe('whytls-1.json')
    for (const command of await page.locator('[data-testid=command]').allTextContents()) expect(command).not.toContain('pwned')
  })

  it('broke no rule of the security policy, and nothing left the origin', () => {
    expect(complaints).toEqual([])
    expect([...origins].filter((origin) => origin !== 'null')).toEqual([new URL(server.url).origin])
  })
})

describe('a page of another origin', () => {
  let other: Server
  let at = ''
  beforeAll(async () => {
    other = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>other</title>'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    at = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/` : ''
  })
  afterAll(() => new Promise((resolve) => other.close(resolve)))

  it('reads nothing, starts nothing and follows nothing, even with the token', async () => {
    const stranger = patiently(await browser.newPage())
    await stranger.goto(at)
    const { origin, hash } = new URL(server.url)
    const token = hash.slice(3)
    const got = await stranger.evaluate(
      async ([target, secret]) => {
        const asked = (path: string, init: RequestInit) =>
          fetch(target + path, init).then(
            (answer) => `${answer.type} ${answer.status}`,
            () => 'failed',
          )
        const headers = { Authorization: `Bearer ${secret}`, 'X-Whytls': '1' }
        const socket = new Promise((resolve) => {
          const line = new WebSocket(`${target.replace('http', 'ws')}/api/v1/events`, ['whytls.v1', `t.${secret}`])
          line.onopen = () => resolve('open')
          line.onerror = () => resolve('failed')
        })
        return [
          await asked('/api/v1/handshakes', { headers }),
          await asked('/api/v1/handshakes', { mode: 'no-cors' }),
          await asked('/api/v1/handshakes/1/probe', { method: 'POST', headers }),
          await asked('/api/v1/explain', { method: 'POST', mode: 'no-cors', body: 'x509: certificate signed by unknown authority' }),
          await socket,
        ]
      },
      [origin, token] as const,
    )
    expect(got).toEqual(['failed', 'failed', 'failed', 'failed', 'failed'])
    await stranger.close()
  })

  it('gets nothing by a name that leads here (DNS rebinding)', async () => {
    const stranger = patiently(await browser.newPage())
    const { port, hash } = new URL(server.url)
    const answer = await stranger.goto(`http://evil.example:${port}/`)
    expect(answer?.status()).toBe(403)
    const status = await stranger.evaluate(
      async (token) => (await fetch('/api/v1/handshakes', { headers: { Authorization: `Bearer ${token}` } })).status,
      hash.slice(3),
    )
    expect(status).toBe(403)
    await stranger.close()
  })
})

/** One failing and one passing handshake that are evil in every text. */
function fill(folder: string): void {
  const store = openStore({ folder })
  const runId = store.startRun({ argv: ['go', EVIL], startedAt: '2026-11-22T12:00:00.000Z', go: { version: EVIL, env: { GOFLAGS: EVIL } } })
  for (const key of ['a', 'b']) store.put(evilDraft(key, runId))
  store.put({ ...evilDraft('c', runId), runId: null, mode: 'observe', imported: `${EVIL}/../x.pcap` })
  store.flush()
  store.endRun(runId, { durationMs: 5, exitCode: 1, signal: null, stderrTail: LONG, warnings: [{ code: 'x', host: EVIL, text: EVIL }] })
  store.close()
}

function evilDraft(key: string, runId: number) {
  const draft = fullDraft(key)
  const { clientHello, serverHello, certificates } = draft
  const found = finding('cert-expired')
  return {
    ...draft,
    startedAt: BEGAN_AT.toISOString(),
    runId,
    mode: 'intercept' as const,
    target: { host: EVIL, port: 443, address: EVIL },
    route: [{ kind: 'http-proxy' as const, address: LONG }],
    client: { address: EVIL, pid: 1, process: EVIL, roots: EVIL },
    proxyConnect: { status: 200, reason: EVIL, headers: [[EVIL, LONG]] as const, body: LONG },
    waitingFor: EVIL,
    clientHello: clientHello && { ...clientHello, serverName: LONG, alpn: [EVIL], looksLike: EVIL, ja4: EVIL },
    serverHello: serverHello && { ...serverHello, alpn: EVIL },
    certificates: certificates && {
      ...certificates,
      chain: certificates.chain.map((one) => ({
        ...one,
        subject: `CN=${LONG}`,
        issuer: `CN=${LONG}`,
        dnsNames: [EVIL, LONG],
        publicKey: EVIL,
        signatureAlgorithm: EVIL,
        extKeyUsage: [EVIL],
        nameConstraints: LONG,
        authorityKeyId: EVIL,
        aia: { caIssuers: [EVIL], ocsp: [EVIL] },
      })),
      searched: [{ path: EVIL, count: 0, problem: LONG }],
      verified: certificates.verified && {
        ...certificates.verified,
        goText: LONG,
        roots: EVIL,
        byGoVersion: { '1.21': EVIL, '1.26': LONG },
      },
    },
    alerts: draft.alerts.map((alert) => ({ ...alert, name: EVIL })),
    http: [
      {
        asks: { kind: 'zip' as const, module: EVIL, version: LONG },
        method: EVIL,
        url: `https://${EVIL}`,
        status: 500,
        durationMs: 1,
        requestHeaders: [[EVIL, EVIL]] as const,
        responseHeaders: [[EVIL, LONG]] as const,
        responseBody: LONG,
        failure: EVIL,
      },
    ],
    trials: [{ change: EVIL, wireBytes: 1, results: ['failed' as const], medianMs: null }],
    findings: [
      {
        ...found,
        title: EVIL,
        why: LONG,
        goText: { text: LONG, source: 'stderr' as const },
        evidence: [{ text: LONG, source: 'wire' as const, ref: null }],
        alsoTrue: [LONG],
        notChecked: [EVIL],
        willNotHelp: [{ setting: EVIL, because: LONG }],
      },
    ],
  }
}
