/** Seeded ServerHellos, HelloRetryRequests and first flights, most of them wrong in one or two places. */
import { randomBytes } from 'node:crypto'
import {
  chosenProtocol,
  encryptedFlight,
  extension,
  type HelloParts,
  keyShare,
  rawX25519,
  retryRequest,
  serverHello12,
  serverHello13,
  u16,
} from '../../src/lab/raw-hello.ts'
import { block, handshakeMessage, type RawClientHello, record } from '../../src/lab/raw-messages.ts'

/** What the server sends for one connection. */
export interface Mutation {
  readonly name: string
  /** One answer for each ClientHello. */
  readonly answers: readonly Buffer[]
  /** Messages that travel encrypted, with their 4-octet headers. */
  readonly hidden: readonly Buffer[]
}

type Random = () => number

/** A generator of numbers below 1 that gives the same ones for the same seed (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The mutation number `n` of a seed, for one ClientHello. */
export function mutate(seed: number, n: number, hello: RawClientHello): Mutation {
  const random = seeded(seed * 100_003 + n)
  const kind = pick(random, KINDS)
  return { hidden: [], ...kind.make(random, hello), name: `${kind.name} #${n}` }
}

interface Kind {
  readonly name: string
  readonly make: (random: Random, hello: RawClientHello) => Omit<Mutation, 'name' | 'hidden'> & Partial<Pick<Mutation, 'hidden'>>
}

const KINDS: readonly Kind[] = [
  { name: 'hello13', make: (random, hello) => one(mutateMessage(random, serverHello13(hello, parts13(random, hello)))) },
  { name: 'hello13', make: (random, hello) => one(record(22, serverHello13(hello, parts13(random, hello)))) },
  { name: 'hello12', make: (random, hello) => one(record(22, serverHello12(parts12(random, hello)))) },
  { name: 'hello12', make: (random, hello) => one(mutateMessage(random, serverHello12(parts12(random, hello)))) },
  { name: 'retry', make: makeRetry },
  { name: 'extensions', make: makeEncrypted },
  { name: 'order', make: makeDisorder },
]

function one(octets: Buffer): { readonly answers: readonly Buffer[] } {
  return { answers: [octets] }
}

function parts13(random: Random, hello: RawClientHello): HelloParts {
  const share = () => pick(random, SHARES)()
  const extensions = [extension(43, u16(0x0304)), share()]
  if (random() < 0.5) extensions.push(pick(random, EXTENSIONS)())
  if (random() < 0.1) extensions.push(pick(random, EXTENSIONS)())
  if (random() < 0.1) extensions.shift()
  if (random() < 0.1) extensions[0] = extension(43, u16(pick(random, VERSIONS)))
  return {
    extensions,
    ...often(random, 0.1, { legacyVersion: pick(random, VERSIONS) }),
    ...often(random, 0.1, { suite: pick(random, SUITES) }),
    ...often(random, 0.07, { compression: 1 }),
    ...often(random, 0.1, { sessionId: pick(random, [Buffer.alloc(0), randomBytes(32), hello.sessionId.subarray(1)]) }),
    ...often(random, 0.05, { tail: Buffer.alloc(1 + Math.floor(random() * 4)) }),
  }
}

function parts12(random: Random, hello: RawClientHello): HelloParts {
  const extensions = [extension(0xff01, block(1, Buffer.alloc(random() < 0.1 ? 12 : 0))), pick(random, POINT_FORMATS)()]
  if (random() < 0.5) extensions.push(pick(random, EXTENSIONS)())
  return {
    extensions,
    ...often(random, 0.1, { legacyVersion: pick(random, VERSIONS) }),
    ...often(random, 0.2, { suite: pick(random, SUITES) }),
    ...often(random, 0.1, { compression: 1 }),
    ...often(random, 0.1, { sessionId: pick(random, [hello.sessionId, randomBytes(32)]) }),
    ...often(random, 0.1, { tail: Buffer.alloc(2) }),
    ...often(random, 0.2, { random: Buffer.concat([randomBytes(24), pick(random, MARKS)]) }),
  }
}

