import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Feed } from '../../src/feed/start.ts'
import { loadToken, renewToken } from '../../src/feed/token.ts'
import { openMemoryStore } from '../../src/store/open.ts'
import { ask, startTestFeed, TestPage, TOKEN } from './page.ts'

describe('the gate of the page', () => {
  let feed: Feed
  beforeAll(async () => {
    feed = await startTestFeed(openMemoryStore(), { allowedHosts: ['Dev.example'] })
  })
  afterAll(() => feed.close())

  it.each(['127.0.0.1', 'localhost:9000', '[::1]:8878', 'LOCALHOST', 'dev.example:8878'])('lets the host %s in', async (host) => {
    expect((await ask(feed, '/api/v1/meta', { headers: { host } })).status).toBe(200)
  })

  it.each(['evil.example', '127.0.0.1.evil.example', 'localhost:8878@evil.example', 'evil.example:8878', 'localhost:8878, evil.example'])(
    'refuses the host %j (DNS rebinding), for the page and the API',
    async (host) => {
      expect((await ask(feed, '/api/v1/meta', { headers: { host } })).status).toBeGreaterThanOrEqual(400)
      expect((await ask(feed, '/', { headers: { host } })).status).toBeGreaterThanOrEqual(400)
    },
  )

  it.each(['', 'Bearer', 'Bearer x', `Bearer ${TOKEN}0`, `Basic ${TOKEN}`, `Bearer ${TOKEN.toUpperCase()}`])(
    'refuses the API to %j',
    async (authorization) => {
      const answer = await ask(feed, '/api/v1/meta', { headers: { authorization } })
      expect(answer.status).toBe(401)
      expect(JSON.parse(answer.text)).toMatchObject({ code: 'token-refused', hint: expect.any(String) })
      expect(answer.text).not.toContain(TOKEN)
    },
  )

  it('serves the page without a token, and refuses a token in the query', async () => {
    expect(await ask(feed, '/', { headers: { authorization: '' } })).toMatchObject({ status: 200, text: '<!doctype html>' })
    expect((await ask(feed, `/api/v1/meta?t=${TOKEN}`, { headers: { authorization: '' } })).status).toBe(401)
  })

  it.each(['/', '/api/v1/meta', '/nothing'])('sends every security header with %s', async (path) => {
    const { headers } = await ask(feed, path)
    expect(headers).toMatchObject({
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': path === '/' ? 'no-cache' : 'no-store',
    })
    expect(headers).not.toHaveProperty('access-control-allow-origin')
    expect(headers).not.toHaveProperty('set-cookie')
  })

  it.each([
    ['another origin', { origin: 'http://evil.example' }, 403],
    ['the origin of another port', { origin: 'http://127.0.0.1:1' }, 403],
    ['a foreign host', { headers: { host: 'evil.example' }, origin: 'http://evil.example' }, 403],
    ['no token', { protocols: ['whytls.v1'] }, 401],
    ['a wrong token', { protocols: ['whytls.v1', 't.nope'] }, 401],
    ['another subprotocol', { protocols: ['chat', `t.${TOKEN}`] }, 400],
  ])('refuses a websocket from %s', async (_who, how, status) => {
    expect(await new TestPage(feed, how).opened()).toBe(status)
  })

  it('never sends the token back as the chosen subprotocol', async () => {
    const page = new TestPage(feed, { protocols: [`t.${TOKEN}`, 'whytls.v1'] })
    expect(await page.opened()).toBe('open')
    expect(page.socket.protocol).toBe('whytls.v1')
    page.socket.close()
  })

  it('ends a connection that sends random octets, and lives on', async () => {
    const socket = connect(feed.port, '127.0.0.1')
    const answer = await new Promise<string>((resolve) => {
      let text = ''
      socket.on('data', (part) => {
        text += part.toString('latin1')
      })
      socket.on('close', () => resolve(text))
      socket.write(Buffer.from([0x16, 0x03, 0x01, 0, 5, 1, 2, 3, 4, 5, 13, 10, 13, 10]))
    })
    expect(answer).toMatch(/^HTTP\/1.1 400 /)
    expect((await ask(feed, '/api/v1/meta')).status).toBe(200)
  })

  it('answers a header of 1 MiB with 431', async () => {
    const answer = await ask(feed, '/', { headers: { 'x-long': 'a'.repeat(1024 * 1024) } }).catch(() => ({ status: 431 }))
    expect(answer.status).toBe(431)
    expect((await ask(feed, '/api/v1/meta')).status).toBe(200)
  })

  it('says which port is taken', async () => {
    await expect(startTestFeed(openMemoryStore(), { port: feed.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

describe('the token', () => {
  it('is made once, 128 bits, readable by its owner only, and kept', () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'whytls-token-')), 'deep')
    const token = loadToken(folder)
    expect(token).toMatch(/^[0-9a-f]{32}$/)
    expect(loadToken(folder)).toBe(token)
    expect(statSync(join(folder, 'token')).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    const fresh = renewToken(folder)
    expect(fresh).not.toBe(token)
    expect(loadToken(folder)).toBe(fresh)
    writeFileSync(join(folder, 'token'), 'damaged')
    expect(loadToken(folder)).toMatch(/^[0-9a-f]{32}$/)
    expect(readFileSync(join(folder, 'token'), 'utf8')).not.toBe('damaged')
    rmSync(folder, { recursive: true })
  })
})
