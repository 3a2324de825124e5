import type { Direction } from '../contract/terms.ts'
import { HandshakeAssembler } from '../tls/handshake-message.ts'
import { OctetQueue } from '../tls/octet-queue.ts'
import { CONTENT_TYPE, MAX_FRAGMENT_13_BYTES, MAX_FRAGMENT_BYTES, RECORD_HEADER_BYTES, readRecord, type TlsRecord } from '../tls/record.ts'
import { readSslv2ClientHello, type Sslv2ClientHello } from '../tls/sslv2.ts'
import { HEAD_BYTES, READ_BYTES } from './not-tls.ts'

/** What stands next in one direction. */
export type SideReading =
  | { readonly status: 'record'; readonly record: TlsRecord; readonly offset: number }
  | { readonly status: 'sslv2-hello'; readonly hello: Sslv2ClientHello }
  | { readonly status: 'incomplete' }
  | { readonly status: 'stopped'; readonly kind: 'not-tls' | 'record-too-long'; readonly offset: number; readonly why: string }

/** Cuts one direction into records. State over time: octets that are not consumed yet; a copy of at most one record, or of the head of what is not TLS. */
export class Side {
  readonly direction: Direction
  /** Messages in clear. */
  readonly messages = new HandshakeAssembler()
  /** Messages that came out of encryption. */
  readonly hiddenMessages = new HandshakeAssembler()
  readonly #queue = new OctetQueue()
  #offset = 0
  #stopped: Extract<SideReading, { status: 'stopped' }> | null = null
  #startsAsTls = false
  #maxFragmentBytes = MAX_FRAGMENT_BYTES
  #isJoined = false

  constructor(direction: Direction) {
    this.direction = direction
  }

  /** Its beginning was not captured: the first record may be of any type. */
  join(): void {
    this.#isJoined = true
  }

  /** TLS began at octet 0 of this direction. */
  get startsAsTls(): boolean {
    return this.#startsAsTls
  }

  /** Octets of a record that is not whole. */
  get partialBytes(): number {
    return this.#stopped === null ? this.#queue.length : 0
  }

  /** First octet of what is not consumed. */
  get nextOctet(): number | undefined {
    return this.#queue.view()[0]
  }

  /** The octets from the place on where this direction stopped being TLS. */
  get stoppedHead(): Uint8Array {
    return this.#stopped === null ? new Uint8Array(0) : this.#queue.view().subarray(0, READ_BYTES)
  }

  /** From here on records may be no longer than TLS 1.3 allows. */
  agreeTls13(): void {
    this.#maxFragmentBytes = MAX_FRAGMENT_13_BYTES
  }

  append(octets: Uint8Array): void {
    const isFull = this.#stopped !== null && this.#queue.length >= HEAD_BYTES
    if (!isFull) this.#queue.append(octets)
  }

  /** The next record, consumed; `incomplete` until more octets come; `stopped` for ever once octets are no records. */
  next(): SideReading {
    if (this.#stopped !== null) return this.#stopped
    return this.#readSslv2() ?? this.#readRecord()
  }

  #readSslv2(): SideReading | null {
    if (this.#offset > 0 || this.direction !== 'client-to-server') return null
    const hello = readSslv2ClientHello(this.#queue.view())
    if (hello === null) return null
    if (hello === 'incomplete') return { status: 'incomplete' }
    this.#consume(hello.wireBytes)
    return { status: 'sslv2-hello', hello }
  }

  #readRecord(): SideReading {
    const objection = this.#objectToFirst()
    if (objection !== null) return this.#stop('not-tls', objection)
    const reading = readRecord(this.#queue.view(), this.#maxFragmentBytes)
    if (reading.status === 'incomplete') return reading
    if (reading.status === 'not-a-record') return this.#stop('not-tls', reading.why)
    if (reading.status === 'too-long') return this.#stop('record-too-long', reading.why)
    const offset = this.#offset
    this.#consume(RECORD_HEADER_BYTES + reading.record.fragment.length)
    return { status: 'record', record: reading.record, offset }
  }

  /** A session begins with a handshake message or an alert; Go says "first record does not look like a TLS handshake" of all else. */
  #objectToFirst(): string | null {
    const [first] = this.#queue.view()
    if (this.#isJoined || this.#offset > 0 || first === undefined || first === CONTENT_TYPE.handshake || first === CONTENT_TYPE.alert)
      return null
    return `the first octet is 0x${first.toString(16).padStart(2, '0')}, neither a handshake record nor an alert`
  }

  #consume(octets: number): void {
    this.#queue.drop(octets)
    this.#offset += octets
    this.#startsAsTls = true
  }

  #stop(kind: 'not-tls' | 'record-too-long', why: string): SideReading {
    this.#stopped = { status: 'stopped', kind, offset: this.#offset, why }
    return this.#stopped
  }
}
