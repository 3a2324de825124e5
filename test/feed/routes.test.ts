import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../src/contract/document.ts'
import type { HandshakeDetail } from '../../src/feed/protocol.ts'
import type { Feed } from '../../src/feed/start.ts'
import { storeError } from '../../src/store/error.ts'
import { openMemoryStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { finding, fullDraft, plainDraft } from '../store/draft.ts'
import { ask, startTestFeed } from './page.ts'

describe('the API', () => {
  let store: Store
  let feed: Feed
  beforeEach(async () => {
    store = openMemoryStore()
    feed = await startTestFeed(store)
  })
  afterEach(() => feed.close())

  it('lists rows newest first and pages backwards from a row', async () => {
    for (const key of ['a', 'b', 'c']) store.put(plainDraft(key))
    const first = JSON.parse((await ask(feed, '/api/v1/handshakes?limit=2')).text)
    expect(first).toMatchObject({ seq: store.seq(), rows: [{ id: 3 }, { id: 2 }] })
    expect(JSON.parse((await ask(feed, '/api/v1/handshakes?limit=2&before=2')).text).rows).toMatchObject([{ id: 1 }])
  })

  it('explains a pasted error, for requests that bear the mark of our page', async () => {
    const body = 'Get "https://mods.example/x": Proxy Authentication Required'
    const headers = { 'x-whytls': '1' }
    const answer = await ask(feed, '/api/v1/explain', { method: 'POST', headers, body })
    expect(JSON.parse(answer.text)).toMatchObject({
      explanations: [{ host: 'mods.example', candidates: [{ cause: 'proxy-auth-required' }] }],
    })
    expect((await ask(feed, '/api/v1/explain', { method: 'POST', body })).status).toBe(403)
    expect(JSON.parse((await ask(feed, '/api/v1/explain', { method: 'POST', headers, body: 'x'.repeat(3 << 20) })).text)).toEqual({
      explanations: [],
    })
  })

  it('filters, and says where a filter cannot be read', async () => {
    store.put(fullDraft('a'))
    store.put(plainDraft('b'))
    expect(JSON.parse((await ask(feed, '/api/v1/handshakes?q=status:failed')).text).rows).toHaveLength(1)
    const bad = await ask(feed, '/api/v1/handshakes?q=a%20stage:x')
    expect([bad.status, bad.headers['content-type']]).toEqual([400, 'application/problem+json; charset=utf-8'])
    expect(JSON.parse(bad.text)).toMatchObject({ code: 'filter', detail: expect.stringMatching(/^at 8: stage: is one of dns,/) })
  })

  it('gives the detail of a handshake with its diagnosis, run and attempts', async () => {
    const runId = store.startRun({ argv: ['go'], startedAt: '2026-11-22T12:00:00.000Z', go: null })
    for (const key of ['a', 'b']) store.put(plainDraft(key, { runId, outcome: 'failed', findings: [finding('cert-expired')] }))
    const detail: HandshakeDetail = JSON.parse((await ask(feed, '/api/v1/handshakes/2')).text)
    expect(detail).toEqual({ handshake: store.handshake(2), diagnosis: store.diagnoses({})[0], run: store.run(runId), attempts: [1, 2] })
  })

  it('answers 304 while a detail is unchanged, and anew when its diagnosis grew', async () => {
    const runId = store.startRun({ argv: ['go'], startedAt: '2026-11-22T12:00:00.000Z', go: null })
    store.put(plainDraft('a', { runId, findings: [finding('cert-expired')] }))
    const tag = String((await ask(feed, '/api/v1/handshakes/1')).headers['etag'])
    const again = () => ask(feed, '/api/v1/handshakes/1', { headers: { 'if-none-match': tag } })
    expect(await again()).toMatchObject({ status: 304, text: '' })
    store.put(plainDraft('b', { runId, findings: [finding('cert-expired')] }))
    expect((await again()).status).toBe(200)
  })

  it('compares two handshakes, and says when one is missing', async () => {
    for (const key of ['a', 'b']) store.put(fullDraft(key))
    const answer = await ask(feed, '/api/v1/compare?a=1&b=2')
    expect(JSON.parse(answer.text)).toMatchObject({ title: expect.stringContaining('No input differs.'), a: { id: 1 }, b: { id: 2 } })
    expect((await ask(feed, '/api/v1/compare?a=1&b=9')).status).toBe(404)
    expect((await ask(feed, '/api/v1/compare?a=1')).status).toBe(400)
  })

  it('gives messages with their octets in base64 and every field, and null where they were only inferred', async () => {
    store.put(fullDraft('a'))
    const { messages } = JSON.parse((await ask(feed, '/api/v1/handshakes/1/messages')).text)
    expect(messages).toMatchObject([
      {
        name: 'ClientHello',
        octets: Buffer.from([1, 0, 0, 3, 7, 8, 9]).toString('base64'),
        fields: [{ name: 'msg_type', text: 'ClientHello (1)' }, { name: 'length' }, { name: 'legacy_version' }, {}],
      },
      { name: 'Finished', octets: null, fields: [] },
    ])
  })

  it('hands out the chain as PEM and the handshake as a document of the contract, to be saved', async () => {
    store.put(fullDraft('a'))
    const pem = await ask(feed, '/api/v1/handshakes/1/chain.pem')
    expect(pem.headers['content-disposition']).toBe('attachment; filename="whytls-1-chain.pem"')
    expect(pem.text.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
    expect(pem.text).toContain(store.handshake(1)?.certificates?.chain[0]?.der)
    const document: Document = JSON.parse((await ask(feed, '/api/v1/handshakes/1/export.json')).text)
    expect(document).toMatchObject({ schema: 'whytls/1', run: null, handshakes: [store.handshake(1)], diagnoses: store.diagnoses({}) })
  })

  it('gives runs, and one run with its diagnoses', async () => {
    const runId = store.startRun({ argv: ['go'], startedAt: '2026-11-22T12:00:00.000Z', go: null })
    store.put(plainDraft('a', { runId, findings: [finding('cert-expired')] }))
    expect(JSON.parse((await ask(feed, '/api/v1/runs')).text)).toEqual({ runs: store.runs(9) })
    expect(JSON.parse((await ask(feed, `/api/v1/runs/${runId}`)).text)).toEqual({
      run: store.run(runId),
      warnings: [],
      diagnoses: store.diagnoses({ runId }),
      handshakes: [1],
    })
  })

  it.each([
    '/api/v1/handshakes/7',
    '/api/v1/handshakes/x',
    '/api/v1/runs/1',
    '/api/v1/nothing',
    '/api/v1/handshakes/1/../../x',
    '/etc/passwd',
  ])('knows nothing at %s', async (path) => {
    const answer = await ask(feed, path)
    expect(answer.status).toBe(404)
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'not-found', hint: expect.any(String) })
  })

  it('tells a refusal of the database in words', async () => {
    const broken: Store = Object.assign(openMemoryStore(), {
      rows() {
        throw storeError('corrupt', 'whytls.db')
      },
    })
    const other = await startTestFeed(broken)
    const answer = await ask(other, '/api/v1/handshakes')
    await other.close()
    expect(answer.status).toBe(503)
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'store-corrupt', hint: expect.stringContaining('WHYTLS_HOME') })
  })

  it('refuses to probe what was imported from a capture', async () => {
    store.put(plainDraft('a', { imported: 'trace.pcapng' }))
    const asked: number[] = []
    const other = await startTestFeed(store, { startProbe: async ({ id }) => ({ job: asked.push(id) }) })
    for (const kind of ['probe', 'bisect']) {
      const answer = await ask(other, `/api/v1/handshakes/1/${kind}`, { method: 'POST', headers: { 'x-whytls': '1' } })
      expect(answer.status).toBe(409)
      expect(JSON.parse(answer.text)).toMatchObject({ code: 'imported' })
    }
    expect(asked).toEqual([])
    await other.close()
  })

  it.each([
    ['export.json', 'application/json; charset=utf-8', '"schema": "whytls/1"'],
    ['export.har', 'application/json; charset=utf-8', '"version": "1.2"'],
    ['export.pcapng', 'application/x-pcapng', 'whytls'],
    ['chain.pem', 'application/x-pem-file', '-----BEGIN CERTIFICATE-----'],
    ['report.md', 'text/markdown; charset=utf-8', '### whytls: '],
  ])('saves a handshake as %s', async (name, type, part) => {
    store.put(fullDraft('a'))
    const answer = await ask(feed, `/api/v1/handshakes/1/${name}`)
    expect([answer.status, answer.headers['content-type']]).toEqual([200, type])
    expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="whytls-1[-a-z]*\.[a-z]+"$/)
    expect(answer.text).toContain(part)
  })

  it('tells the verdict at another time, and what is no time', async () => {
    store.put(fullDraft('a'))
    const verified = { ok: true, goText: '', byGoVersion: {}, roots: '1 root', at: '2027-01-01T00:00:00.000Z' }
    const asked: unknown[] = []
    const judgeAt = (of: unknown, at: Date) => {
      asked.push([of, at.toISOString()])
      return { verified, agrees: true }
    }
    const other = await startTestFeed(store, { judgeAt })
    const answer = await ask(other, '/api/v1/handshakes/1/verdict?at=2027-01-01T00:00:00Z')
    expect(JSON.parse(answer.text)).toEqual({ verified, agrees: true })
    expect(asked).toEqual([[store.handshake(1), verified.at]])
    expect((await ask(other, '/api/v1/handshakes/1/verdict?at=soon')).status).toBe(400)
    await other.close()
    expect((await ask(feed, '/api/v1/handshakes/1/verdict?at=2027-01-01')).status).toBe(501)
  })

  it.each(['busy', 'not-gos', 'unreadable'] as const)('says why a probe was not started: %s', async (refusal) => {
    store.put(plainDraft('a'))
    const other = await startTestFeed(store, { startProbe: async () => refusal })
    const answer = await ask(other, '/api/v1/handshakes/1/bisect', { method: 'POST', headers: { 'x-whytls': '1' } })
    await other.close()
    expect([answer.status, JSON.parse(answer.text).hint.length > 10]).toEqual([409, true])
  })

  it('stops a probe, and says whether there was one, for a request that carries our header', async () => {
    store.put(plainDraft('a'))
    const other = await startTestFeed(store, { startProbe: async () => 'busy', stopProbe: ({ id }) => id === 1 })
    const stop = (headers: Record<string, string>) => ask(other, '/api/v1/handshakes/1/stop', { method: 'POST', headers })
    expect((await stop({})).status).toBe(403)
    expect(await stop({ 'x-whytls': '1' })).toMatchObject({ status: 200, text: '{"stopped":true}' })
    await other.close()
  })

  it('starts a probe only for a request that carries our header', async () => {
    store.put(plainDraft('a'))
    const asked: unknown[] = []
    const other = await startTestFeed(store, {
      startProbe: async ({ id }, kind) => {
        asked.push([id, kind])
        return { job: 42 }
      },
    })
    const post = (headers: Record<string, string>) => ask(other, '/api/v1/handshakes/1/probe', { method: 'POST', headers })
    expect((await post({})).status).toBe(403)
    expect((await post({ 'x-whytls': '1', origin: 'http://evil.example' })).status).toBe(403)
    expect(asked).toEqual([])
    expect(await post({ 'x-whytls': '1' })).toMatchObject({ status: 202, text: '{"job":42}' })
    expect(asked).toEqual([[1, 'probe']])
    await other.close()
    expect((await ask(feed, '/api/v1/handshakes/1/probe', { method: 'POST', headers: { 'x-whytls': '1' } })).status).toBe(501)
    expect((await ask(feed, '/api/v1/runs', { method: 'DELETE' })).headers['allow']).toBe('GET, HEAD')
  })
})
