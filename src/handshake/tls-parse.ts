import { createHash } from 'node:crypto'
import type { Alert, ClientHello, ServerHello } from '../contract/handshake.ts'
import type { Direction, Named } from '../contract/terms.ts'
import { recognizeDatagram } from '../tls/datagram.ts'
import type { SessionTicket } from '../tls/new-session-ticket.ts'
import { toHex } from '../tls/octets.ts'
import { RECORD_HEADER_BYTES } from '../tls/record.ts'
import { readDowngradeMark } from '../tls/server-hello.ts'
import type { EcdheParameters } from '../tls/server-key-exchange.ts'
import type { Sslv2ClientHello } from '../tls/sslv2.ts'
import type { HandshakeEvent } from './event.ts'
import { HandshakeObserver } from './observer.ts'
import { continuesTls, findTlsOffset } from './tls-offset.ts'
import type { CertificateRequestSeen, StoppedAt, Transcript } from './transcript.ts'

/** The octets of one stream, each direction as a whole; a direction that was not captured is null. */
export interface CapturedStreams {
  readonly c2s: Uint8Array | null
  readonly s2c: Uint8Array | null
  /** Pieces in the order in which they travelled: direction and octets. */
  readonly chunks?: readonly (readonly ['c' | 's', number])[]
}

/** What `whytls parse` says of one stream (contract, "Entry points"). Offsets count from the first octet of the direction's file. */
export interface ParseResult {
  readonly isTls: boolean
  readonly tlsOffset: PerFile<number | null>
  readonly records: PerFile<readonly RecordRow[]>
  readonly clientHellos: readonly (ClientHello & { readonly recordOffset: number })[]
  readonly sslv2ClientHellos: readonly Sslv2ClientHello[]
  /** `downgradeMark`: the version that the server says it was brought down to, absent where there is no mark. */
  readonly serverHellos: readonly (ServerHello & { readonly downgradeMark?: string })[]
  readonly serverKeyExchanges: readonly ({ readonly namedCurve: Named } & Partial<EcdheParameters>)[]
  /** Tickets in clear (TLS 1.2), absent where there are none. */
  readonly sessionTickets?: readonly SessionTicket[]
  readonly certificates: readonly { readonly from: 'c' | 's'; readonly sha256: readonly string[] }[]
  readonly certificateRequests: readonly Omit<CertificateRequestSeen, 'how'>[]
  readonly alerts: readonly ParsedAlert[]
  readonly handshake: readonly MessageRow[]
  readonly stoppedAt: PerFile<{ readonly offset: number; readonly why: string } | null>
  /** The first message that breaks the protocol; absent where all could be read. */
  readonly error?: { readonly offset: number; readonly field: string; readonly message: string }
}

interface PerFile<Value> {
  readonly c2s: Value
  readonly s2c: Value
}

/** Content type, version, length. */
export type RecordRow = readonly [number, number, number]

/** Sender, handshake type, length without header. */
export type MessageRow = readonly ['c' | 's', number, number]

/** An alert in clear. */
export interface ParsedAlert extends Pick<Alert, 'level' | 'code' | 'name'> {
  readonly from: 'c' | 's'
}

/**
 * Parse a captured stream to the end: hellos, certificates, alerts, records, also behind a CONNECT, STARTTLS, SOCKS or MySQL preamble.
 * Never throws; time is linear in the octets.
 */
export function parseStreams(streams: CapturedStreams): ParseResult {
  const found = { c2s: locate('client-to-server', streams.c2s), s2c: locate('server-to-client', streams.s2c) }
  const joined = listJoined(found, streams)
  const offsets = {
    c2s: joined.includes('client-to-server') ? 0 : found.c2s,
    s2c: joined.includes('server-to-client') ? 0 : found.s2c,
  }
  const observer = new HandshakeObserver({ limitBytes: Infinity, maxRecords: Infinity, maxMessages: Infinity, decrypts: false, joined })
  const events: HandshakeEvent[] = []
  for (const { direction, octets } of orderPieces(streams, offsets)) {
    // Not spread: one piece may hold more events than a call has room for arguments.
    for (const event of observer.feed(direction, octets, 0)) events.push(event)
  }
  return composeResult(observer.transcript(), events, offsets, streams)
}

function locate(direction: Direction, octets: Uint8Array | null): number | null {
  return octets === null ? null : findTlsOffset(direction, octets)
}

/** A direction whose beginning was not captured, beside one that is TLS. */
function listJoined({ c2s, s2c }: Offsets, streams: CapturedStreams): Direction[] {
  if (s2c !== null && c2s === null && streams.c2s !== null && continuesTls(streams.c2s)) return ['client-to-server']
  if (c2s !== null && s2c === null && streams.s2c !== null && continuesTls(streams.s2c)) return ['server-to-client']
  return []
}

interface Piece {
  readonly direction: Direction
  readonly octets: Uint8Array
}

type Offsets = PerFile<number | null>

/** The TLS octets in the order in which they travelled, as far as that is known. */
function* orderPieces(streams: CapturedStreams, offsets: Offsets): Generator<Piece> {
  const c2s = openCursor('client-to-server', streams.c2s, offsets.c2s)
  const s2c = openCursor('server-to-client', streams.s2c, offsets.s2c)
  for (const [from, count] of streams.chunks ?? guessOrder(streams, offsets)) yield (from === 'c' ? c2s : s2c)(count)
  yield c2s(Infinity)
  yield s2c(Infinity)
}

function openCursor(direction: Direction, octets: Uint8Array | null, start: number | null): (count: number) => Piece {
  let at = 0
  return (count) => {
    const from = Math.max(at, start ?? Infinity)
    at += count
    return { direction, octets: octets === null || start === null ? EMPTY : octets.subarray(from, Math.max(from, at)) }
  }
}

