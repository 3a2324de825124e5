import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Handshake } from '../../src/contract/handshake.ts'
import { HandshakeObserver } from '../../src/handshake/observer.ts'
import { writePcapng } from '../../src/report/pcapng.ts'
import { exportPcapng } from '../../src/report/pcapng-export.ts'
import { rebuildRecords } from '../../src/report/pcapng-records.ts'
import { Conversation } from '../../src/report/pcapng-tcp.ts'
import { directionOf, readVector } from '../handshake/playbook.ts'
import { handshakeOf, SEEN } from './samples.ts'

describe('writePcapng', () => {
  it('writes section, interface, secrets and packets as whole blocks, in this order', () => {
    const file = writePcapng({
      application: 'whytls 0',
      comment: 'five',
      secrets: [['CLIENT_RANDOM aa bb'], ['x', 'y']],
      packets: [{ atMicros: 1_795_348_800_123_456, frame: new Uint8Array([1, 2, 3]), comment: 'ü' }],
    })
    const blocks = readBlocks(file)
    expect(blocks.map(({ type }) => type)).toEqual([0x0a0d0d0a, 1, 10, 10, 6])
    expect(blocks[2]?.body.subarray(0, 8)).toEqual(Buffer.from([0x4b, 0x53, 0x4c, 0x54, 20, 0, 0, 0]))
    const packet = blocks[4]?.body ?? Buffer.alloc(0)
    expect(packet.readUInt32LE(4) * 2 ** 32 + packet.readUInt32LE(8)).toBe(1_795_348_800_123_456)
    expect([...packet.subarray(20, 23)]).toEqual([1, 2, 3])
    expect(packet.includes('ü')).toBe(true)
  })
  it('is made of whole blocks, whatever the texts and frames', () => {
    const packet = fc.record({
      atMicros: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
      frame: fc.uint8Array({ maxLength: 60 }),
      comment: fc.option(fc.string({ unit: 'grapheme', maxLength: 20 })),
    })
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(packet, { maxLength: 4 }), (comment, packets) => {
        expect(readBlocks(writePcapng({ application: 'a', comment, secrets: [], packets }))).toHaveLength(2 + packets.length)
      }),
      { numRuns: 200 },
    )
  })
})

describe('Conversation', () => {
  const four = [Uint8Array.of(192, 0, 2, 1), Uint8Array.of(198, 51, 100, 7)] as const
  const six = [new Uint8Array(16).fill(1), new Uint8Array(16).fill(2)] as const
  it.each([four, six])('has right checksums, lengths and sequence numbers', (client, server) => {
    const talk = new Conversation({ address: client, port: 50_000 }, { address: server, port: 443 })
    talk.open(1000, 2000, true, 'first')
    talk.say('client-to-server', new Uint8Array(4001).fill(7), 3000)
    talk.say('server-to-client', new Uint8Array(10).fill(9), 2500)
    talk.finish('server-to-client', 4000)
    const seen = talk.packets.map(({ frame }) => readTcp(Buffer.from(frame)))
    expect(seen.map(({ sumsAreRight }) => sumsAreRight)).toEqual(seen.map(() => true))
    const base = 1_000_000
    expect(
      seen.map(({ sequence, acknowledged, bytes, flags }) => [sequence - base, Math.max(0, acknowledged - base), bytes, flags]),
    ).toEqual([
      [0, 0, 0, 2],
      [0, 1, 0, 18],
      [1, 1, 0, 16],
      [1, 1, 1440, 16],
      [1441, 1, 1440, 16],
      [2881, 1, 1121, 24],
      [1, 4002, 10, 24],
      [11, 4002, 0, 17],
      [4002, 12, 0, 17],
      [12, 4003, 0, 16],
    ])
    const times = talk.packets.map(({ atMicros }) => atMicros)
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
  })
})

