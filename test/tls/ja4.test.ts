/** JA4 against its published examples, and against a second reading of its description that shares no code with ours. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseClientHello } from '../../src/tls/client-hello.ts'

interface Offer {
  readonly version: number
  readonly suites: readonly number[]
  /** null: the hello ends without an extensions block. */
  readonly extensions: readonly (readonly [number, Uint8Array])[] | null
}

const u16 = (...values: number[]) => Buffer.from(values.flatMap((value) => [value >> 8, value & 0xff]))
const block = (content: Uint8Array) => Buffer.concat([u16(content.length), content])
const short = (content: Uint8Array) => Buffer.concat([Buffer.from([content.length]), content])
const alpnOf = (...names: Uint8Array[]) => [16, block(Buffer.concat(names.map(short)))] as const
const sni = [0, block(Buffer.from([0, 0, 1, 97]))] as const

function writeHello({ version, suites, extensions }: Offer): Buffer {
  const head = Buffer.concat([u16(version), Buffer.alloc(32, 7), Buffer.of(0), block(u16(...suites)), Buffer.of(1, 0)])
  return extensions === null
    ? head
    : Buffer.concat([head, block(Buffer.concat(extensions.map(([id, data]) => Buffer.concat([u16(id), block(data)]))))])
}

const hexes = (text: string) => text.split(',').map((one) => Number.parseInt(one, 16))

/** Chrome's hello as public fingerprint pages show it; the order of extensions does not count. */
function chromeWith(extension: number): Offer {
  const suites = hexes('1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035')
  const schemes = hexes('0403,0804,0401,0503,0805,0501,0806,0601')
  const data: Readonly<Record<number, Uint8Array>> = {
    [13]: block(u16(...schemes)),
    [43]: short(u16(0x2a2a, 0x0304, 0x0303)),
    [0x0a]: block(u16(29)),
    [0x0b]: Buffer.of(1, 0),
    [0x2d]: Buffer.of(1, 1),
    [0x33]: block(Buffer.alloc(0)),
  }
  const ids = [0x4a4a, 0x2d, 0x33, 0x17, 0x23, extension, 0xff01, 5, 18, 27, 10, 11, 13, 43, 0x1a1a]
  return {
    version: 0x0303,
    suites: [0xcaca, ...suites],
    extensions: [sni, alpnOf(Buffer.from('h2'), Buffer.from('http/1.1')), ...ids.map((id) => [id, data[id] ?? Buffer.alloc(0)] as const)],
  }
}

describe('the published examples', () => {
  it.each([
    ['with padding', [21, 0x4469], 't13d1516h2_8daaf6152771_e5627efa2ab1'],
    ['with ECH', [0xfe0d, 0x44cd], 't13d1516h2_8daaf6152771_d8a2da3f94cd'],
  ])('Chrome %s', (_name, [first = 0, second = 0], expected) => {
    const offer = chromeWith(first)
    expect(parseClientHello(writeHello({ ...offer, extensions: [...(offer.extensions ?? []), [second, Buffer.alloc(0)]] })).ja4).toBe(
      expected,
    )
  })

  it.each([
    ['ab', 'ab'],
    ['abcd', 'ad'],
    ['30ab', '3b'],
    ['3031abcd', '3d'],
    ['30abcd31', '01'],
    ['71', 'qq'],
    ['6832', 'h2'],
    ['687474702f312e31', 'h1'],
    ['', '00'],
  ])('ALPN of octets %s is shown as %s', (octets, expected) => {
    const { ja4 } = parseClientHello(writeHello({ version: 0x0303, suites: [1], extensions: [alpnOf(Buffer.from(octets, 'hex'))] }))
    expect(ja4.slice(8, 10)).toBe(expected)
  })
})

describe('any hello', () => {
  it('has the JA4 and JA4_r that a second reading of the description gives', () => {
    fc.assert(
      fc.property(offer, (one) => {
        const body = writeHello(one)
        const { ja4, ja4r } = parseClientHello(body)
        expect([ja4, ja4r]).toEqual(readAgain(body))
      }),
      { numRuns: 300 },
    )
  })
})

