/** The TLS records of a handshake, octet for octet, as far as they are known. Pure. */
import type { Handshake, SeenRecord } from '../contract/handshake.ts'
import type { Direction } from '../contract/terms.ts'
import type { FlightRecord } from '../handshake/flight.ts'
import type { SeenMessage } from '../handshake/transcript.ts'
import { CONTENT_TYPE } from '../tls/record.ts'

/**
 * Put records together again from the messages that were read in clear and from the lengths of the records that carried them. Each side ends at
 * its first record whose content is not known; what follows there was encrypted.
 */
export function rebuildRecords(handshake: Pick<Handshake, 'records' | 'alerts'>, messages: readonly SeenMessage[]): FlightRecord[] {
  const sides = {
    'client-to-server': openSide('client-to-server', handshake, messages),
    'server-to-client': openSide('server-to-client', handshake, messages),
  }
  return handshake.records.flatMap((record) => {
    const side = sides[record.dir]
    const content = side.isOver ? null : takeContent(side, record)
    side.isOver = content === null
    return content === null ? [] : [{ dir: record.dir, atMs: record.atMs, octets: frameRecord(record, content) }]
  })
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
