/** 100,000 damaged inputs: each ends in a value within bounded time. */
import { getHeapStatistics } from 'node:v8'
import { describe, expect, it } from 'vitest'
import { parseStreams } from '../../src/handshake/tls-parse.ts'
import { leastCost } from '../effort.ts'
import { play, readVector } from './playbook.ts'

const COUNT = 100_000
const SLOWEST_MS = 50
/** Asking for the memory takes longer than parsing: one input in so many is weighed, seeds and kinds of damage change between. */
const WEIGHED = 7
const MOST_BYTES = 16 * 1024 * 1024

/** Octets that each direction of a real session sent, up to the end of the handshake. */
const seeds = [
  'go-tls12-client-certificate',
  'go-tls13-client-certificate',
  'go-tls13-hrr-ok',
  'hello-git-gnutls',
  'hello-curl-openssl',
].map((name) => {
  const { messages } = play(readVector(name), 'before').transcript
  const recordsOf = (dir: string) =>
    Buffer.concat(
      messages
        .filter((message) => message.dir === dir && message.octets !== undefined)
        .map(({ octets }) => frame(octets ?? new Uint8Array(0))),
    )
  return { c2s: recordsOf('client-to-server'), s2c: recordsOf('server-to-client') }
})

function frame(message: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([22, 3, 3, message.length >> 8, message.length & 0xff]), message])
}

/** Deterministic: a failure names the input by its number. */
function* mutate(): Generator<{ c2s: Uint8Array; s2c: Uint8Array }> {
  let state = 20261122
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const damage = (octets: Buffer): Buffer => {
    const kind = next(4)
    if (kind === 0) return octets.subarray(0, next(octets.length + 1))
    const copy = Buffer.from(octets)
    if (copy.length === 0) return copy
    if (kind === 1) for (let bits = 0; bits <= next(8); bits += 1) copy[next(copy.length)] = next(256)
    // Lengths lie: mostly in the first octets of records and messages.
    if (kind === 2) copy[next(Math.min(copy.length, 80))] = next(2) * 255
    if (kind === 3) return Buffer.concat([copy.subarray(0, next(copy.length)), copy.subarray(next(copy.length))])
    return copy
  }
  for (let at = 0; at < COUNT; at += 1) {
    const { c2s, s2c } = seeds[at % seeds.length] ?? { c2s: Buffer.alloc(0), s2c: Buffer.alloc(0) }
    yield { c2s: damage(c2s), s2c: damage(s2c) }
  }
}

describe('parseStreams', () => {
  it(`takes ${COUNT} damaged inputs in bounded time and memory each`, () => {
    const began = performance.now()
    let slowest = 0
    let errors = 0
    let count = 0
    let mostBytes = 0
    for (const input of mutate()) {
      const isWeighed = count % WEIGHED === 0
      const heldBytes = isWeighed ? measureHeld() : 0
      const before = performance.now()
      const result = parseStreams(input)
      const took = performance.now() - before
      // What was taken in between; less where the collector ran, so that over many inputs the most is what counts.
      if (isWeighed) mostBytes = Math.max(mostBytes, measureHeld() - heldBytes)
      // The machine may have been busy with something else: what is slow must be so each time.
      if (took > slowest) slowest = Math.max(slowest, took < SLOWEST_MS ? took : leastCost(() => parseStreams(input), SLOWEST_MS))
      if (result.error !== undefined) errors += 1
      count += 1
    }
    console.info(
      `${count} inputs in ${((performance.now() - began) / 1000).toFixed(1)} s, slowest ${slowest.toFixed(1)} ms, the most memory ${(mostBytes / 1024).toFixed(0)} KiB, ${errors} with an error`,
    )
    expect(count).toBe(COUNT)
    expect(errors).toBeGreaterThan(COUNT / 100)
    expect(slowest).toBeLessThan(SLOWEST_MS)
    expect(mostBytes).toBeLessThan(MOST_BYTES)
  }, 900_000)
})

/** Octets on V8's heap and beside it. */
function measureHeld(): number {
  const { used_heap_size, external_memory } = getHeapStatistics()
  return used_heap_size + external_memory
}
