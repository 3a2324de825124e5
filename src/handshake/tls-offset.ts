import type { Direction } from '../contract/terms.ts'
import { parseClientHello } from '../tls/client-hello.ts'
import { TlsDecodeError } from '../tls/decode-error.ts'
import { HANDSHAKE_HEADER_BYTES, HANDSHAKE_TYPE, HandshakeAssembler } from '../tls/handshake-message.ts'
import { CONTENT_TYPE, MAX_FRAGMENT_BYTES, RECORD_HEADER_BYTES, readRecord } from '../tls/record.ts'
import { parseServerHello } from '../tls/server-hello.ts'
import { readSslv2ClientHello } from '../tls/sslv2.ts'

/**
 * Where TLS begins in one direction of a stream that may begin with something else (CONNECT, STARTTLS, SOCKS, MySQL, PostgreSQL …).
 * Bounded: the first {@link SEARCHED_BYTES} octets, and at most {@link MAX_CANDIDATES} places are looked at closely.
 * @returns an offset, or null when this direction is not TLS
 */
export function findTlsOffset(direction: Direction, octets: Uint8Array): number | null {
  if (beginsTls(direction, octets)) return 0
  const end = Math.min(octets.length - MIN_BYTES, SEARCHED_BYTES)
  let candidates = 0
  for (let at = octets.indexOf(CONTENT_TYPE.handshake, 1); at > 0 && at <= end; at = octets.indexOf(CONTENT_TYPE.handshake, at + 1)) {
    if (isHelloHeader(direction, octets, at) ? holdsHello(direction, octets, at) : holdsSplitHello(direction, octets, at)) return at
    if (octets[at + 1] !== 3) continue
    candidates += 1
    if (candidates >= MAX_CANDIDATES) return null
  }
  return null
}

/** At octet 0 a record header is enough: what follows may be damaged and is still meant as TLS. */
function beginsTls(direction: Direction, octets: Uint8Array): boolean {
  const [contentType, major, minor, high, low] = octets
  if (direction === 'client-to-server' && isSslv2Hello(octets)) return true
  if (contentType !== CONTENT_TYPE.handshake && contentType !== CONTENT_TYPE.alert) return false
  const length = (high ?? 0) * 256 + (low ?? 0)
  return major === 3 && (minor ?? 0) <= 4 && length > 0 && length <= MAX_FRAGMENT_BYTES
}

/**
 * Whether a direction goes on with TLS whose beginning was not captured: whole record headers one behind another, the first of a type that no session begins with.
 * Only to be asked where the other direction is TLS: so few octets may be anything.
 */
export function continuesTls(octets: Uint8Array): boolean {
  const [contentType] = octets
  if (contentType !== CONTENT_TYPE.changeCipherSpec && contentType !== CONTENT_TYPE.applicationData) return false
  let at = 0
  for (let records = 0; records < JUDGED_RECORDS && at + RECORD_HEADER_BYTES <= octets.length; records += 1) {
    const [type = 0, major, minor = 9, high = 0, low = 0] = octets.subarray(at, at + RECORD_HEADER_BYTES)
    const length = high * 256 + low
    const isSane = type >= CONTENT_TYPE.changeCipherSpec && type <= CONTENT_TYPE.heartbeat && major === 3 && minor <= 4
    if (!isSane || length === 0 || length > MAX_FRAGMENT_BYTES) return false
    at += RECORD_HEADER_BYTES + length
  }
  return at > 0
}

function isSslv2Hello(octets: Uint8Array): boolean {
  const hello = readSslv2ClientHello(octets)
  return hello !== null && hello !== 'incomplete'
}

/** Record header, handshake header and legacy_version of a hello in their places, with lengths that fit one another. */
function isHelloHeader(direction: Direction, octets: Uint8Array, at: number): boolean {
  const view = octets.subarray(at, at + MIN_BYTES)
  const [, major, minor, high, low, type, lengthHigh, lengthMiddle, lengthLow, helloMajor] = view
  if (major !== 3 || (minor ?? 9) > 4 || type !== HELLO_TYPE[direction] || helloMajor !== 3) return false
  const recordLength = (high ?? 0) * 256 + (low ?? 0)
  const messageLength = (lengthHigh ?? 0) * 65536 + (lengthMiddle ?? 0) * 256 + (lengthLow ?? 0)
  const isSane = recordLength >= MIN_HELLO_BYTES && recordLength <= MAX_FRAGMENT_BYTES && messageLength <= MAX_HELLO_BYTES
  return isSane && messageLength >= MIN_HELLO_BYTES - HANDSHAKE_HEADER_BYTES
}

/** A hello that is wholly there must parse; one that is spread over records or cut off is believed by its header. */
function holdsHello(direction: Direction, octets: Uint8Array, at: number): boolean {
  const view = octets.subarray(at + RECORD_HEADER_BYTES)
  const recordLength = (octets[at + 3] ?? 0) * 256 + (octets[at + 4] ?? 0)
  const length = (view[1] ?? 0) * 65536 + (view[2] ?? 0) * 256 + (view[3] ?? 0)
  const total = HANDSHAKE_HEADER_BYTES + length
  if (total > recordLength || total > view.length) return true
  return isHello(direction, view.subarray(HANDSHAKE_HEADER_BYTES, total))
}

/** A hello whose first record is too short to be known by: all of it must be there, record behind record, and parse. */
function holdsSplitHello(direction: Direction, octets: Uint8Array, at: number): boolean {
  const assembler = new HandshakeAssembler()
  for (let next = at, records = 0; records < MAX_HELLO_RECORDS; records += 1) {
    const reading = readRecord(octets.subarray(next))
    if (reading.status !== 'record' || reading.record.contentType !== CONTENT_TYPE.handshake) return false
    const { fragment } = reading.record
    const [first] = assembler.append(fragment, next)
    if (first !== undefined) return first.type === HELLO_TYPE[direction] && isHello(direction, first.body)
    const header = assembler.pendingHeader
    if (header !== null && (header.type !== HELLO_TYPE[direction] || header.lengthBytes > MAX_HELLO_BYTES)) return false
    next += RECORD_HEADER_BYTES + fragment.length
  }
  return false
}

function isHello(direction: Direction, body: Uint8Array): boolean {
  try {
    if (direction === 'client-to-server') parseClientHello(body)
    else parseServerHello(body)
    return true
  } catch (error) {
    if (!(error instanceof TlsDecodeError)) throw error
    return false
  }
}

const HELLO_TYPE: Readonly<Record<Direction, number>> = {
  'client-to-server': HANDSHAKE_TYPE.clientHello,
  'server-to-client': HANDSHAKE_TYPE.serverHello,
}

/** Headers and legacy_version. */
const MIN_BYTES = RECORD_HEADER_BYTES + HANDSHAKE_HEADER_BYTES + 2

/** Version, random, empty session id, one suite, with header. */
const MIN_HELLO_BYTES = 41

const MAX_HELLO_BYTES = 65536
const SEARCHED_BYTES = 65536
const MAX_CANDIDATES = 32
const MAX_HELLO_RECORDS = 4096
const JUDGED_RECORDS = 3
