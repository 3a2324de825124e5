import { PassThrough, Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { pump } from '../../../src/proxy/intercept/relay-layer.ts'

/** A side whose writes are counted, and which takes nothing until it is let. */
function openSlowSide() {
  const writes: string[] = []
  let take: (() => void) | null = null
  const side = new Writable({
    highWaterMark: 16 * 1024,
    writev(chunks, done) {
      writes.push(Buffer.concat(chunks.map(({ chunk }) => chunk)).toString('latin1'))
      take = () => done()
    },
  })
  return { side, writes, take: () => take?.() }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('pump', () => {
  it('writes together what came together, in order, and shows each part once it is on its way', async () => {
    const from = new PassThrough()
    const { side, writes, take } = openSlowSide()
    const seen: string[] = []
    pump(from, side, (octets) => seen.push(`${octets} behind ${writes.length}`))
    for (const part of ['a', 'b', 'c']) from.emit('data', Buffer.from(part))
    await turn()
    expect(writes).toEqual(['abc'])
    expect(seen).toEqual(['a behind 1', 'b behind 1', 'c behind 1'])
    take()
    from.emit('data', Buffer.from('d'))
    await turn()
    expect(writes).toEqual(['abc', 'd'])
  })

  it('reads no more while 64 KiB wait for the other side, and goes on once it has taken them', async () => {
    const from = new PassThrough()
    const { side, take } = openSlowSide()
    pump(from, side)
    await turn()
    const record = Buffer.alloc(16 * 1024)
    for (let n = 0; n < 3; n += 1) from.emit('data', record)
    expect(from.isPaused()).toBe(false)
    from.emit('data', record)
    expect(from.isPaused()).toBe(true)
    await turn()
    expect(side.writableLength).toBe(64 * 1024)
    take()
    await turn()
    expect(from.isPaused()).toBe(false)
  })

  it('loses nothing that came in the same turn as the end', async () => {
    const from = new PassThrough()
    const { side, writes, take } = openSlowSide()
    pump(from, side)
    from.emit('data', Buffer.from('last'))
    side.end()
    await turn()
    take()
    expect(writes).toEqual(['last'])
  })

  it('reads on without an aim once the other side is gone', async () => {
    const from = new PassThrough()
    const { side } = openSlowSide()
    const seen: string[] = []
    pump(from, side, (octets) => seen.push(octets.toString()))
    side.destroy()
    await turn()
    from.emit('data', Buffer.from('late'))
    await turn()
    expect(seen).toEqual(['late'])
  })
})