/** Without chunks: the client's first record, the server's whole side, the rest of the client's. */
function guessOrder({ c2s, s2c }: CapturedStreams, offsets: Offsets): readonly (readonly ['c' | 's', number])[] {
  if (c2s === null || s2c === null || offsets.c2s === null) return []
  const header = c2s.subarray(offsets.c2s, offsets.c2s + RECORD_HEADER_BYTES)
  const firstRecord = RECORD_HEADER_BYTES + (header[3] ?? 0) * 256 + (header[4] ?? 0)
  return [
    ['c', offsets.c2s + firstRecord],
    ['s', s2c.length],
  ]
}

function composeResult(seen: Transcript, events: readonly HandshakeEvent[], offsets: Offsets, streams: CapturedStreams): ParseResult {
  const { sslv2ClientHello, serverKeyExchangeGroup } = seen
  const error = findError(seen, offsets)
  return {
    isTls: offsets.c2s !== null || offsets.s2c !== null,
    tlsOffset: offsets,
    records: { c2s: listRecords(seen, 'client-to-server'), s2c: listRecords(seen, 'server-to-client') },
    clientHellos: listClientHellos(events, offsets.c2s ?? 0),
    sslv2ClientHellos: sslv2ClientHello === undefined ? [] : [sslv2ClientHello],
    serverHellos: seen.serverHellos.map(withDowngradeMark),
    serverKeyExchanges: serverKeyExchangeGroup === null ? [] : [{ namedCurve: serverKeyExchangeGroup, ...seen.ecdheParameters }],
    ...(seen.sessionTickets === undefined ? {} : { sessionTickets: seen.sessionTickets }),
    certificates: listCertificates(events),
    certificateRequests: listCertificateRequests(events),
    alerts: seen.alerts.filter(({ how }) => how === 'clear').map(composeAlert),
    handshake: seen.messages.map(({ dir, type, lengthBytes }) => [letterOf(dir), type, lengthBytes] as const),
    stoppedAt: { c2s: findStop(seen, 'client-to-server', offsets, streams), s2c: findStop(seen, 'server-to-client', offsets, streams) },
    ...(error === null ? {} : { error }),
  }
}

function withDowngradeMark(hello: ServerHello): ParseResult['serverHellos'][number] {
  const downgradeMark = readDowngradeMark(hello)
  return downgradeMark === null ? hello : { ...hello, downgradeMark }
}

function listRecords(seen: Transcript, direction: Direction): RecordRow[] {
  return seen.records
    .filter(({ dir }) => dir === direction)
    .map(({ contentType, version, lengthBytes }) => [contentType, Number(version), lengthBytes] as const)
}

/** A `message` event stands before the event of what it says. */
function listClientHellos(events: readonly HandshakeEvent[], start: number): ParseResult['clientHellos'] {
  const hellos: ParseResult['clientHellos'][number][] = []
  let recordOffset = 0
  for (const event of events) {
    if (event.type === 'message') recordOffset = event.message.recordOffset
    if (event.type === 'client-hello') hellos.push({ ...event.hello, recordOffset: start + recordOffset })
  }
  return hellos
}

function listCertificates(events: readonly HandshakeEvent[]): ParseResult['certificates'] {
  return events
    .filter((event) => event.type === 'certificate')
    .map(({ from, chain }) => ({ from: from === 'client' ? 'c' : 's', sha256: chain.map(hashSha256) }))
}

function listCertificateRequests(events: readonly HandshakeEvent[]): ParseResult['certificateRequests'] {
  return events
    .filter((event) => event.type === 'certificate-request')
    .filter(({ request }) => request.how === 'clear')
    .map(({ request: { certificateTypes, signatureAlgorithms, certificateAuthorities } }) => ({
      certificateTypes,
      signatureAlgorithms,
      certificateAuthorities,
    }))
}

function composeAlert({ sender, level, code, name }: Alert): ParsedAlert {
  return { from: sender === 'client' ? 'c' : 's', level, code, name }
}

function findStop(seen: Transcript, direction: Direction, offsets: Offsets, streams: CapturedStreams): StoppedAt | null {
  const file = direction === 'client-to-server' ? 'c2s' : 's2c'
  const start = offsets[file]
  if (start === null) return describeOther(streams[file])
  const stopped = seen.stoppedAt[direction]
  if (stopped !== null) return { offset: start + stopped.offset, why: stopped.why }
  const partial = seen.partialRecordBytes[direction]
  if (partial === 0) return null
  return { offset: start + seen.bytes[direction] - partial, why: `ends inside a record, after ${partial} octets of it` }
}

/** Datagrams are named: they carry TLS in another form, which is not read. */
function describeOther(octets: Uint8Array | null): StoppedAt | null {
  if (octets === null) return null
  const name = recognizeDatagram(octets)
  return { offset: 0, why: name === null ? 'this side is not TLS' : `this side is ${name}: only TLS over TCP is read` }
}

function findError(seen: Transcript, offsets: Offsets): NonNullable<ParseResult['error']> | null {
  for (const [direction, start] of [
    ['client-to-server', offsets.c2s],
    ['server-to-client', offsets.s2c],
  ] as const) {
    const stopped = seen.stoppedAt[direction]
    if (stopped?.kind === 'malformed-message') {
      return { offset: (start ?? 0) + stopped.offset, field: stopped.field ?? '', message: stopped.why }
    }
  }
  return null
}

function letterOf(direction: Direction): 'c' | 's' {
  return direction === 'client-to-server' ? 'c' : 's'
}

function hashSha256(octets: Uint8Array): string {
  return toHex(createHash('sha256').update(octets).digest())
}

const EMPTY = new Uint8Array(0)
