/** A TCP conversation made up around octets that are real: Ethernet, IPv4 or IPv6, TCP, with right checksums and sequence numbers. Pure. */
import type { Direction } from '../contract/terms.ts'
import type { Packet } from './pcapng.ts'

/** One end of a conversation. */
export interface Endpoint {
  /** 4 or 16 octets; both ends alike. */
  readonly address: Uint8Array
  readonly port: number
}

/** What one packet says beside its octets. */
export type Flag = 'syn' | 'ack' | 'psh' | 'fin' | 'rst'

/** Makes the packets of one conversation, in order; each acknowledges all that the other side sent before. */
export class Conversation {
  readonly packets: Packet[] = []
  readonly #ends: Readonly<Record<Direction, { readonly from: Endpoint; readonly to: Endpoint }>>
  readonly #next: Record<Direction, number> = { 'client-to-server': FIRST_SEQUENCE, 'server-to-client': FIRST_SEQUENCE }
  #atMicros = 0

  constructor(client: Endpoint, server: Endpoint) {
    this.#ends = { 'client-to-server': { from: client, to: server }, 'server-to-client': { from: server, to: client } }
  }

  /** The first two or three packets. @param answered false: nobody answered the first one */
  open(atMicros: number, answeredAtMicros: number, answered: boolean, comment: string): void {
    this.#send('client-to-server', ['syn'], atMicros, NOTHING, comment)
    if (!answered) return
    this.#send('server-to-client', ['syn', 'ack'], answeredAtMicros)
    this.#send('client-to-server', ['ack'], answeredAtMicros)
  }

  /** Octets of one record, in as many segments as they need. */
  say(direction: Direction, octets: Uint8Array, atMicros: number): void {
    for (let at = 0; at < octets.length; at += SEGMENT_BYTES) {
      const segment = octets.subarray(at, at + SEGMENT_BYTES)
      this.#send(direction, at + SEGMENT_BYTES < octets.length ? ['ack'] : ['psh', 'ack'], atMicros, segment)
    }
  }

  /** One side ends in order, the other one follows. */
  finish(direction: Direction, atMicros: number): void {
    const back = direction === 'client-to-server' ? 'server-to-client' : 'client-to-server'
    this.#send(direction, ['fin', 'ack'], atMicros)
    this.#send(back, ['fin', 'ack'], atMicros)
    this.#send(direction, ['ack'], atMicros)
  }

  /** One side breaks off. */
  reset(direction: Direction, atMicros: number): void {
    this.#send(direction, ['rst', 'ack'], atMicros)
  }

  #send(direction: Direction, flags: readonly Flag[], atMicros: number, octets: Uint8Array = NOTHING, comment: string | null = null): void {
    const back = direction === 'client-to-server' ? 'server-to-client' : 'client-to-server'
    const { from, to } = this.#ends[direction]
    const numbers = { sequence: this.#next[direction], acknowledged: flags.includes('ack') ? this.#next[back] : 0 }
    const segment = makeSegment(from, to, flags, numbers, octets)
    this.#next[direction] += octets.length + (flags.includes('syn') || flags.includes('fin') ? 1 : 0)
    this.#atMicros = Math.max(this.#atMicros + 1, Math.round(atMicros))
    this.packets.push({ atMicros: this.#atMicros, frame: makeFrame(from, to, direction, segment), comment })
  }
}

function makeSegment(
  from: Endpoint,
  to: Endpoint,
  flags: readonly Flag[],
  numbers: { readonly sequence: number; readonly acknowledged: number },
  octets: Uint8Array,
): Buffer {
  const isSyn = flags.includes('syn')
  const header = Buffer.alloc(isSyn ? 28 : 20)
  header.writeUInt16BE(from.port, 0)
  header.writeUInt16BE(to.port, 2)
  header.writeUInt32BE(numbers.sequence, 4)
  header.writeUInt32BE(numbers.acknowledged, 8)
  header.writeUInt8((header.length / 4) << 4, 12)
  header.writeUInt8(
    flags.reduce((sum, flag) => sum | FLAGS[flag], 0),
    13,
  )
  header.writeUInt16BE(0xffff, 14)
  if (isSyn) header.set(SYN_OPTIONS, 20)
  const segment = Buffer.concat([header, octets])
  segment.writeUInt16BE(sumOf(Buffer.concat([makePseudoHeader(from, to, segment.length), segment])), 16)
  return segment
}

/** RFC 9293 section 3.1 and RFC 8200 section 8.1. */
function makePseudoHeader(from: Endpoint, to: Endpoint, length: number): Buffer {
  const tail =
    from.address.length === 4 ? [0, PROTOCOL_TCP, length >> 8, length & 0xff] : [0, 0, length >> 8, length & 0xff, 0, 0, 0, PROTOCOL_TCP]
  return Buffer.concat([from.address, to.address, Buffer.from(tail)])
}

function makeFrame(from: Endpoint, to: Endpoint, direction: Direction, segment: Buffer): Buffer {
  const isV4 = from.address.length === 4
  const stations = direction === 'client-to-server' ? [SERVER_STATION, CLIENT_STATION] : [CLIENT_STATION, SERVER_STATION]
  const ethernet = Buffer.from([...stations.flat(), ...(isV4 ? [0x08, 0x00] : [0x86, 0xdd])])
  return Buffer.concat([ethernet, isV4 ? makeIpv4(from, to, segment.length) : makeIpv6(from, to, segment.length), segment])
}

function makeIpv4(from: Endpoint, to: Endpoint, length: number): Buffer {
  const header = Buffer.concat([Buffer.from([0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, PROTOCOL_TCP, 0, 0]), from.address, to.address])
  header.writeUInt16BE(header.length + length, 2)
  header.writeUInt16BE(sumOf(header), 10)
  return header
}

function makeIpv6(from: Endpoint, to: Endpoint, length: number): Buffer {
  return Buffer.concat([Buffer.from([0x60, 0, 0, 0, length >> 8, length & 0xff, PROTOCOL_TCP, 64]), from.address, to.address])
}

/** The internet checksum (RFC 1071) over octets whose checksum field is zero. */
function sumOf(octets: Buffer): number {
  let sum = 0
  for (let at = 0; at < octets.length; at += 2) sum += (octets[at] ?? 0) * 256 + (octets[at + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000)
  return ~sum & 0xffff
}

const NOTHING = new Uint8Array(0)
const FIRST_SEQUENCE = 1_000_000
/** Fits into an Ethernet frame of 1,500 octets with IPv6, too. */
const SEGMENT_BYTES = 1440
const PROTOCOL_TCP = 6
const FLAGS: Readonly<Record<Flag, number>> = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 }
/** Maximum segment size 1440, no operation, window scale 7: a window that no handshake fills. */
const SYN_OPTIONS = [2, 4, 0x05, 0xa0, 1, 3, 3, 7]
/** Locally administered addresses. */
const CLIENT_STATION = [2, 0, 0, 0, 0, 1]
const SERVER_STATION = [2, 0, 0, 0, 0, 2]
