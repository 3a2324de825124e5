/** Puts made-up sessions on a made-up network: segments, disturbances, link layers, capture files. */
import { gzipSync } from 'node:zlib'
import { blocksOf, type Frame, ipv4, ipv6, pcapOf, tcp } from '../capture/capture-files.ts'
import { createDraw, type Draw, type MadeSession, makeSession, SESSION_KINDS } from './made-sessions.ts'

export interface MadeCapture {
  readonly name: string
  readonly octets: Uint8Array
  /** By TCP stream, in the order of first packets. */
  readonly sessions: readonly MadeSession[]
}

/** Port on which a session's server listens: Wireshark knows by it what comes before TLS. */
export const SERVER_PORTS: Readonly<Record<string, number>> = { CONNECT: 3128, STARTTLS: 25 }
const TLS_PORT = 443
export const FIRST_PORT = 40_000

/** Four files of all forms, with `count` sessions each. */
export function makeCaptures(seed: number, count: number): readonly MadeCapture[] {
  const [mixed, plain, cooked, raw] = [0, 1, 2, 3].map((at) => makeSessions(createDraw(seed + at), count))
  const draw = createDraw(seed + 4)
  const frames = (sessions: readonly MadeSession[] | undefined, links: readonly Link[]) => transmit(draw, sessions ?? [], links)
  return [
    {
      name: 'mixed.pcapng',
      octets: writeSections(frames(mixed, [ETHERNET, COOKED, COOKED_2, NULL_LINK, LOOP, RAW_IP])),
      sessions: mixed ?? [],
    },
    {
      name: 'tagged.pcap',
      octets: writePcap(frames(plain, [ETHERNET, VLAN, QINQ, PPPOE, MPLS, createFragments(), HOPS]), false, false),
      sessions: plain ?? [],
    },
    { name: 'cooked.pcap', octets: writePcap(frames(cooked, [COOKED]), true, true), sessions: cooked ?? [] },
    { name: 'raw.pcap.gz', octets: gzipSync(writePcap(frames(raw, [RAW_IP]), true, false)), sessions: raw ?? [] },
  ]
}

function makeSessions(draw: Draw, count: number): readonly MadeSession[] {
  return Array.from({ length: count }, (_, at) => makeSession(SESSION_KINDS[at % SESSION_KINDS.length] ?? '1.3', draw))
}

interface Sent {
  readonly from: 'client' | 'server'
  readonly sequence: number
  readonly acknowledged: number
  readonly flags: string
  readonly payload: Uint8Array
}

interface LinkedFrame extends Frame {
  readonly linkType: number
}

/** Some sessions run at the same time; a packet's time is its place. Streams are numbered by their first packets, so they begin in order. */
function transmit(draw: Draw, sessions: readonly MadeSession[], links: readonly Link[]): readonly LinkedFrame[] {
  const queues = sessions.map((session, at) => ({ at, session, isBegun: false, sent: disturb(draw, segment(draw, session)) }))
  const frames: LinkedFrame[] = []
  for (;;) {
    const running = queues.filter(({ sent }) => sent.length > 0).slice(0, AT_ONE_TIME)
    const picked = running[draw(AT_ONE_TIME)] ?? running[0]
    if (picked === undefined) return frames
    const queue = picked.isBegun ? picked : (running.find(({ isBegun }) => !isBegun) ?? picked)
    queue.isBegun = true
    const [one] = queue.sent.splice(0, 1)
    const { type, wrap } = links[queue.at % links.length] ?? ETHERNET
    const octets = one === undefined ? [] : wrap(writeSegment(one, queue.at, queue.session), one.from === 'client')
    for (const frame of octets) frames.push({ atMs: BEGIN_MS + frames.length, octets: frame, linkType: type })
  }
}

function writeSegment({ from, sequence, flags, payload, acknowledged }: Sent, at: number, { kind }: MadeSession): Uint8Array {
  const octets = tcp({ from, sequence, flags, payload, clientPort: FIRST_PORT + at, serverPort: SERVER_PORTS[kind] ?? TLS_PORT })
  octets.writeUInt32BE(acknowledged >>> 0, 8)
  octets.writeUInt16BE(0xffff, 14)
  return octets
}

function segment(draw: Draw, { speeches }: MadeSession): Sent[] {
  // Near the end of the numbers, so that they wrap.
  const next = { client: draw(3) === 0 ? 0xffffff00 : draw(2 ** 31), server: draw(3) === 0 ? 0xfffffff0 : draw(2 ** 31) }
  const sent: Sent[] = []
  const send = (from: 'client' | 'server', flags: string, payload: Uint8Array) => {
    const to = from === 'client' ? 'server' : 'client'
    sent.push({ from, sequence: next[from] >>> 0, acknowledged: flags === 'S' ? 0 : next[to], flags, payload })
    next[from] += payload.length + (/[SF]/.test(flags) ? 1 : 0)
  }
  send('client', 'S', NOTHING)
  send('server', 'SA', NOTHING)
  send('client', 'A', NOTHING)
  const most = [1460, 1460, 500, 60][draw(4)] ?? 1460
  for (const [who, octets] of speeches) {
    const from = who === 'c' ? 'client' : 'server'
    for (let at = 0; at < octets.length; ) {
      const length = draw(2) === 0 ? most : 1 + draw(most)
      send(from, 'A', octets.subarray(at, at + length))
      at += length
    }
  }
  send('client', draw(4) === 0 ? 'RA' : 'FA', NOTHING)
  return sent
}

