/** TLS sessions made up from a seed: every form of message that is in clear, with real certificates, in records cut anywhere. */
import { play, readVector } from '../handshake/playbook.ts'

/** What one side sends at one time. */
export type Speech = readonly ['c' | 's', Uint8Array]

export interface MadeSession {
  readonly kind: string
  readonly speeches: readonly Speech[]
}

/** Whole numbers from 0 up to below the argument. */
export type Draw = (below: number) => number

/** The same numbers for the same seed, on every machine. */
export function createDraw(seed: number): Draw {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

export const SESSION_KINDS = [
  '1.3',
  '1.3 retry',
  '1.2',
  '1.2 client certificate',
  '1.2 resumed',
  'refused',
  'alone',
  'CONNECT',
  'STARTTLS',
] as const

/** One session of a kind; what the kind leaves open is drawn. */
export function makeSession(kind: (typeof SESSION_KINDS)[number], draw: Draw): MadeSession {
  const makers = { '1.3': make13, '1.3 retry': makeRetry, '1.2 resumed': makeResumed, refused: makeRefused, alone: makeAlone }
  if (kind in makers) return { kind, speeches: makers[kind as keyof typeof makers](draw) } // just looked for
  const full = make12(draw, kind === '1.2 client certificate')
  if (kind === 'CONNECT')
    return {
      kind,
      speeches: [
        say('c', 'CONNECT modproxy.example:443 HTTP/1.1\r\nHost: modproxy.example:443\r\n\r\n'),
        say('s', 'HTTP/1.1 200 OK\r\n\r\n'),
        ...full,
      ],
    }
  if (kind === 'STARTTLS')
    return {
      kind,
      speeches: [
        ...[say('s', '220 mx.example ESMTP\r\n'), say('c', 'EHLO a.example\r\n'), say('s', '250-mx.example\r\n250 STARTTLS\r\n')],
        ...[say('c', 'STARTTLS\r\n'), say('s', '220 go ahead\r\n')],
        ...full,
      ],
    }
  return { kind, speeches: full }
}

function make13(draw: Draw): Speech[] {
  const answer = [handshake(draw, [serverHello(draw, [[43, u16(0x0304)], keyShare(draw, 29), ...[psk(draw)].flat()])])]
  return [
    say('c', handshake(draw, [clientHello(draw, true)])),
    say('s', ...answer, CCS, hidden(draw), hidden(draw)),
    say('c', CCS, hidden(draw)),
    say('s', hidden(draw)),
  ]
}

function psk(draw: Draw): Extension[] {
  return draw(4) === 0 ? [[41, u16(draw(3))]] : []
}

function makeRetry(draw: Draw): Speech[] {
  const retry = message(
    2,
    u16(0x0303),
    RETRY_RANDOM,
    vector(1, random(draw, 32)),
    u16(0x1301),
    u8(0),
    extensions([
      [43, u16(0x0304)],
      [51, u16(24)],
      [44, vector(2, random(draw, 40))],
    ]),
  )
  const [first, ...rest] = make13(draw)
  return [
    say('c', handshake(draw, [clientHello(draw, true)])),
    say('s', handshake(draw, [retry]), CCS),
    say('c', CCS, first?.[1] ?? ''),
    ...rest,
  ]
}

function make12(draw: Draw, asksClient: boolean): Speech[] {
  const chain = certificateOf(draw)
  const asked = asksClient ? [certificateRequest(draw)] : []
  const status = draw(2) === 0 ? [message(22, u8(1), vector(3, TRY_LATER))] : []
  const flight = [serverHello(draw, serverExtensions(draw)), chain, ...status, serverKeyExchange(draw), ...asked, message(14)]
  const own = asksClient
    ? [
        draw(2) === 0 ? certificateOf(draw) : message(11, vector(3)),
        message(16, vector(1, random(draw, 65))),
        message(15, u16(0x0804), vector(2, random(draw, 256))),
      ]
    : [message(16, vector(1, random(draw, 32)))]
  const ticket = draw(2) === 0 ? [handshake(draw, [message(4, u32(7200), vector(2, random(draw, 120)))])] : []
  return [
    say('c', handshake(draw, [clientHello(draw, false)])),
    say('s', handshake(draw, flight)),
    say('c', handshake(draw, own), CCS, record(22, random(draw, 40))),
    say('s', ...ticket, CCS, record(22, random(draw, 40))),
    say('c', record(23, random(draw, 300)), record(21, random(draw, 26))),
    say('s', record(23, random(draw, 3000))),
  ]
}

function makeResumed(draw: Draw): Speech[] {
  return [
    say('c', handshake(draw, [clientHello(draw, false)])),
    say('s', handshake(draw, [serverHello(draw, serverExtensions(draw))]), CCS, record(22, random(draw, 40))),
    say('c', CCS, record(22, random(draw, 40)), record(23, random(draw, 100))),
  ]
}

function makeRefused(draw: Draw): Speech[] {
  const alerts = draw(2) === 0 ? record(21, Uint8Array.of(1, 112)) : new Uint8Array(0)
  return [
    say('c', handshake(draw, [clientHello(draw, draw(2) === 0)])),
    say('s', alerts, record(21, Uint8Array.of(2, ALERTS[draw(ALERTS.length)] ?? 40))),
  ]
}

function makeAlone(draw: Draw): Speech[] {
  return [say('c', handshake(draw, [clientHello(draw, draw(2) === 0)]))]
}

/** In any order, with numbers nobody knows, GREASE, and none at all. */
function clientHello(draw: Draw, is13: boolean): Uint8Array {
  const list = draw(12) === 0 ? null : shuffle(draw, clientExtensions(draw, is13))
  const suites = numbers(draw, 1 + draw(40), [0x1301, 0x1302, 0xc02f, 0xc030, 0x009c, 0x00ff, 0x5600, 0x0a0a, 0xeaea])
  const parts = [
    u16(draw(5) === 0 ? 0x0301 : 0x0303),
    random(draw, 32),
    vector(1, random(draw, draw(2) * 32)),
    vector(2, suites),
    vector(1, u8(0), ...(draw(9) === 0 ? [u8(1)] : [])),
  ]
  return message(1, ...parts, ...(list === null ? [] : [extensions(list)]))
}

function clientExtensions(draw: Draw, is13: boolean): Extension[] {
  const names = ['modproxy.example', 'a', `${'long-label.'.repeat(20)}example`, 'xn--bcher-kva.example']
  const offered: Extension[] = [
    [0, vector(2, u8(0), vector(2, text(names[draw(names.length)] ?? 'a')))],
    [10, vector(2, numbers(draw, 1 + draw(9), [29, 23, 24, 4588, 0x2a2a]))],
    [11, vector(1, u8(0), u8(1))],
    [13, vector(2, numbers(draw, 1 + draw(20), [0x0403, 0x0804, 0x0807, 0x0201]))],
    [16, vector(2, vector(1, text('h2')), vector(1, text('http/1.1')))],
    [5, concat(u8(1), vector(2), vector(2))],
    [18, new Uint8Array(0)],
    [21, new Uint8Array(draw(200))],
    [23, new Uint8Array(0)],
    [27, vector(1, u16(2), u16(1))],
    [28, u16(64 + draw(16000))],
    [35, random(draw, draw(2) * 160)],
    [50, vector(2, numbers(draw, 3, [0x0403, 0x0804]))],
    [0x1000 + draw(0x4000), random(draw, draw(60))],
    [0x0a0a + 0x1010 * draw(16), random(draw, draw(2))],
    [65281, vector(1)],
  ]
  const many = draw(10) === 0 ? Array.from({ length: 100 }, (_, at): Extension => [0x6000 + at, random(draw, at % 7)]) : []
  const own13: Extension[] = [
    [43, vector(1, u16(0x7a7a), u16(0x0304), u16(0x0303))],
    [45, vector(1, u8(1), ...(draw(2) === 0 ? [u8(0)] : []))],
    [51, vector(2, u16(0x3a3a), vector(2, u8(0)), u16(29), vector(2, random(draw, 32)), u16(4588), vector(2, random(draw, 1216)))],
  ]
  const kept = offered.filter(() => draw(5) > 0)
  return [...kept, ...many, ...(is13 ? own13 : [])]
}

function serverExtensions(draw: Draw): Extension[] {
  const offered: Extension[] = [
    [65281, vector(1)],
    [11, vector(1, u8(0))],
    [23, new Uint8Array(0)],
    [16, vector(2, vector(1, text('http/1.1')))],
    [35, new Uint8Array(0)],
    [5, new Uint8Array(0)],
  ]
  return offered.filter(() => draw(2) === 0)
}

function serverHello(draw: Draw, list: Extension[]): Uint8Array {
  const suite = list.some(([id]) => id === 43) ? 0x1301 + draw(3) : 0xc02f
  const block = list.length === 0 ? [] : [extensions(list)]
  return message(2, u16(0x0303), random(draw, 32), vector(1, random(draw, draw(2) * 32)), u16(suite), u8(0), ...block)
}

function keyShare(draw: Draw, group: number): Extension {
  return [51, concat(u16(group), vector(2, random(draw, 32)))]
}

function serverKeyExchange(draw: Draw): Uint8Array {
  const curve = [23, 24, 25, 29][draw(4)] ?? 23
  return message(12, u8(3), u16(curve), vector(1, random(draw, 65)), u16(0x0401), vector(2, random(draw, 256)))
}

function certificateRequest(draw: Draw): Uint8Array {
  const name = Buffer.from('300c310a300806035504030c0161', 'hex')
  const names = Array.from({ length: draw(4) }, () => vector(2, name))
  return message(13, vector(1, u8(1), u8(64)), vector(2, u16(0x0401), u16(0x0403)), vector(2, ...names))
}

/** Chains of real origins, as they stand in test/vectors. */
const CHAINS = ['go-tls12-ok', 'openssl-tls12-ok', 'go-tls12-client-certificate'].map(
  (name) => play(readVector(name)).transcript.chain ?? [],
)

function certificateOf(draw: Draw): Uint8Array {
  const chain = CHAINS[draw(CHAINS.length)] ?? []
  return message(11, vector(3, ...chain.map((der) => vector(3, der))))
}

/** Messages one behind the other in records of any size: many in one, one over many, cut inside a header. */
function handshake(draw: Draw, messages: readonly Uint8Array[]): Uint8Array {
  const octets = concat(...messages)
  const limit = [16_384, 16_384, 700, 90][draw(4)] ?? 16_384
  const records: Uint8Array[] = []
  for (let at = 0; at < octets.length; ) {
    const length = limit === 16_384 && draw(2) === 0 ? (messages[records.length]?.length ?? limit) : 1 + draw(limit)
    records.push(record(22, octets.subarray(at, at + length)))
    at += length
  }
  return concat(...records)
}

function hidden(draw: Draw): Uint8Array {
  return record(23, random(draw, 60 + draw(2000)))
}

type Extension = readonly [number, Uint8Array]

function extensions(list: readonly Extension[]): Uint8Array {
  return vector(2, ...list.map(([id, data]) => concat(u16(id), vector(2, data))))
}

function message(type: number, ...parts: Uint8Array[]): Uint8Array {
  return concat(u8(type), vector(3, ...parts))
}

function record(type: number, content: Uint8Array): Uint8Array {
  return concat(u8(type), u16(0x0303), vector(2, content))
}

function vector(lengthOctets: 1 | 2 | 3, ...parts: Uint8Array[]): Uint8Array {
  const content = concat(...parts)
  return concat(u32(content.length).subarray(4 - lengthOctets), content)
}

function numbers(draw: Draw, count: number, known: readonly number[]): Uint8Array {
  return concat(...Array.from({ length: count }, () => u16(draw(4) === 0 ? draw(0x10000) : (known[draw(known.length)] ?? 0))))
}

function random(draw: Draw, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, () => draw(256))
}

function shuffle<Item>(draw: Draw, list: readonly Item[]): Item[] {
  return list
    .map((item) => ({ item, at: draw(1_000_000) }))
    .sort((left, right) => left.at - right.at)
    .map(({ item }) => item)
}

function say(from: 'c' | 's', ...parts: (Uint8Array | string)[]): Speech {
  return [from, concat(...parts.map((part) => (typeof part === 'string' ? text(part) : part)))]
}

const concat = (...parts: Uint8Array[]): Uint8Array => Buffer.concat(parts)
const text = (words: string): Uint8Array => Buffer.from(words, 'latin1')
const u8 = (value: number): Uint8Array => Uint8Array.of(value)
const u16 = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 0xff)
const u32 = (value: number): Uint8Array => Uint8Array.of(value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff)

const CCS = record(20, Uint8Array.of(1))
const ALERTS = [40, 47, 49, 70, 71, 80, 112, 120]
/** An OCSP response that says nothing (RFC 6960 section 4.2.1): Wireshark reads no further behind one that is none. */
const TRY_LATER = Buffer.from('30030a0103', 'hex')
/** SHA-256 of "HelloRetryRequest" (RFC 8446 section 4.1.3). */
const RETRY_RANDOM = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex')
