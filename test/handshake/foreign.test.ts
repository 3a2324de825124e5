import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { HandshakeObserver } from '../../src/handshake/observer.ts'
import { parseStreams } from '../../src/handshake/tls-parse.ts'
import { DEAR, growthBy4 } from '../effort.ts'
import { findDevelopmentData } from '../tls/development-data.ts'

const data = findDevelopmentData()

interface ForeignStream {
  readonly id: string
  readonly files: readonly (string | null)[]
}

interface MalformedInput {
  readonly id: string
  readonly b64: string
}

function listForeignStreams(folder: string): ForeignStream[] {
  return JSON.parse(readFileSync(join(folder, 'tls/nontls/index.json'), 'utf8'))
}

function readForeign(folder: string, name: string | null | undefined): Uint8Array | null {
  return name == null ? null : new Uint8Array(readFileSync(join(folder, 'tls/nontls', name)))
}

function listMalformed(folder: string, name: string): Uint8Array[] {
  const lines = gunzipSync(readFileSync(join(folder, 'malformed', `${name}.jsonl.gz`)))
    .toString()
    .trim()
    .split('\n')
  return lines.map((line) => new Uint8Array(Buffer.from((JSON.parse(line) as MalformedInput).b64, 'base64'))) // the file's own form
}

describe('streams of other protocols', () => {
  it('are not TLS', () => {
    if (data === null) return
    const streams = listForeignStreams(data)
    const mistaken = streams.filter(
      ({ files: [c2s, s2c] }) => parseStreams({ c2s: readForeign(data, c2s), s2c: readForeign(data, s2c) }).isTls,
    )
    expect(streams.length).toBeGreaterThan(50)
    expect(mistaken.map(({ id }) => id)).toEqual([])
  })

  it('are told as an answer that is not TLS when the server sends them', () => {
    if (data === null) return
    for (const { files } of listForeignStreams(data)) {
      const octets = readForeign(data, files[1])
      if (octets === null || octets.length === 0) continue
      const observer = new HandshakeObserver()
      const events = [...observer.feed('server-to-client', octets, 1), ...observer.end('server-to-client', 2)]
      expect(events.filter(({ type }) => type === 'not-tls')).toHaveLength(1)
      expect(observer.transcript().notTls?.kind).toBe(Buffer.from(octets.subarray(0, 5)).toString() === 'HTTP/' ? 'http' : 'other')
    }
  })
})

describe('malformed octets', () => {
  for (const [name, direction] of [
    ['tls-server-bytes', 'server-to-client'],
    ['tls-client-bytes', 'client-to-server'],
  ] as const) {
    it(`of ${name} never throw, as a whole or octet by octet, and give one transcript`, () => {
      if (data === null) return
      for (const octets of listMalformed(data, name)) {
        const whole = new HandshakeObserver()
        whole.feed(direction, octets, 0)
        const pieces = new HandshakeObserver()
        for (let at = 0; at < octets.length; at += 7) pieces.feed(direction, octets.subarray(at, at + 7), 0)
        expectSame(pieces.transcript(), whole.transcript())
        parseStreams(direction === 'server-to-client' ? { c2s: null, s2c: octets } : { c2s: octets, s2c: null })
      }
    })
  }

  it('take linear time: four times as many octets, one by one, cost about four times as much', () => {
    const growth = growthBy4((share) => {
      const octets = unfinishedHello(60_000 * share)
      return () => {
        const observer = new HandshakeObserver()
        for (let at = 0; at < octets.length; at += 1) observer.feed('client-to-server', octets.subarray(at, at + 1), 0)
      }
    })
    expect(growth).toBeLessThan(DEAR)
  })
})

/** Records of 16 KiB with the beginning of one message that would be far longer. */
function unfinishedHello(size: number): Uint8Array {
  const hello = new Uint8Array(size).fill(0x41)
  hello.set([22, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff])
  for (let at = 16389; at + 5 < size; at += 16389) hello.set([22, 3, 1, 0x40, 0], at)
  return hello
}

describe('captures', () => {
  it('give the same transcript however the octets are cut', () => {
    if (data === null) return
    const random = createRandom(7)
    for (const id of readdirSync(join(data, 'tls/captures')).filter((_, at) => at % 6 === 0)) {
      const folder = join(data, 'tls/captures', id)
      for (const file of readdirSync(folder)
        .filter((name) => name.endsWith('.s2c.bin'))
        .slice(0, 4)) {
        const server = new Uint8Array(readFileSync(join(folder, file))).subarray(0, 20_000)
        const client = readIfThere(join(folder, file.replace('s2c', 'c2s'))).subarray(0, 4_000)
        expect(observeInPieces(client, server, () => 1 + Math.floor(random() * 300))).toEqual(
          observeInPieces(client, server, () => Infinity),
        )
      }
    }
  })
})

/** Deep equality that costs little while it holds. */
function expectSame(found: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(found, expected)) expect(found).toEqual(expected)
}

/** ClientHello first, then the server's side, then the rest: order between directions stays, cuts differ. */
function observeInPieces(client: Uint8Array, server: Uint8Array, nextLength: () => number) {
  const observer = new HandshakeObserver()
  const first = Math.min(client.length, 5 + (client[3] ?? 0) * 256 + (client[4] ?? 0))
  for (const [direction, octets] of [
    ['client-to-server', client.subarray(0, first)],
    ['server-to-client', server],
    ['client-to-server', client.subarray(first)],
  ] as const) {
    for (let at = 0; at < octets.length; ) {
      const length = nextLength()
      observer.feed(direction, octets.subarray(at, at + length), 0)
      at += length
    }
  }
  return observer.transcript()
}

function readIfThere(path: string): Uint8Array {
  return existsSync(path) ? new Uint8Array(readFileSync(path)) : new Uint8Array(0)
}

function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648
    return state / 2147483648
  }
}
