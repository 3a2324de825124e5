import { describe, expect, it } from 'vitest'
import { Follower } from '../../src/feed/follower.ts'
import type { ServerMessage } from '../../src/feed/protocol.ts'
import { storeError } from '../../src/store/error.ts'
import { openMemoryStore } from '../../src/store/open.ts'
import { fullDraft, plainDraft } from '../store/draft.ts'

/** A line whose buffer the test fills and empties. */
function slowLine() {
  const sent: ServerMessage[] = []
  const waiting: (() => void)[] = []
  const line = {
    waitingBytes: 0,
    sent,
    types: () => sent.map(({ t }) => t),
    /** Let everything that was sent leave, and what waits for that go on. */
    async drain() {
      line.waitingBytes = 0
      for (const resolve of waiting.splice(0)) resolve()
      await new Promise(setImmediate)
    },
  }
  const end = {
    send: (message: ServerMessage) => void sent.push(message),
    waitingBytes: () => line.waitingBytes,
    drained: () => new Promise<void>((resolve) => waiting.push(resolve)),
  }
  return { line, end }
}

describe('a page that follows', () => {
  it('gets the next part of its snapshot only when the one before has left', async () => {
    const store = openMemoryStore()
    for (let i = 0; i < 5_000; i++) store.put(plainDraft(`k${i}`))
    const { line, end } = slowLine()
    const follower = new Follower(store, end)
    follower.hear({ t: 'hello' })
    expect(line.types()).toEqual(['welcome', 'snap'])
    await line.drain()
    expect(line.types()).toEqual(['welcome', 'snap', 'snap'])
    follower.stop()
    await line.drain()
    expect(line.types()).toEqual(['welcome', 'snap', 'snap'])
  })

  it('costs at most 2 MiB when it reads nothing, however often it asks', () => {
    const store = openMemoryStore()
    for (let run = 0; run < 200; run++) {
      const id = store.startRun({ argv: ['go'], startedAt: '2026-11-22T12:00:00.000Z', go: null })
      store.endRun(id, { durationMs: 1, exitCode: 1, signal: null, stderrTail: 'x'.repeat(65_536), warnings: [] })
    }
    for (let i = 0; i < 3_000; i++) store.put(fullDraft(`k${i}`))
    const { line, end } = slowLine()
    const follower = new Follower(store, {
      ...end,
      send(message) {
        end.send(message)
        line.waitingBytes += JSON.stringify(message).length
      },
    })
    for (let asked = 0; asked < 50; asked++) {
      follower.hear({ t: 'hello' })
      store.put(fullDraft(`n${asked}`))
      follower.advance()
    }
    expect(line.waitingBytes).toBeLessThan(2 * 1024 * 1024)
  })

  it('gets nothing while 1 MiB waits for it, then gap, and all it lacks after its next hello', async () => {
    const store = openMemoryStore()
    const { line, end } = slowLine()
    const follower = new Follower(store, end)
    follower.hear({ t: 'hello' })
    await line.drain()
    store.put(plainDraft('a'))
    line.waitingBytes = 1024 * 1024 + 1
    expect(follower.advance()).toBe('later')
    const known = line.sent.at(-1)
    for (let i = 0; i < 1_000; i++) store.put(plainDraft(`k${i}`))
    expect(follower.advance()).toBe('later')
    expect(line.sent.at(-1)).toBe(known)
    await line.drain()
    expect(follower.advance()).toBe('idle')
    expect(line.sent.at(-1)).toEqual({ t: 'gap', to: store.seq() })
    expect(follower.advance()).toBe('idle')
    follower.hear({ t: 'hello', epoch: store.epoch(), seq: 1 })
    while (follower.advance() === 'soon');
    const rows = line.sent.flatMap((message) => (message.t === 'd' && message.from > 0 ? message.rows : []))
    expect(new Set(rows.map(({ id }) => id)).size).toBe(1_000)
  })

  it('forgets an older snapshot that is still on its way when the page asks anew', async () => {
    const store = openMemoryStore()
    for (let i = 0; i < 3_000; i++) store.put(plainDraft(`k${i}`))
    const { line, end } = slowLine()
    const follower = new Follower(store, end)
    follower.hear({ t: 'hello' })
    follower.hear({ t: 'q', q: 'host:nowhere' })
    await line.drain()
    expect(line.types()).toEqual(['welcome', 'snap', 'welcome', 'snap'])
    expect(line.sent.at(-1)).toMatchObject({ part: 0, of: 1, rows: [] })
  })

  it('asks the page to begin again when the database refuses in the middle of a snapshot', async () => {
    const store = openMemoryStore()
    for (let i = 0; i < 3_000; i++) store.put(plainDraft(`k${i}`))
    const { line, end } = slowLine()
    const follower = new Follower(store, end)
    follower.hear({ t: 'hello' })
    const rows = store.rows.bind(store)
    Object.assign(store, {
      rows() {
        throw storeError('busy', 'whytls.db')
      },
    })
    await line.drain()
    Object.assign(store, { rows })
    expect(follower.advance()).toBe('idle')
    expect(line.sent.at(-1)?.t).toBe('gap')
  })
})
