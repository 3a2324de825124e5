import { beforeEach, describe, expect, it } from 'vitest'
import type { ServerMessage } from '../../src/feed/protocol.ts'
import { FeedClient, type FeedSocket, live } from '../../web/feed-client.ts'
import { dropRows, newestFirst, rowOf, total } from '../../web/rows.ts'
import { sampleRow, sampleRun } from './samples.ts'

class FakeSocket implements FeedSocket {
  onopen: (() => void) | null = null
  onmessage: ((event: { readonly data: unknown }) => void) | null = null
  onclose: (() => void) | null = null
  readonly sent: unknown[] = []
  isClosed = false
  send(text: string): void {
    this.sent.push(JSON.parse(text))
  }
  close(): void {
    this.isClosed = true
  }
  say(...messages: readonly ServerMessage[]): void {
    for (const message of messages) this.onmessage?.({ data: JSON.stringify(message) })
  }
}

/** A client in a world where frames, timers and reasons are called by hand. */
function lay() {
  const sockets: FakeSocket[] = []
  const protocols: (readonly string[])[] = []
  const frames: (() => void)[] = []
  const timers: { readonly work: () => void; readonly delayMs: number; isOff: boolean }[] = []
  const world = { nowMs: 1000, frameCostMs: 0, reason: null as string | null, isHidden: false }
  const client = new FeedClient({
    openSocket: (wanted) => {
      const socket = new FakeSocket()
      sockets.push(socket)
      protocols.push(wanted)
      return socket
    },
    currentToken: () => 'tok',
    askWhy: () => Promise.resolve(world.reason),
    nowMs: () => {
      world.nowMs += world.frameCostMs
      return world.nowMs
    },
    nextFrame: (work) => frames.push(work),
    later: (work, delayMs) => {
      const timer = { work, delayMs, isOff: false }
      timers.push(timer)
      return () => {
        timer.isOff = true
      }
    },
    random: () => 1,
    isHidden: () => world.isHidden,
  })
  const socket = (): FakeSocket => sockets.at(-1) ?? new FakeSocket()
  const draw = (): number => {
    const due = frames.splice(0)
    for (const work of due) work()
    return due.length
  }
  const fire = (): void => {
    for (const timer of timers.splice(0)) if (!timer.isOff) timer.work()
  }
  client.start()
  return { client, world, socket, sockets, protocols, draw, fire, timers }
}

const welcome = (seq: number, resume = false): ServerMessage => ({ t: 'welcome', epoch: 'e1', seq, resume, total: seq })
const snapshot = (seq: number, ...ids: readonly number[]): ServerMessage => ({
  t: 'snap',
  part: 0,
  of: 1,
  seq,
  rows: ids.map((id) => sampleRow({ id })),
  runs: [sampleRun()],
})

/** A client that is live with rows 1 to 3. */
function layLive() {
  const around = lay()
  around.socket().onopen?.()
  around.socket().say(welcome(3), snapshot(3, 3, 2, 1))
  around.draw()
  return around
}

beforeEach(() => {
  dropRows()
  total.value = 0
})