/** What networks do: the same octets again, also more or fewer of them, keep-alives, neighbours that change places. Other octets in their place are for unit tests: Wireshark takes now these, now those. */
function disturb(draw: Draw, sent: readonly Sent[]): Sent[] {
  return sent.flatMap((one, at) => {
    const before = sent[at - 1]
    const isRepeatable = before !== undefined && before.from === one.from && before.payload.length > 0 && one.payload.length > 0
    const kind = isRepeatable ? draw(14) : 9
    if (before === undefined || kind > 4) return [one]
    if (kind === 0) return [before, one]
    if (kind === 1) return [{ ...before, payload: Buffer.concat([before.payload, one.payload]) }]
    if (kind === 2) return [{ ...before, payload: before.payload.subarray(0, 1 + (before.payload.length >> 1)) }, one]
    if (kind === 3) return [{ ...one, sequence: (one.sequence - 1) >>> 0, payload: NOTHING }, one]
    const half = one.payload.length >> 1
    if (half === 0) return [one]
    return [
      { ...one, sequence: (one.sequence + half) >>> 0, payload: one.payload.subarray(half) },
      { ...one, payload: one.payload.subarray(0, half) },
    ]
  })
}

/** A link layer: one or more frames for one TCP segment. */
interface Link {
  readonly type: number
  readonly wrap: (segment: Uint8Array, isFromClient: boolean) => readonly Uint8Array[]
}

function link(type: number, head: string): Link {
  return { type, wrap: (segment, isFromClient) => [Buffer.concat([Buffer.from(head, 'hex'), ipv4(TCP, segment, isFromClient)])] }
}

const TCP = 6
const STATIONS = '020000000001020000000002'
const ETHERNET = link(1, `${STATIONS}0800`)
const VLAN = link(1, `${STATIONS}810000070800`)
const QINQ = link(1, `${STATIONS}88a80007810000080800`)
const MPLS = link(1, `${STATIONS}884700010140`)
const COOKED = link(113, '00000001000602000000000100000800')
const COOKED_2 = link(276, '0800000000000001000100060200000000010000')
const NULL_LINK = link(0, '02000000')
const LOOP = link(108, '00000002')
const RAW_IP = link(101, '')
const PPPOE: Link = {
  type: 1,
  wrap: (segment, isFromClient) => {
    const packet = ipv4(TCP, segment, isFromClient)
    const length = (packet.length + 2).toString(16).padStart(4, '0')
    return [Buffer.concat([Buffer.from(`${STATIONS}886411000001${length}0021`, 'hex'), packet])]
  },
}
/** Two parts of one IPv4 packet, the last one first. */
function createFragments(): Link {
  let identification = 0
  const cut = 24
  const wrap = (segment: Uint8Array, isFromClient: boolean) => {
    identification += 1
    const [head, tail] = [segment.subarray(0, cut), segment.subarray(cut)]
    const parts =
      tail.length === 0 ? [ipv4(TCP, head, isFromClient)] : [ipv4(TCP, tail, isFromClient, cut / 8), ipv4(TCP, head, isFromClient, 0x2000)]
    for (const part of parts) part.writeUInt16BE(identification & 0xffff, 4)
    return parts.map((part) => Buffer.concat([Buffer.from(`${STATIONS}0800`, 'hex'), part]))
  }
  return { type: 1, wrap }
}

/** IPv6 with hop-by-hop options and destination options. */
const HOPS: Link = {
  type: 1,
  wrap: (segment, isFromClient) => {
    const packet = ipv6(segment, [
      [0, Buffer.from('00010400000000', 'hex')],
      [60, Buffer.from('00010400000000', 'hex')],
    ])
    if (!isFromClient) Buffer.from([...packet.subarray(24, 40), ...packet.subarray(8, 24)]).copy(packet, 8)
    return [Buffer.concat([Buffer.from(`${STATIONS}86dd`, 'hex'), packet])]
  },
}

function writePcap(frames: readonly LinkedFrame[], littleEndian: boolean, nanoseconds: boolean): Uint8Array {
  return pcapOf(frames, { littleEndian, nanoseconds, linkType: frames[0]?.linkType ?? 1 })
}

/** Two sections with different byte orders, an interface for each link type, blocks that nobody knows in between. */
function writeSections(frames: readonly LinkedFrame[]): Uint8Array {
  const types = [...new Set(frames.map(({ linkType }) => linkType))]
  const half = frames.length >> 1
  return Buffer.concat(
    [frames.slice(0, half), frames.slice(half)].flatMap((part, at) => {
      const { section, describe, enhanced, other } = blocksOf(at === 0)
      const packets = part.flatMap((frame, index) => [
        enhanced(frame, types.indexOf(frame.linkType)),
        ...(index % 50 === 0 ? [other()] : []),
      ])
      return [section(), ...types.map((type) => describe(type)), ...packets]
    }),
  )
}

const NOTHING = new Uint8Array(0)
const BEGIN_MS = Date.parse('2026-11-22T12:00:00Z')
const AT_ONE_TIME = 3
