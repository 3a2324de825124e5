/** The TLS records of a handshake, octet for octet, as far as they are known. Pure. */
import type { Handshake, SeenRecord } from '../contract/handshake.ts'
import type { Direction } from '../contract/terms.ts'
import type { FlightRecord } from '../handshake/flight.ts'
import type { SeenMessage } from '../handshake/transcript.ts'
import { CONTENT_TYPE } from '../tls/record.ts'

/** A record as it is written into a capture. */
export interface RebuiltRecord extends FlightRecord {
  /** False: only its length is known, and {@link FILLER} stands where its octets were. */
  readonly isKept: boolean
}

/**
 * Put records together again from the messages that were read in clear and from the lengths of the records that carried them. Each side's known
 * content ends at its first record whose content is not known; from there on a filler of the same length stands in the place of what was encrypted,
 * so that the file tells how long each record was, as the wire did.
 */
export function rebuildRecords(handshake: Pick<Handshake, 'records' | 'alerts'>, messages: readonly SeenMessage[]): RebuiltRecord[] {
  const sides = {
    'client-to-server': openSide('client-to-server', handshake, messages),
    'server-to-client': openSide('server-to-client', handshake, messages),
  }
  let fillerBytes = 0
  return handshake.records.flatMap((record) => {
    const side = sides[record.dir]
    const content = side.isOver ? null : takeContent(side, record)
    side.isOver = content === null
    fillerBytes += content === null ? record.lengthBytes : 0
    if (fillerBytes > MAX_FILLER_BYTES) return []
    const octets = frameRecord(record, content ?? fill(record.lengthBytes))
    return [{ dir: record.dir, atMs: record.atMs, octets, isKept: content !== null }]
  })
}

/** Begins with no handshake type and no alert level, so that nobody takes it for a message. */
const FILLER = Buffer.from('[whytls keeps no encrypted octets: this is a filler] ', 'latin1')
const MAX_FILLER_BYTES = 256 * 1024

function fill(lengthBytes: number): Uint8Array {
  return Buffer.alloc(lengthBytes, FILLER)
}

interface Side {
  /** Handshake messages in clear, one after the other; what was used is cut off. */
  waiting: Uint8Array
  readonly alerts: Uint8Array[]
  isOver: boolean
}

function openSide(dir: Direction, { alerts }: Pick<Handshake, 'alerts'>, messages: readonly SeenMessage[]): Side {
  const sender = dir === 'client-to-server' ? 'client' : 'server'
  const readable = messages.filter((message) => message.dir === dir && message.source === 'wire')
  return {
    waiting: Buffer.concat(readable.map(({ octets }) => octets ?? new Uint8Array(0))),
    alerts: alerts.filter((alert) => alert.sender === sender && alert.how === 'clear').map(encodeAlert),
    isOver: false,
  }
}

function encodeAlert({ level, code }: Handshake['alerts'][number]): Uint8Array {
  const number = typeof level === 'number' ? level : level === 'warning' ? 1 : 2
  return new Uint8Array([number, code ?? 0])
}

function takeContent(side: Side, { contentType, lengthBytes }: SeenRecord): Uint8Array | null {
  if (contentType === CONTENT_TYPE.changeCipherSpec) return lengthBytes === 1 ? new Uint8Array([1]) : null
  if (contentType === CONTENT_TYPE.alert) return lengthBytes === 2 ? (side.alerts.shift() ?? null) : null
  if (contentType !== CONTENT_TYPE.handshake || side.waiting.length < lengthBytes) return null
  const content = side.waiting.subarray(0, lengthBytes)
  side.waiting = side.waiting.subarray(lengthBytes)
  return content
}

function frameRecord({ contentType, version, lengthBytes }: SeenRecord, content: Uint8Array): Uint8Array {
  const number = Number(version)
  return new Uint8Array([contentType, number >> 8, number & 0xff, lengthBytes >> 8, lengthBytes & 0xff, ...content])
}
