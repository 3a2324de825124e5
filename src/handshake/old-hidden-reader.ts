import type { Direction } from '../contract/terms.ts'
import { parseAlerts } from '../tls/alert.ts'
import { type KeyLogLine, parseKeyLogLine } from '../tls/key-log.ts'
import { CONTENT_TYPE } from '../tls/record.ts'
import { RecordOpener12 } from '../tls/record-opener-12.ts'
import { findSuiteCipher, type SuiteCipher } from '../tls/suite-cipher.ts'
import { replaceInferred } from './alert-ledger.ts'
import type { ProtectedRecord } from './decryption.ts'
import { findServerHello, type SessionFacts } from './facts.ts'
import type { HiddenListener } from './hidden-reader.ts'
import type { Side } from './side.ts'

/** A record behind ChangeCipherSpec. */
export interface OldProtectedRecord extends ProtectedRecord {
  readonly contentType: number
}

/**
 * Reads the records of TLS 1.2 and older behind ChangeCipherSpec: those of NULL suites, whose content is in clear, and where asked to those that key log
 * secrets open. Each ChangeCipherSpec begins anew, by the hellos before it. Bounded: what waits for a secret is at most {@link MAX_WAITING} records a direction.
 */
export class OldHiddenReader {
  readonly #facts: SessionFacts
  readonly #sides: Readonly<Record<Direction, Side>>
  readonly #listener: HiddenListener
  readonly #decrypts: boolean
  readonly #lines: KeyLogLine[] = []
  readonly #epochs: Record<Direction, Epoch | null> = { 'client-to-server': null, 'server-to-client': null }

  constructor(facts: SessionFacts, sides: Readonly<Record<Direction, Side>>, listener: HiddenListener, decrypts: boolean) {
    this.#facts = facts
    this.#sides = sides
    this.#listener = listener
    this.#decrypts = decrypts
  }

  /** One key log line; what is none of TLS 1.2 is left out. */
  addSecret(text: string): void {
    const line = this.#decrypts ? parseKeyLogLine(text) : null
    if (line?.label !== LABEL || this.#lines.length >= MAX_LINES) return
    this.#lines.push(line)
    for (const direction of DIRECTIONS) this.#drain(direction)
  }

  /** ChangeCipherSpec passed in this direction. */
  begin(direction: Direction): void {
    this.#epochs[direction] = this.#isPacked ? null : { waiting: [], waitingBytes: 0, opener: null, agreed: null }
  }

  /** Whether what comes in this direction can be read. */
  isOpen(direction: Direction): boolean {
    const epoch = this.#epochs[direction]
    return epoch !== null && this.#open(direction, epoch) !== null
  }

  /** @returns whether this record could be read: what it says is told then */
  read(direction: Direction, record: OldProtectedRecord): boolean {
    const epoch = this.#epochs[direction]
    if (epoch === null) return false
    const kept = keepOf(record, this.#open(direction, epoch) !== null)
    epoch.waiting.push(kept)
    epoch.waitingBytes += kept.fragment.length
    if (this.#drain(direction)) return true
    const isFull = epoch.waiting.length > MAX_WAITING || epoch.waitingBytes > MAX_WAITING_BYTES
    if (isFull || !this.#decrypts) this.#epochs[direction] = null
    return false
  }

  /** DEFLATE under the protection (RFC 3749) is not undone. */
  get #isPacked(): boolean {
    return (this.#facts.serverHellos.at(-1)?.compressionMethod ?? 0) !== 0
  }

  #drain(direction: Direction): boolean {
    const epoch = this.#epochs[direction]
    const opener = epoch === null ? null : this.#open(direction, epoch)
    if (epoch === null || opener === null) return false
    const waiting = epoch.waiting.splice(0)
    epoch.waitingBytes = 0
    return waiting.map((record) => this.#epochs[direction] === epoch && this.#accept(direction, record, opener)).some((isRead) => isRead)
  }

  #accept(direction: Direction, record: OldProtectedRecord, opener: Opener): boolean {
    if (opener.kind === 'keys' && !isOfInterest(record)) {
      opener.records.skip(record.fragment)
      return false
    }
    const content = opener.kind === 'keys' ? opener.records.open(record) : withoutMac(record.fragment, opener.macBytes)
    if (content === null) {
      this.#epochs[direction] = null
      return false
    }
    if (record.contentType === CONTENT_TYPE.handshake) this.#acceptHandshake(direction, record, content, opener.kind)
    if (record.contentType === CONTENT_TYPE.alert) this.#acceptAlert(direction, record, content, opener.kind)
    return true
  }

  #acceptHandshake(direction: Direction, { recordOffset, atMs }: OldProtectedRecord, content: Uint8Array, kind: Opener['kind']): void {
    const side = this.#sides[direction]
    const source = kind === 'keys' ? 'decrypted' : 'wire'
    for (const message of side.hiddenMessages.append(content, recordOffset)) {
      this.#listener.onMessage({ message, direction, source, atMs }, recordOffset)
    }
  }

  #acceptAlert(direction: Direction, { recordOffset, atMs }: OldProtectedRecord, octets: Uint8Array, kind: Opener['kind']): void {
    const place = { direction, offset: recordOffset, atMs }
    for (const content of parseAlerts(octets)) {
      const replaced = replaceInferred(this.#facts, place, content)
      if (replaced === null) this.#listener.onAlert(place, content, kind === 'keys' ? 'decrypted' : 'clear')
      else this.#listener.onRevealed(replaced)
    }
  }

  /** What the last hellos agreed on, and the secret of that session. */
  #open(direction: Direction, epoch: Epoch): Opener | null {
    if (epoch.opener !== null) return epoch.opener
    epoch.agreed ??= this.#readAgreement()
    const { agreed } = epoch
    if (agreed === null) return null
    if (agreed.suite.kind === 'null') epoch.opener = { kind: 'clear', macBytes: agreed.suite.macBytes }
    else {
      const line = this.#lines.find(
        ({ clientRandom, secret }) => clientRandom === agreed.clientRandom && secret.length === MASTER_SECRET_BYTES,
      )
      if (line === undefined) return null
      const randoms = { clientRandom: Buffer.from(agreed.clientRandom, 'hex'), serverRandom: Buffer.from(agreed.serverRandom, 'hex') }
      const secrets = { masterSecret: line.secret, ...randoms }
      epoch.opener = { kind: 'keys', records: new RecordOpener12(agreed.suite, agreed, secrets, direction === 'client-to-server') }
    }
    return epoch.opener
  }

