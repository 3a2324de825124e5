/** Where each field of a whole stream lies: records, the messages in clear that they carry, a hello in SSL 2.0 framing. */
import { HandshakeAssembler } from '../tls/handshake-message.ts'
import { CONTENT_TYPE, RECORD_HEADER_BYTES } from '../tls/record.ts'
import { nameHandshakeType } from '../tls/registry.ts'
import { readSslv2ClientHello } from '../tls/sslv2.ts'
import { type Field, layFields, layRecordFields, laySslv2HelloFields, type SessionContext } from './fields.ts'
import { nameRegistered } from './fields-names.ts'
import type { CapturedStreams, ParseResult } from './tls-parse.ts'

/** One record, or one message that may go over many; offsets of its fields count from its own first octet. */
export interface LaidFields {
  /** "record", or the name of the message. */
  readonly of: string
  /** Of the record, or of the first one of the message, in the direction's file. */
  readonly recordOffset: number
  readonly fields: readonly Field[]
}

/** What {@link layStream} tells, by direction. */
export interface StreamFields {
  readonly c2s: readonly LaidFields[]
  readonly s2c: readonly LaidFields[]
}

/** Lay out every field of a stream that was parsed, in the order in which it stands. Messages are laid out as far as they are in clear. */
export function layStream(streams: CapturedStreams, result: ParseResult): StreamFields {
  const hello = result.serverHellos.find(({ helloRetryRequest }) => !helloRetryRequest)
  const context = { version: hello?.selectedVersion.id ?? TLS13, cipherSuite: hello?.cipherSuite.name ?? '', name: nameRegistered }
  return { c2s: layDirection('c2s', streams.c2s, result, context), s2c: layDirection('s2c', streams.s2c, result, context) }
}

function layDirection(side: 'c2s' | 's2c', octets: Uint8Array | null, result: ParseResult, context: SessionContext): LaidFields[] {
  const start = result.tlsOffset[side]
  if (octets === null || start === null) return []
  const sslv2 = side === 'c2s' ? readSslv2ClientHello(octets.subarray(start)) : null
  const hello = sslv2 === null || sslv2 === 'incomplete' ? EMPTY : octets.subarray(start, start + sslv2.wireBytes)
  const laid: LaidFields[] = []
  if (hello.length > 0) laid.push({ of: 'SSLv2 ClientHello', recordOffset: start, fields: laySslv2HelloFields(hello, nameRegistered) })
  const messages = new MessageLayer(result.handshake.filter(([from]) => from === side.slice(0, 1)).length, context)
  let recordOffset = start + hello.length
  for (const [contentType, , lengthBytes] of result.records[side]) {
    const record = octets.subarray(recordOffset, recordOffset + RECORD_HEADER_BYTES + lengthBytes)
    laid.push({ of: 'record', recordOffset, fields: layRecordFields(record, nameRegistered) })
    if (contentType === CONTENT_TYPE.handshake) laid.push(...messages.lay(record.subarray(RECORD_HEADER_BYTES), recordOffset))
    recordOffset += record.length
  }
  return laid
}

/** Lays out as many messages as were read: what comes behind them is encrypted. */
class MessageLayer {
  readonly #assembler = new HandshakeAssembler()
  readonly #context: SessionContext
  #left: number

  constructor(count: number, context: SessionContext) {
    this.#left = count
    this.#context = context
  }

  lay(fragment: Uint8Array, recordOffset: number): LaidFields[] {
    if (this.#left === 0) return []
    const whole = this.#assembler.append(fragment, recordOffset).slice(0, this.#left)
    this.#left -= whole.length
    return whole.map(({ type, octets, recordOffset: at }) => {
      return { of: nameHandshakeType(type), recordOffset: at, fields: layFields(octets, this.#context) }
    })
  }
}

const EMPTY = new Uint8Array(0)
const TLS13 = 0x0304