describe('rebuildRecords', () => {
  it.each(['go-tls12-ok', 'go-tls12-refused', 'go-tls13-ok', 'go-tls13-hrr-ok', 'go-no-common-cipher', 'go-tls12-client-certificate'])(
    'gives back the very octets of %s up to the first that were encrypted, and the lengths of all records',
    (name) => {
      const vector = readVector(name)
      const observer = new HandshakeObserver()
      vector.chunks.forEach(([from, octets], at) => void observer.feed(directionOf(from), Buffer.from(octets, 'base64'), at))
      const { records, messages, alerts } = observer.transcript()
      const rebuilt = rebuildRecords({ records, alerts }, messages)
      for (const from of ['c', 's'] as const) {
        const side = rebuilt.filter(({ dir }) => dir === directionOf(from))
        const lengths = records.filter(({ dir }) => dir === directionOf(from)).map(({ lengthBytes }) => lengthBytes + 5)
        expect(side.map(({ octets }) => octets.length)).toEqual(lengths)
        expect(
          side.slice(side.findIndex(({ isKept }) => !isKept)).every(({ isKept }) => !isKept) || side.every(({ isKept }) => isKept),
        ).toBe(true)
        const own = Buffer.concat(side.filter(({ isKept }) => isKept).map(({ octets }) => octets))
        const all = Buffer.concat(vector.chunks.filter(([side]) => side === from).map(([, octets]) => Buffer.from(octets, 'base64')))
        expect(own.length).toBeGreaterThan(0)
        expect(own.equals(all.subarray(0, own.length))).toBe(true)
      }
    },
  )
})

describe('exportPcapng', () => {
  const handshake: Handshake = { ...handshakeOf(SEEN.expired), id: 7 }
  it('says of an observed connection that no secrets are known, escapes what was captured and writes no secrets', () => {
    const hostile = { ...handshake, target: { ...handshake.target, host: 'a\u202eb\u001b[31m.example' } }
    const file = Buffer.from(exportPcapng([{ handshake: hostile, diagnosis: null, messages: [], flight: undefined }]))
    expect(file.includes('#7')).toBe(true)
    expect(file.includes('\\u202e')).toBe(true)
    expect(file.includes('\u001b')).toBe(false)
    expect(readBlocks(file).some(({ type }) => type === 10)).toBe(false)
  })
  it('writes a secrets block for each handshake whose secrets are known', () => {
    const flight = { records: [], secrets: ['CLIENT_RANDOM 00 11'] }
    const one = { handshake, diagnosis: null, messages: [], flight }
    expect(readBlocks(exportPcapng([one, one])).filter(({ type }) => type === 10)).toHaveLength(2)
  })
})

interface Block {
  readonly type: number
  readonly body: Buffer
}

function readBlocks(octets: Uint8Array): Block[] {
  const file = Buffer.from(octets)
  const blocks: Block[] = []
  for (let at = 0; at < file.length; ) {
    const length = file.readUInt32LE(at + 4)
    expect(length % 4).toBe(0)
    expect(file.readUInt32LE(at + length - 4)).toBe(length)
    blocks.push({ type: file.readUInt32LE(at), body: file.subarray(at + 8, at + length - 4) })
    at += length
  }
  return blocks
}

function readTcp(frame: Buffer) {
  const isV4 = frame.readUInt16BE(12) === 0x0800
  const [start, addressAt, addressBytes] = isV4 ? [34, 26, 8] : [54, 22, 32]
  const segment = frame.subarray(start)
  const told = isV4 ? frame.readUInt16BE(16) - 20 : frame.readUInt16BE(18)
  const pseudo = Buffer.concat([
    frame.subarray(addressAt, addressAt + addressBytes),
    Buffer.from([0, 6, segment.length >> 8, segment.length & 255]),
  ])
  const headerIsRight = !isV4 || onesSum(frame.subarray(14, 34)) === 0xffff
  return {
    sequence: segment.readUInt32BE(4),
    acknowledged: segment.readUInt32BE(8),
    flags: segment.readUInt8(13),
    bytes: segment.length - (segment.readUInt8(12) >> 4) * 4,
    sumsAreRight: headerIsRight && told === segment.length && onesSum(Buffer.concat([pseudo, segment])) === 0xffff,
  }
}

/** Ones' complement sum with the checksum in place: all ones where it is right. */
function onesSum(octets: Buffer): number {
  let sum = 0
  for (let at = 0; at < octets.length; at += 2) {
    sum += (octets[at] ?? 0) * 256 + (octets[at + 1] ?? 0)
    if (sum > 0xffff) sum -= 0xffff
  }
  return sum
}