  #readAgreement(): Agreement | null {
    const hello = this.#facts.serverHellos.at(-1) ?? findServerHello(this.#facts)
    const clientRandom = this.#facts.clientHellos.at(-1)?.random ?? ''
    const version = hello?.selectedVersion.id ?? 0
    const suite = hello === undefined ? undefined : findSuiteCipher(hello.cipherSuite.name, version)
    const isTls = version > SSL30 && version <= TLS12
    if (hello === undefined || suite === undefined || !(isTls || (version === SSL30 && suite.kind === 'null'))) return null
    const says = (id: number) => hello.extensions.some((extension) => extension.id === id)
    const isCbc = suite.kind === 'cbc'
    const macs = { macsLast: isCbc && says(ENCRYPT_THEN_MAC), macsShort: isCbc && says(TRUNCATED_HMAC) }
    return { suite, version, ...macs, clientRandom: clientRandom.toLowerCase(), serverRandom: hello.random }
  }
}

interface Epoch {
  waiting: OldProtectedRecord[]
  waitingBytes: number
  opener: Opener | null
  agreed: Agreement | null
}

type Opener = { readonly kind: 'clear'; readonly macBytes: number } | { readonly kind: 'keys'; readonly records: RecordOpener12 }

interface Agreement {
  readonly suite: SuiteCipher
  readonly version: number
  readonly macsLast: boolean
  readonly macsShort: boolean
  readonly clientRandom: string
  readonly serverRandom: string
}

/** A record that must wait belongs to the reader; of application data nothing is kept but what the next record needs. */
function keepOf(record: OldProtectedRecord, isReadNow: boolean): OldProtectedRecord {
  if (isReadNow) return record
  const { fragment } = record
  return { ...record, fragment: isOfInterest(record) ? fragment.slice() : fragment.slice(-TAIL_BYTES) }
}

function isOfInterest({ contentType }: OldProtectedRecord): boolean {
  return contentType === CONTENT_TYPE.handshake || contentType === CONTENT_TYPE.alert
}

function withoutMac(fragment: Uint8Array, macBytes: number): Uint8Array | null {
  return fragment.length < macBytes ? null : fragment.subarray(0, fragment.length - macBytes)
}

const DIRECTIONS = ['client-to-server', 'server-to-client'] as const
const LABEL = 'CLIENT_RANDOM'
const MASTER_SECRET_BYTES = 48
const SSL30 = 0x0300
const TLS12 = 0x0303
const ENCRYPT_THEN_MAC = 22
const TRUNCATED_HMAC = 4
const MAX_LINES = 32
const MAX_WAITING = 64
const MAX_WAITING_BYTES = 96 * 1024

/** A block of the cipher and a MAC. */
const TAIL_BYTES = 64