function makeRetry(random: Random, hello: RawClientHello): Omit<Mutation, 'name' | 'hidden'> {
  const parts = random() < 0.5 ? {} : parts13(random, hello)
  const group = pick(random, GROUPS)
  const cookie = extension(44, block(2, Buffer.from('cookie')))
  const extensions = [
    extension(43, u16(0x0304)),
    ...(random() < 0.8 ? [extension(51, u16(group))] : []),
    ...(random() < 0.3 ? [cookie] : []),
  ]
  const retry = record(
    22,
    retryRequest(hello, group, random() < 0.7 ? { extensions } : { ...parts, ...often(random, 0.5, { extensions }) }),
  )
  const second = pick(random, [
    () => retryRequest(hello, 24),
    () => serverHello13(hello, { extensions: [extension(43, u16(0x0304)), keyShare(group, validShare(group))] }),
    () => serverHello13(hello, parts13(random, hello)),
    () => serverHello12(),
  ])()
  return { answers: [Buffer.concat([retry, record(20, Buffer.from([1]))]), record(22, second)] }
}

function makeEncrypted(random: Random, hello: RawClientHello): Omit<Mutation, 'name'> {
  const extensions = random() < 0.7 ? [pick(random, EXTENSIONS)(), ...(random() < 0.3 ? [pick(random, EXTENSIONS)()] : [])] : []
  const first = handshakeMessage(8, Buffer.concat([block(2, ...extensions), Buffer.alloc(random() < 0.1 ? 1 : 0)]))
  const hidden = random() < 0.7 ? [first] : [pick(random, MESSAGES), first]
  if (random() < 0.3) hidden.push(pick(random, MESSAGES))
  const flight = encryptedFlight(hello, () => hidden)
  return { answers: [flight ?? Buffer.alloc(0)], hidden }
}

function makeDisorder(random: Random, hello: RawClientHello): Omit<Mutation, 'name' | 'hidden'> {
  const good = random() < 0.5 ? serverHello13(hello) : serverHello12()
  const stray = pick(random, [
    () => record(22, pick(random, MESSAGES)),
    () => record(21, Buffer.from([pick(random, [1, 3]), 112])),
    () => record(20, Buffer.from([1])),
    () => record(23, Buffer.from([1, 2, 3])),
    () => Buffer.from([22, 3, 3, 0, 0]),
    () => record(21, Buffer.from([2, 40, 2])),
  ])()
  if (random() < 0.3) return one(record(22, Buffer.concat([good, pick(random, MESSAGES)])))
  // A first record that is neither an alert nor a handshake message is no TLS at all, which is judged elsewhere.
  const isFirst = random() < 0.5 && (stray[0] === 22 || stray[0] === 21)
  return one(Buffer.concat(isFirst ? [stray, record(22, good)] : [record(22, good), stray]))
}

/** Break the octets of a message but not its length, so that go does not wait for more. */
function mutateMessage(random: Random, message: Buffer): Buffer {
  const body = Buffer.from(message.subarray(4))
  const at = Math.floor(random() * body.length)
  if (random() < 0.5) return record(22, handshakeMessage(2, body.subarray(0, at)))
  // Not in the random nor in a share, where all octets are equal.
  const place = at >= 2 && at < 34 ? 34 + (at % 6) : at
  body[place] = Math.floor(random() * 256)
  return record(22, handshakeMessage(2, body))
}

function validShare(group: number): Buffer {
  return group === 29 ? rawX25519() : Buffer.concat([Buffer.from([4]), randomBytes(64)])
}

function often(random: Random, chance: number, parts: HelloParts): HelloParts {
  return random() < chance ? parts : {}
}

