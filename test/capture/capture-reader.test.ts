import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CaptureError } from '../../src/capture/capture-error.ts'
import { CaptureReader } from '../../src/capture/capture-reader.ts'
import { StreamReader } from '../../src/capture/stream-reader.ts'
import { blocksOf, type Frame, frameOf, pcapOf } from './capture-files.ts'

const FRAMES: readonly Frame[] = [
  { atMs: 1_700_000_000_123.25, octets: frameOf({ from: 'client', sequence: 1, flags: 'S' }) },
  { atMs: 1_700_000_000_124.5, octets: frameOf({ from: 'client', sequence: 2, payload: 'hello' }) },
]

interface Read {
  readonly atMs: number
  readonly linkType: number
  readonly hex: string
}

/** Feed a file in pieces of `step` octets. */
function readAll(file: Uint8Array, step = file.length): { packets: Read[]; secrets: string[]; cut: unknown } {
  const reader = new CaptureReader()
  const packets: Read[] = []
  const secrets: string[] = []
  for (let at = 0; at < file.length; at += step) {
    reader.feed(file.subarray(at, at + step), (item) => {
      if (item.type === 'packet') packets.push({ atMs: item.atMs, linkType: item.linkType, hex: Buffer.from(item.octets).toString('hex') })
      else secrets.push(Buffer.from(item.keyLog).toString())
    })
  }
  return { packets, secrets, cut: reader.end() }
}

const expected = FRAMES.map(({ atMs, octets }) => ({ atMs, linkType: 1, hex: Buffer.from(octets).toString('hex') }))

describe('CaptureReader on pcap', () => {
  it.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])('reads little-endian %s, nanoseconds %s, cut anywhere', (littleEndian, nanoseconds) => {
    const file = pcapOf(FRAMES, { littleEndian, nanoseconds })
    for (const step of [1, 7, file.length]) expect(readAll(file, step)).toEqual({ packets: expected, secrets: [], cut: null })
  })

  it('says where a file that ends inside a packet was cut', () => {
    const file = pcapOf(FRAMES, { littleEndian: true, nanoseconds: false })
    const { packets, cut } = readAll(file.subarray(0, file.length - 3))
    expect(packets).toEqual(expected.slice(0, 1))
    expect(cut).toEqual({ offset: 24 + 16 + 54, lengthBytes: 16 + 54 + 5 - 3 })
  })

  it('refuses a packet that nobody captures, naming field and offset', () => {
    const file = pcapOf(FRAMES, { littleEndian: false, nanoseconds: false })
    file.writeUInt32BE(0xffffffff, 24 + 8)
    expect(() => readAll(file)).toThrowError(expect.objectContaining({ name: 'CaptureError', offset: 32, field: 'incl_len' }))
  })

  it('refuses what begins neither format, and a file that is empty', () => {
    expect(() => readAll(Buffer.from('#!/bin/sh\n'))).toThrowError(/neither a pcap nor a pcapng/)
    expect(() => readAll(Buffer.alloc(0), 1)).toThrowError(CaptureError)
  })
})

describe.each([true, false])('CaptureReader on pcapng, little-endian %s', (littleEndian) => {
  const blocks = blocksOf(littleEndian)
  const [first, second] = FRAMES as readonly [Frame, Frame]

  it('reads enhanced, simple and obsolete packets, and secrets, and skips blocks that it does not know', () => {
    const file = Buffer.concat([
      ...[blocks.section(), blocks.describe(1), blocks.other(), blocks.secrets('CLIENT_RANDOM 00 11\n')],
      ...[blocks.enhanced(first), blocks.obsolete(second), blocks.simple(second)],
    ])
    for (const step of [1, 5, file.length]) {
      expect(readAll(file, step)).toEqual({ packets: [...expected, expected[1]], secrets: ['CLIENT_RANDOM 00 11\n'], cut: null })
    }
  })

  it('gives every section its own byte order and interfaces', () => {
    const other = blocksOf(!littleEndian)
    const file = Buffer.concat([
      ...[blocks.section(), blocks.describe(1), blocks.describe(101), blocks.enhanced(first, 1)],
      ...[other.section(), other.describe(1), other.enhanced(second)],
    ])
    expect(readAll(file).packets.map(({ linkType, atMs }) => [linkType, atMs])).toEqual([
      [101, first.atMs],
      [1, second.atMs],
    ])
  })

  it('reads the resolution and the offset of an interface', () => {
    const offset = Buffer.alloc(8)
    if (littleEndian) offset.writeBigInt64LE(-10n)
    else offset.writeBigInt64BE(-10n)
    const nanoseconds = Buffer.concat([
      blocks.section(),
      blocks.describe(1, [
        [9, Buffer.from([9])],
        [14, offset],
      ]),
      blocks.enhanced(first),
    ])
    expect(readAll(nanoseconds).packets[0]?.atMs).toBeCloseTo(first.atMs / 1000 - 10_000, 3)
  })

  it('refuses a packet of an interface that the section does not describe', () => {
    expect(() => readAll(Buffer.concat([blocks.section(), blocks.enhanced(first)]))).toThrowError(/Interface ID/)
  })

  it('refuses a block whose two lengths disagree', () => {
    const file = Buffer.concat([blocks.section(), blocks.describe(1)])
    file.writeUInt8(0x77, file.length - 2)
    expect(() => readAll(file)).toThrowError(/Block Total Length/)
  })
})

describe('any octets', () => {
  const blocks = blocksOf(true)
  const seeds = [
    pcapOf(FRAMES, { littleEndian: true, nanoseconds: false }),
    pcapOf(FRAMES, { littleEndian: false, nanoseconds: true, linkType: 113 }),
    Buffer.concat([
      blocks.section(),
      blocks.describe(1, [[9, Buffer.from([6])]]),
      ...FRAMES.map((frame) => blocks.enhanced(frame)),
      blocks.secrets('x'),
    ]),
  ]

  it('end in packets or a CaptureError, never in anything else', () => {
    const mutation = fc.record({
      seed: fc.constantFrom(...seeds),
      flips: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
      keep: fc.nat(),
      step: fc.integer({ min: 1, max: 300 }),
      tail: fc.uint8Array({ maxLength: 40 }),
    })
    fc.assert(
      fc.property(mutation, ({ seed, flips, keep, step, tail }) => {
        const file = Buffer.concat([seed.subarray(0, keep % (seed.length + 1)), tail])
        for (const [at, value] of flips) if (file.length > 0) file[at % file.length] = value
        readAnyhow(file, step)
      }),
      { numRuns: 5000 },
    )
  })
})

function readAnyhow(file: Uint8Array, step: number): void {
  const streams = new StreamReader({ onOctets: () => {}, onClosed: () => {} })
  const reader = new CaptureReader()
  try {
    for (let at = 0; at < file.length; at += step) {
      reader.feed(file.subarray(at, at + step), (item) => item.type === 'packet' && streams.accept(item))
    }
    reader.end()
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
  }
  streams.end()
}