const number16 = fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(0x0a0a, 0xfafa, 0x0a1a, 0x1301))
const octets = fc.uint8Array({ maxLength: 6 })
const letters = fc.constantFrom('h2', 'http/1.1', 'h3', 'x', '-x', 'x-').map((name) => Buffer.from(name))
const extension: fc.Arbitrary<readonly [number, Uint8Array]> = fc.oneof(
  fc.constant(sni),
  fc.array(fc.oneof(letters, octets), { minLength: 1, maxLength: 3 }).map((names) => alpnOf(...names)),
  fc.array(number16, { maxLength: 9 }).map((list) => [13, block(u16(...list))] as const),
  fc
    .array(fc.constantFrom(0x0304, 0x0303, 0x0302, 0x0301, 0x0300, 0x0002, 0x5a5a), { maxLength: 5 })
    .map((list) => [43, short(u16(...list))] as const),
  fc.tuple(fc.integer({ min: 100, max: 0xffff }), octets),
  fc.tuple(fc.constantFrom(0x0a0a, 0xeaea, 23, 35, 65281), fc.constant(Buffer.of(0))),
)
const offer: fc.Arbitrary<Offer> = fc.record({
  version: fc.constantFrom(0x0300, 0x0301, 0x0302, 0x0303, 0x0399),
  suites: fc.oneof(fc.array(number16, { maxLength: 12 }), fc.array(number16, { minLength: 98, maxLength: 120 })),
  extensions: fc.option(
    fc.oneof(fc.array(extension, { maxLength: 10 }), fc.array(extension, { minLength: 98, maxLength: 120 })).map(withoutRepeats),
    { nil: null },
  ),
})

function withoutRepeats(list: readonly (readonly [number, Uint8Array])[]) {
  return [...new Map(list)]
}

/** From the octets straight to the text, step by step as the description goes. */
function readAgain(body: Buffer): [string, string] {
  const isGrease = (hex: string) => /^([0-9a-f]a)\1$/.test(hex)
  const pairs = (hex: string) => (hex.match(/.{4}/g) ?? []).filter((one) => !isGrease(one))
  const hex = body.toString('hex')
  const suiteBytes = body.readUInt16BE(35)
  const suites = pairs(hex.slice(74, 74 + 2 * suiteBytes))
  let rest = hex.slice(74 + 2 * suiteBytes + 4 + 4)
  const all: [string, string][] = []
  while (rest !== '') {
    const length = 2 * Number.parseInt(rest.slice(4, 8), 16)
    all.push([rest.slice(0, 4), rest.slice(8, 8 + length)])
    rest = rest.slice(8 + length)
  }
  const found = new Map(all)
  const ids = all.map(([id]) => id).filter((id) => !isGrease(id))
  const versions = pairs((found.get('002b') ?? '').slice(2))
  const version = [...versions].sort().at(-1) ?? hex.slice(0, 4)
  const names: Record<string, string> = { '0304': '13', '0303': '12', '0302': '11', '0301': '10', '0300': 's3', '0002': 's2' }
  const alpn = found.get('0010') ?? ''
  const name = alpn.slice(6, 6 + 2 * Number.parseInt(alpn.slice(4, 6) || '0', 16))
  const isPlain = (octet: string) => /[0-9A-Za-z]/.test(String.fromCharCode(Number.parseInt(octet, 16)))
  const readable = isPlain(name.slice(0, 2)) && isPlain(name.slice(-2)) ? Buffer.from(name, 'hex').toString('latin1') : name
  const count = (list: readonly string[]) => (list.length > 99 ? '99' : `${list.length}`.padStart(2, '0'))
  const letters = name === '' ? '00' : `${readable.at(0)}${readable.at(-1)}`
  const a = `t${names[version] ?? '00'}${found.has('0000') ? 'd' : 'i'}${count(suites)}${count(ids)}${letters}`
  const b = [...suites].sort().join(',')
  const sorted = ids.filter((id) => id !== '0000' && id !== '0010').sort()
  const schemes = pairs((found.get('000d') ?? '').slice(4))
  const c = [sorted.join(','), ...(schemes.length > 0 ? [schemes.join(',')] : [])].join('_')
  const hash = (text: string) => (text === '' ? '000000000000' : createHash('sha256').update(text).digest('hex').slice(0, 12))
  return [`${a}_${hash(b)}_${hash(c)}`, `${a}_${b}_${c}`]
}
