import type { Direction } from '../contract/terms.ts'
import type { KeyLogLine } from '../tls/key-log.ts'
import { deriveNextSecret, type SuiteParameters } from '../tls/key-schedule.ts'
import { type InnerPlaintext, RecordUnprotector } from '../tls/record-protection.ts'

/** A protected record that waits for its secret; `fragment` belongs to it. */
export interface ProtectedRecord {
  readonly fragment: Uint8Array
  readonly version: number
  readonly recordOffset: number
  readonly atMs: number
}

/** What came out of one, with the record it came from; `inner` is null where the key does not fit. */
export interface UnprotectedRecord {
  readonly record: ProtectedRecord
  readonly inner: InnerPlaintext | null
}

/**
 * Takes TLS 1.3 records and key log lines in any order and gives decrypted records out, in wire order, as soon as both are there.
 * Every secret is optional. Bounded: at most {@link MAX_WAITING} records a direction wait, later ones are let go.
 */
export class SessionDecryptor {
  readonly #lines: KeyLogLine[] = []
  readonly #ways: Record<Direction, Way> = { 'client-to-server': openWay(), 'server-to-client': openWay() }
  #suite: SuiteParameters | undefined
  #clientRandom: string | undefined
  #earlyRecords = 0
  #early: RecordUnprotector | null = null

  addLine(line: KeyLogLine): void {
    if (this.#lines.length < MAX_LINES) this.#lines.push(line)
  }

  /** What the hellos agreed on; nothing can be decrypted before. */
  agree(suite: SuiteParameters | undefined, clientRandom: string | undefined): void {
    this.#suite = suite
    this.#clientRandom = clientRandom
  }

  /** A record of the client before the ServerHello: early data, which is not read, only counted. */
  noteEarlyRecord(): void {
    this.#earlyRecords += 1
  }

  push(direction: Direction, record: ProtectedRecord): void {
    const { waiting, isClosed, unprotector } = this.#ways[direction]
    if (isClosed || waiting.length >= MAX_WAITING) return
    // What is read at once need not be copied.
    waiting.push(unprotector === null ? { ...record, fragment: record.fragment.slice() } : record)
  }

  /** Whether the next record of this direction has a key. */
  hasKey(direction: Direction): boolean {
    const way = this.#ways[direction]
    if (way.isClosed) return false
    way.unprotector ??= this.#openUnprotector(direction, way)
    return way.unprotector !== null
  }

  /** The next record of this direction, null while its secret or the next record is missing. */
  next(direction: Direction): UnprotectedRecord | null {
    const way = this.#ways[direction]
    const [record] = way.waiting
    if (record === undefined) return null
    way.unprotector ??= this.#openUnprotector(direction, way)
    if (way.unprotector === null) return null
    way.waiting.shift()
    const inner = way.unprotector.unprotect(record.fragment, record.version)
    const mayBeEarly = inner === null && direction === 'client-to-server' && way.phase === 'handshake'
    return { record, inner: mayBeEarly ? this.#unprotectEarly(record) : inner }
  }

  /** Finished was read in this direction: what follows is under the application traffic secret. */
  enterApplication(direction: Direction): void {
    const way = this.#ways[direction]
    way.phase = 'application'
    way.unprotector = null
  }

  /** KeyUpdate was read in this direction: what follows is under the next secret. */
  updateKeys(direction: Direction): void {
    const way = this.#ways[direction]
    if (this.#suite === undefined || way.secret === null) return
    way.secret = deriveNextSecret(way.secret, this.#suite)
    way.unprotector = new RecordUnprotector(way.secret, this.#suite)
  }

  /** Let go of what waits and take no more. */
  close(direction: Direction): void {
    const way = this.#ways[direction]
    way.waiting.length = 0
    way.isClosed = true
  }

  /** Early data stand before the client's flight under a key of their own, with EndOfEarlyData as the last (RFC 8446 section 4.5). */
  #unprotectEarly({ fragment, version }: ProtectedRecord): InnerPlaintext | null {
    const suite = this.#suite
    const secret = this.#findSecret('CLIENT_EARLY_TRAFFIC_SECRET')
    if (suite === undefined || secret === null) return null
    this.#early ??= new RecordUnprotector(secret, suite, this.#earlyRecords)
    return this.#early.unprotect(fragment, version)
  }

  #openUnprotector(direction: Direction, way: Way): RecordUnprotector | null {
    const suite = this.#suite
    const secret = this.#findSecret(LABELS[direction][way.phase])
    if (suite === undefined || secret === null) return null
    way.secret = secret
    return new RecordUnprotector(secret, suite)
  }

  #findSecret(label: string): Uint8Array | null {
    const line = this.#lines.find((candidate) => candidate.label === label && candidate.clientRandom === this.#clientRandom)
    return line === undefined || line.secret.length !== this.#suite?.hashBytes ? null : line.secret
  }
}

type Phase = 'handshake' | 'application'

interface Way {
  readonly waiting: ProtectedRecord[]
  phase: Phase
  /** What the unprotector was made of. */
  secret: Uint8Array | null
  unprotector: RecordUnprotector | null
  isClosed: boolean
}

function openWay(): Way {
  return { waiting: [], phase: 'handshake', secret: null, unprotector: null, isClosed: false }
}

const LABELS: Readonly<Record<Direction, Readonly<Record<Phase, string>>>> = {
  'client-to-server': { handshake: 'CLIENT_HANDSHAKE_TRAFFIC_SECRET', application: 'CLIENT_TRAFFIC_SECRET_0' },
  'server-to-client': { handshake: 'SERVER_HANDSHAKE_TRAFFIC_SECRET', application: 'SERVER_TRAFFIC_SECRET_0' },
}

const MAX_LINES = 32
const MAX_WAITING = 64
