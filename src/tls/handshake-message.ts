import { OctetQueue } from './octet-queue.ts'
import { RECORD_HEADER_BYTES } from './record.ts'

/** HandshakeType (RFC 8446 section 4, RFC 5246 section 7.4). */
export const HANDSHAKE_TYPE = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  newSessionTicket: 4,
  encryptedExtensions: 8,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
  certificateStatus: 22,
  keyUpdate: 24,
  compressedCertificate: 25,
} as const

/** Octets of a handshake message's header: type and 24-bit length. */
export const HANDSHAKE_HEADER_BYTES = 4

/** One whole handshake message. */
export interface HandshakeMessage {
  readonly type: number
  /** With its 4-octet header; a copy that belongs to the message. */
  readonly octets: Uint8Array
  /** Without the header: a view into `octets`. */
  readonly body: Uint8Array
  /** Offset of the record in which the message begins, as given to `append`. */
  readonly recordOffset: number
  /** Offset of the message's first octet in the stream. */
  readonly offset: number
  /** Records over which the message is spread. */
  readonly recordCount: number
}

/**
 * Puts handshake messages together from record fragments: one message over many records, many messages in one.
 * State over time: fragments go in by `append`, whole messages come out of `take`. It never throws.
 */
export class HandshakeAssembler {
  readonly #queue = new OctetQueue()
  #recordOffset = 0
  #offset = 0
  #recordCount = 0

  /** Octets of a message that is not whole yet. */
  get pendingBytes(): number {
    return this.#queue.length
  }

  /** Type and announced length of the message that is not whole yet; null when its header is not there. */
  get pendingHeader(): { readonly type: number; readonly lengthBytes: number; readonly recordOffset: number } | null {
    const [type, high, middle, low] = this.#queue.view()
    if (type === undefined || high === undefined || middle === undefined || low === undefined) return null
    return { type, lengthBytes: high * 65536 + middle * 256 + low, recordOffset: this.#recordOffset }
  }

  /** @param recordOffset offset of the record that the fragment came in */
  append(fragment: Uint8Array, recordOffset: number): readonly HandshakeMessage[] {
    if (this.#queue.length === 0) this.#beginAt(recordOffset, recordOffset + RECORD_HEADER_BYTES)
    this.#recordCount += 1
    this.#queue.append(fragment)
    return this.#takeWhole(recordOffset, recordOffset + RECORD_HEADER_BYTES + fragment.length)
  }

  #takeWhole(recordOffset: number, endOffset: number): readonly HandshakeMessage[] {
    const messages: HandshakeMessage[] = []
    for (let header = this.pendingHeader; header !== null; header = this.pendingHeader) {
      const total = HANDSHAKE_HEADER_BYTES + header.lengthBytes
      if (this.#queue.length < total) break
      const octets = this.#queue.view().slice(0, total)
      messages.push({
        type: header.type,
        octets,
        body: octets.subarray(HANDSHAKE_HEADER_BYTES),
        recordOffset: this.#recordOffset,
        offset: this.#offset,
        recordCount: this.#recordCount,
      })
      this.#queue.drop(total)
      this.#beginAt(recordOffset, endOffset - this.#queue.length)
      this.#recordCount = 1
    }
    return messages
  }

  #beginAt(recordOffset: number, offset: number): void {
    this.#recordOffset = recordOffset
    this.#offset = offset
    this.#recordCount = 0
  }
}
