import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Feed } from '../../src/feed/start.ts'
import { openMemoryStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { fullDraft, plainDraft } from '../store/draft.ts'
import { startTestFeed, TestPage } from './page.ts'

const TIMES = { deltaMs: 5, pingMs: 20, silenceMs: 60_000, helloMs: 60_000 }

describe('the websocket', () => {
  let store: Store
  let feed: Feed
  beforeEach(async () => {
    store = openMemoryStore()
    feed = await startTestFeed(store, { times: TIMES })
  })
  afterEach(() => feed.close())

  it('welcomes a new page with the newest rows, then sends what changes', async () => {
    store.put(plainDraft('a'))
    const runId = store.startRun({ argv: ['go'], startedAt: '2026-11-22T12:00:00.000Z', go: null })
    const page = new TestPage(feed)
    const snapshot = await page.fill()
    expect(page.received[0]).toEqual({ t: 'welcome', epoch: store.epoch(), seq: store.seq(), resume: false, total: 1 })
    expect(snapshot).toMatchObject({ part: 0, of: 1, seq: store.seq(), rows: [{ id: 1 }], runs: [{ id: runId }] })
    const from = store.seq()
    store.put(plainDraft('b', { runId }))
    store.put(plainDraft('a', { outcome: 'failed' }))
    store.describeRun(runId, { version: 'go1.26.8', env: {} })
    const delta = await page.until('d', ({ to }) => to === store.seq())
    expect(delta).toMatchObject({ from, rows: [{ id: 2 }, { id: 1, outcome: 'failed' }], runs: [{ go: { version: 'go1.26.8' } }] })
  })

  it('resumes by seq after a broken connection: only what the page lacks', async () => {
    store.put(plainDraft('a'))
    const { epoch, seq } = { epoch: store.epoch(), seq: store.seq() }
    store.put(plainDraft('b'))
    const page = new TestPage(feed)
    await page.opened()
    page.send({ t: 'hello', epoch, seq })
    expect(await page.until('welcome')).toMatchObject({ resume: true, total: 2 })
    expect(await page.until('d')).toMatchObject({ from: seq, to: store.seq(), rows: [{ id: 2 }] })
    expect(page.received.some(({ t }) => t === 'snap')).toBe(false)
  })

  it.each([
    ['another epoch', () => ({ epoch: 'other', seq: 0 })],
    ['a seq of the future', (kept: Store) => ({ epoch: kept.epoch(), seq: 10 ** 6 })],
    ['a seq too far back', (kept: Store) => ({ epoch: kept.epoch(), seq: -1 + 0 * kept.seq() })],
  ])('begins anew for %s', async (_what, hello) => {
    store.put(plainDraft('a'))
    const page = new TestPage(feed)
    await page.opened()
    const { epoch, seq } = hello(store)
    page.send(seq < 0 ? { t: 'hello', epoch } : { t: 'hello', epoch, seq })
    expect(await page.until('welcome')).toMatchObject({ resume: false })
    await page.until('snap')
  })

  it('sends a large list with one screen at once, then in parts of 500, newest first, at most 10,000 rows', async () => {
    for (let i = 0; i < 10_500; i++) store.put(plainDraft(`k${i}`))
    const page = new TestPage(feed)
    await page.fill()
    const parts = page.received.flatMap((message) => (message.t === 'snap' ? [message] : []))
    expect(parts.map(({ rows }) => rows.length)).toEqual([200, ...Array(19).fill(500), 300])
    expect(parts.every(({ of }) => of === 21)).toBe(true)
    const ids = parts.flatMap(({ rows }) => rows.map(({ id }) => id))
    expect(ids).toEqual(Array.from({ length: 10_000 }, (_, i) => 10_500 - i))
    expect(page.received[0]).toMatchObject({ total: 10_500 })
  })

  it('loses no change that happens while the snapshot is on its way', async () => {
    for (let i = 0; i < 6_000; i++) store.put(plainDraft(`k${i}`))
    const page = new TestPage(feed)
    await page.opened()
    page.send({ t: 'hello' })
    await page.until('snap')
    for (let i = 0; i < 700; i++) store.put(plainDraft(`late${i}`))
    const last = await page.until('d', ({ to }) => to === store.seq())
    const deltas = page.received.flatMap((message) => (message.t === 'd' ? [message] : []))
    expect(deltas.flatMap(({ rows }) => rows)).toHaveLength(700)
    expect(deltas.every(({ rows }) => rows.length <= 200)).toBe(true)
    expect(deltas.slice(1).every(({ from }, i) => from === deltas[i]?.to)).toBe(true)
    expect(last.to).toBe(store.seq())
  })

  it('sends a filtered page only what matches, and rows that match no more once', async () => {
    store.put(fullDraft('a'))
    store.put(plainDraft('b'))
    const page = new TestPage(feed)
    expect((await page.fill({ q: 'status:failed' })).rows.map(({ id }) => id)).toEqual([1])
    store.put(plainDraft('c'))
    store.put(plainDraft('a', { outcome: 'passed' }))
    const delta = await page.until('d', ({ to }) => to === store.seq())
    expect(delta.rows.map(({ id }) => id)).toEqual([1])
    page.send({ t: 'q', q: 'stage:' })
    expect(await page.until('error')).toMatchObject({ code: 'filter', detail: 'at 6: stage: needs a value' })
    page.send({ t: 'q', q: '' })
    expect((await page.until('snap', ({ rows }) => rows.length === 3)).rows.map(({ id }) => id)).toEqual([3, 2, 1])
  })

  it('starts every page anew when rows were forgotten', async () => {
    store.put(plainDraft('a'))
    const page = new TestPage(feed)
    await page.fill()
    store.forget('all')
    expect(await page.until('welcome', ({ epoch }) => epoch === store.epoch())).toMatchObject({ resume: false, total: 0 })
  })

  it('stops sending to a page that does not keep up, keeps nothing for it, and lets it come back by seq', async () => {
    const page = new TestPage(feed)
    await page.fill()
    for (let i = 0; i < 12_000; i++) store.put(plainDraft(`k${i}`))
    await page.until('d', ({ to }) => to > 10_000)
    const sent = page.received.flatMap((message) => (message.t === 'd' ? [message.to] : []))
    page.send({ t: 'ack', seq: sent.at(-1) ?? 0 })
    const gap = await page.until('gap')
    expect(gap.to).toBe(store.seq())
    page.send({ t: 'hello', epoch: store.epoch(), seq: sent.at(-1) ?? 0 })
    await page.until('d', ({ to }) => to === store.seq())
    const deltas = page.received.flatMap((message) => (message.t === 'd' ? [message] : []))
    expect(deltas.flatMap(({ rows }) => rows)).toHaveLength(12_000)
  })

  it.each([
    ['text that is not JSON', 'hello', 'bad-message'],
    ['JSON that is no message', '{"t":"drop"}', 'bad-message'],
    ['a hello with a bad seq', '{"t":"hello","seq":-1}', 'bad-message'],
    ['anything before hello', '{"t":"ack","seq":1}', 'no-hello'],
    ['a message over 4 KiB', JSON.stringify({ t: 'hello', epoch: 'x'.repeat(5_000) }), 'message-too-long'],
    ['binary octets', Buffer.from([1, 2, 3]), 'bad-message'],
  ])('closes with 1008 and one sentence on %s', async (_what, data, code) => {
    const page = new TestPage(feed)
    await page.opened()
    page.socket.send(data)
    expect(await page.until('error')).toMatchObject({ code })
    expect(await page.closed).toEqual({ code: 1008, reason: code })
    const other = new TestPage(feed)
    await other.fill()
  })

  it('ends an oversized frame and octets that are no frame, and lives on', async () => {
    const large = new TestPage(feed)
    await large.opened()
    large.socket.send('x'.repeat(200_000))
    expect((await large.closed).code).toBe(1009)
    const odd = new TestPage(feed)
    await odd.opened()
    // Reaches below ws: octets that are no frame at all.
    Reflect.get(odd.socket, '_socket').write(Buffer.alloc(64, 0xff))
    expect((await odd.closed).code).toBe(1002)
    await new TestPage(feed).fill()
  })

  it('closes a page that sends more than 20 messages a second', async () => {
    const page = new TestPage(feed)
    await page.fill()
    for (let i = 0; i < 21; i++) page.send({ t: 'ack', seq: 0 })
    expect((await page.closed).code).toBe(1008)
  })

  it('takes 16 pages and tells the next one why not', async () => {
    const pages = Array.from({ length: 16 }, () => new TestPage(feed))
    await Promise.all(pages.map((page) => page.fill()))
    const next = new TestPage(feed)
    expect(await next.closed).toEqual({ code: 1008, reason: 'too-many-pages' })
    pages[0]?.socket.close()
    await pages[0]?.closed
    await new TestPage(feed).fill()
  })

  it('drops a page that is silent or never says hello, keeps one that answers pings, and tells it that the server is alive', async () => {
    const strict = await startTestFeed(store, { times: { deltaMs: 5, pingMs: 20, silenceMs: 200, helloMs: 60_000 } })
    const alive = new TestPage(strict)
    await alive.fill()
    await alive.until('alive')
    await new TestPage(strict, { autoPong: false }).closed
    expect(alive.socket.readyState).toBe(alive.socket.OPEN)
    await strict.close()
    const impatient = await startTestFeed(store, { times: { ...TIMES, helloMs: 20 } })
    expect((await new TestPage(impatient).closed).code).toBe(1008)
    await impatient.close()
  })

  it('says bye when the server stops, promptly and with a free port', async () => {
    const page = new TestPage(feed)
    await page.fill()
    await feed.close()
    expect(await page.until('bye')).toMatchObject({ reason: 'whytls was stopped' })
    expect((await page.closed).code).toBe(1001)
    const again = await startTestFeed(store, { port: feed.port })
    await again.close()
  })
})
