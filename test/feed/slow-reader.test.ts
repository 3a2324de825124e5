import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { connect, Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Feed } from '../../src/feed/start.ts'
import { openMemoryStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { fullDraft } from '../store/draft.ts'
import { startTestFeed, TestPage, TOKEN } from './page.ts'

const MIB = 1024 * 1024
/** As many as the server takes, less one for the page that reads. */
const STALLED = 15

describe('pages that read nothing', () => {
  let feed: Feed
  const stalled: Socket[] = []
  afterEach(async () => {
    for (const socket of stalled.splice(0)) socket.destroy()
    await feed.close()
  })

  it('have less than 2 MiB each waiting for them, whatever comes, and the others get everything', async () => {
    const accepted = watchAccepted()
    const store = openMemoryStore()
    for (let at = 0; at < 1_500; at++) store.put(fullDraft(`k${at}`))
    feed = await startTestFeed(store, { times: { deltaMs: 1, pingMs: 20, silenceMs: 600_000, helloMs: 600_000 } })
    const reader = new TestPage(feed)
    await reader.fill()
    await change(store, reader)
    const before = countMemory()
    for (let at = 0; at < STALLED; at++) stalled.push(await openStalled(feed))
    const held = () => Math.max(...accepted.map(({ writableLength }) => writableLength))
    for (let round = 0; round < 5; round++) {
      await change(store, reader)
      expect(held()).toBeLessThan(2 * MIB)
    }
    expect(held()).toBeGreaterThan(0)
    const each = (countMemory() - before) / STALLED
    console.info(`a page that reads nothing costs ${(each / MIB).toFixed(2)} MiB`)
  })

  it('are held to it by long captured texts too', async () => {
    const store = openMemoryStore()
    const issuer = `CN=${'x'.repeat(65_536)}`
    const draft = fullDraft('long')
    const certificates = draft.certificates && {
      ...draft.certificates,
      chain: draft.certificates.chain.map((one) => ({ ...one, issuer })),
    }
    for (let at = 0; at < 400; at++) store.put({ ...draft, key: `k${at}`, certificates })
    feed = await startTestFeed(store)
    const reader = new TestPage(feed)
    await reader.fill()
    const texts = reader.received.map((message) => JSON.stringify(message).length)
    expect(Math.max(...texts)).toBeLessThan(MIB)
    const ids = reader.received.flatMap((message) => (message.t === 'snap' ? message.rows.map(({ id }) => id) : []))
    expect(ids).toEqual(Array.from({ length: 400 }, (_, at) => 400 - at))
    reader.received.length = 0
    for (let at = 0; at < 200; at++) store.put({ ...draft, key: `k${at}`, certificates })
    await reader.until('d', ({ to }) => to === store.seq())
    expect(Math.max(...reader.received.map((message) => JSON.stringify(message).length))).toBeLessThan(MIB)
    expect(reader.received.flatMap((message) => (message.t === 'd' ? message.rows : []))).toHaveLength(200)
  })
})

/** The server's ends of all connections from now on. */
function watchAccepted(): readonly Socket[] {
  const accepted: Socket[] = []
  const note = (message: unknown) => {
    if (message instanceof Object && 'socket' in message && message.socket instanceof Socket) accepted.push(message.socket)
  }
  subscribe('net.server.socket', note)
  onTestFinished(() => void unsubscribe('net.server.socket', note))
  return accepted
}

/** Write the same rows anew and wait until the page that reads has them. */
async function change(store: Store, reader: TestPage): Promise<void> {
  for (let at = 0; at < 1_500; at++) store.put(fullDraft(`k${at}`))
  const to = store.seq()
  await reader.until('d', (message) => message.to === to)
  reader.send({ t: 'ack', seq: to })
  reader.received.length = 0
}

/** A page that says hello and never takes an octet of what follows: they stay in the kernel and in the server. */
async function openStalled(feed: Feed): Promise<Socket> {
  const socket = connect(feed.port, '127.0.0.1')
  socket.write(
    [
      'GET /api/v1/events HTTP/1.1',
      `Host: 127.0.0.1:${feed.port}`,
      `Origin: http://127.0.0.1:${feed.port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      `Sec-WebSocket-Protocol: whytls.v1, t.${TOKEN}`,
      '\r\n',
    ].join('\r\n'),
  )
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1.1 101 /)
  socket.pause()
  socket.write(frameOf('{"t":"hello"}'))
  return socket
}

/** A masked text frame (RFC 6455 section 5.2) with a mask of zeros. */
function frameOf(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)])
}

/** Memory in use after garbage collection, in octets. */
function countMemory(): number {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