describe('FeedClient', () => {
  it('carries the token in a subprotocol and says hello without a past', () => {
    const { protocols, socket } = lay()
    expect(protocols).toEqual([['whytls.v1', 't.tok']])
    socket().onopen?.()
    expect(socket().sent).toEqual([{ t: 'hello' }])
  })
  it('applies nothing before the next frame', () => {
    const { socket, draw } = lay()
    socket().onopen?.()
    socket().say(welcome(3), snapshot(3, 3, 2, 1))
    expect(newestFirst.value).toHaveLength(0)
    expect(draw()).toBe(1)
    expect(newestFirst.value.map((row) => row.id)).toEqual([3, 2, 1])
    expect(live.value).toEqual({ kind: 'live' })
  })
  it('leaves what does not fit a frame to the next one', () => {
    const { socket, draw, world } = lay()
    socket().onopen?.()
    world.frameCostMs = 3
    socket().say(welcome(3), snapshot(3, 3), { t: 'd', from: 3, to: 4, rows: [sampleRow({ id: 4 })], runs: [] })
    draw()
    expect(live.value.kind).toBe('catching-up')
    expect(draw()).toBe(1)
    draw()
    expect(newestFirst.value.map((row) => row.id)).toEqual([4, 3])
    expect(live.value).toEqual({ kind: 'live' })
  })
  it('replaces a row in place and ignores one that is older than what it holds', () => {
    const { socket, draw } = layLive()
    socket().say({ t: 'd', from: 3, to: 9, rows: [sampleRow({ id: 2, seq: 9, outcome: 'failed' })], runs: [] })
    socket().say({ t: 'd', from: 9, to: 9, rows: [sampleRow({ id: 2, seq: 5, outcome: 'open' })], runs: [] })
    draw()
    expect(newestFirst.value.map((row) => row.id)).toEqual([3, 2, 1])
    expect(rowOf(2)?.outcome).toBe('failed')
  })
  it('comes back with epoch and seq, and keeps its rows when the server resumes', async () => {
    const { socket, sockets, fire, draw } = layLive()
    socket().onclose?.()
    await Promise.resolve()
    expect(live.value.kind).toBe('reconnecting')
    fire()
    expect(sockets).toHaveLength(2)
    socket().onopen?.()
    expect(socket().sent).toEqual([{ t: 'hello', epoch: 'e1', seq: 3 }])
    socket().say(welcome(4, true), { t: 'd', from: 3, to: 4, rows: [sampleRow({ id: 4 })], runs: [] })
    draw()
    expect(newestFirst.value).toHaveLength(4)
  })
  it('drops its rows when the server cannot resume', async () => {
    const { socket, fire, draw } = layLive()
    socket().onclose?.()
    await Promise.resolve()
    fire()
    socket().onopen?.()
    socket().say({ t: 'welcome', epoch: 'e2', seq: 1, resume: false, total: 1 }, snapshot(1, 1))
    draw()
    expect(newestFirst.value.map((row) => row.id)).toEqual([1])
  })
  it('asks for everything again when the connection broke inside a snapshot', async () => {
    const { socket, fire, draw } = lay()
    socket().onopen?.()
    socket().say(welcome(3), { t: 'snap', part: 0, of: 2, seq: 3, rows: [sampleRow({ id: 3 })], runs: [] })
    draw()
    socket().onclose?.()
    await Promise.resolve()
    fire()
    socket().onopen?.()
    expect(socket().sent).toEqual([{ t: 'hello' }])
  })
  it('waits twice as long after each failure, at most 15 seconds', async () => {
    const { socket, fire, timers } = lay()
    const delays: number[] = []
    for (let turn = 0; turn < 8; turn++) {
      socket().onclose?.()
      await Promise.resolve()
      await Promise.resolve()
      delays.push(timers.at(-1)?.delayMs ?? 0)
      fire()
    }
    expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000])
  })
  it('says Stopped when the token is refused, and asks again after 15 seconds', async () => {
    const { socket, world, timers } = lay()
    world.reason = 'This page has no token that whytls accepts.'
    socket().onclose?.()
    await Promise.resolve()
    await Promise.resolve()
    expect(live.value).toEqual({ kind: 'stopped', reason: world.reason })
    expect(timers.filter(({ isOff }) => !isOff).map(({ delayMs }) => delayMs)).toEqual([15_000])
  })
  it('connects at once when a page is looked at that was refused', async () => {
    const { client, socket, sockets, world } = lay()
    world.reason = 'This page has no token that whytls accepts.'
    socket().onclose?.()
    await Promise.resolve()
    await Promise.resolve()
    client.wake()
    expect(sockets).toHaveLength(2)
  })
  it('gives up a socket that does not open within 10 seconds', async () => {
    const { socket, sockets, world, fire } = lay()
    const first = socket()
    world.nowMs += 10_000
    fire()
    await Promise.resolve()
    await Promise.resolve()
    expect(first.isClosed).toBe(true)
    expect(live.value.kind).toBe('reconnecting')
    fire()
    expect(sockets).toHaveLength(2)
  })
  it('connects anew when nothing was heard for 45 seconds, and not while the server says that it is alive', async () => {
    const { socket, sockets, world, fire, draw } = layLive()
    const first = socket()
    for (let at = 0; at < 4; at++) {
      world.nowMs += 15_000
      socket().say({ t: 'alive' })
      draw()
      fire()
    }
    expect(first.isClosed).toBe(false)
    world.nowMs += 45_000
    fire()
    await Promise.resolve()
    expect(first.isClosed).toBe(true)
    fire()
    expect(sockets).toHaveLength(2)
    socket().onopen?.()
    expect(socket().sent).toEqual([{ t: 'hello', epoch: 'e1', seq: 3 }])
  })
  it('says Stopped after a farewell, keeps its rows and looks for the server again', async () => {
    const { socket, sockets, draw, fire } = layLive()
    socket().say({ t: 'bye', reason: 'whytls ended' })
    draw()
    socket().onclose?.()
    await Promise.resolve()
    expect(live.value).toEqual({ kind: 'stopped', reason: 'whytls ended' })
    expect(newestFirst.value).toHaveLength(3)
    fire()
    expect(sockets).toHaveLength(2)
  })
  it('asks again on the same socket after a gap', () => {
    const { socket, draw } = layLive()
    socket().say({ t: 'gap', to: 90 })
    draw()
    expect(socket().sent.at(-1)).toEqual({ t: 'hello', epoch: 'e1', seq: 3 })
    expect(live.value).toEqual({ kind: 'catching-up', left: 87 })
  })
  it('acknowledges what it applied, but not while hidden', () => {
    const { socket, draw, fire, world } = layLive()
    fire()
    expect(socket().sent.at(-1)).toEqual({ t: 'ack', seq: 3 })
    world.isHidden = true
    socket().say({ t: 'd', from: 3, to: 8, rows: [], runs: [] })
    draw()
    fire()
    expect(socket().sent.at(-1)).toEqual({ t: 'ack', seq: 3 })
  })
  it('shows captured control characters as escapes', () => {
    const { socket, draw } = layLive()
    socket().say({ t: 'd', from: 3, to: 4, rows: [sampleRow({ id: 4, host: 'a\u202eb' })], runs: [] })
    draw()
    expect(rowOf(4)?.host).toBe('a\\u202eb')
  })
})