function pick<Value>(random: Random, list: readonly Value[]): Value {
  const value = list[Math.floor(random() * list.length)]
  if (value === undefined) throw new Error('an empty list')
  return value
}

const VERSIONS = [0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 0x0305, 0x7f1c]
const SUITES = [0x1301, 0x1302, 0x1303, 0x1304, 0xc02b, 0xc02f, 0x009c, 0xc0ac, 0x0000]
const GROUPS = [23, 24, 25, 29, 30, 4588, 4587, 256, 0]
const MARKS = [Buffer.from('DOWNGRD\u0001', 'latin1'), Buffer.from('DOWNGRD\u0000', 'latin1'), Buffer.from('DOWNGRD\u0002', 'latin1')]
const SHARES: readonly (() => Buffer)[] = [
  ...Array.from({ length: 6 }, () => () => keyShare(29, rawX25519())),
  () => keyShare(29, Buffer.alloc(31, 9)),
  () => keyShare(29, Buffer.alloc(32)),
  () => keyShare(23, Buffer.alloc(65, 4)),
  () => keyShare(30, randomBytes(56)),
  () => keyShare(4588, randomBytes(32)),
  () => extension(51, u16(29)),
  () => extension(51, Buffer.from([0, 29, 0])),
  () => extension(51, Buffer.alloc(0)),
  () => extension(99, Buffer.alloc(0)),
]
const POINT_FORMATS: readonly (() => Buffer)[] = [
  () => extension(11, Buffer.from([1, 0])),
  () => extension(11, Buffer.from([3, 0, 1, 2])),
  () => extension(11, Buffer.from([1, 1])),
  () => extension(11, Buffer.from([0])),
]
const EXTENSIONS: readonly (() => Buffer)[] = [
  () => extension(0, Buffer.alloc(0)),
  () => extension(0, Buffer.from('lab')),
  () => extension(5, Buffer.alloc(0)),
  () => extension(5, Buffer.from([1])),
  () => chosenProtocol('h2'),
  () => chosenProtocol('http/1.1'),
  () => chosenProtocol('spdy/3'),
  () => chosenProtocol(''),
  () => extension(16, block(2, block(1, Buffer.from('h2')), block(1, Buffer.from('h2')))),
  () => extension(16, block(2)),
  () => extension(18, block(2, block(2, Buffer.from('sct')))),
  () => extension(18, block(2)),
  () => extension(23, Buffer.alloc(0)),
  () => extension(35, Buffer.alloc(0)),
  () => extension(41, u16(0)),
  () => extension(42, Buffer.alloc(0)),
  () => extension(44, block(2, Buffer.from('cookie'))),
  () => extension(44, block(2)),
  () => extension(51, u16(29)),
  () => extension(57, Buffer.from([1, 2])),
  () => extension(4660, Buffer.from('unknown')),
  () => extension(65037, Buffer.from('12345678')),
  () => extension(65281, block(1)),
  () => extension(65281, block(1, Buffer.from('x'))),
]
const MESSAGES: readonly Buffer[] = [
  handshakeMessage(0, Buffer.alloc(0)),
  handshakeMessage(0, Buffer.from([1])),
  handshakeMessage(4, Buffer.from([0, 0, 1, 0, 0, 1, 9])),
  handshakeMessage(8, block(2)),
  handshakeMessage(11, block(3)),
  handshakeMessage(11, block(3, block(3, Buffer.from('x')))),
  handshakeMessage(12, Buffer.from([3, 0, 29, 0])),
  handshakeMessage(14, Buffer.alloc(0)),
  handshakeMessage(14, Buffer.from([1])),
  handshakeMessage(15, Buffer.from([4, 3, 0, 1, 1])),
  handshakeMessage(20, randomBytes(32)),
  handshakeMessage(24, Buffer.from([0])),
  handshakeMessage(24, Buffer.from([7])),
  handshakeMessage(99, Buffer.from('?')),
]
