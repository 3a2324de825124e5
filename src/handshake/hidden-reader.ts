import type { Direction } from '../contract/terms.ts'
import { type AlertContent, parseAlerts } from '../tls/alert.ts'
import { HANDSHAKE_TYPE } from '../tls/handshake-message.ts'
import { parseKeyLogLine } from '../tls/key-log.ts'
import type { SuiteParameters } from '../tls/key-schedule.ts'
import { CONTENT_TYPE } from '../tls/record.ts'
import { type AlertPlace, replaceInferred, withdrawInferred } from './alert-ledger.ts'
import { type ProtectedRecord, SessionDecryptor, type UnprotectedRecord } from './decryption.ts'
import type { SessionFacts } from './facts.ts'
import type { MetMessage } from './message-reader.ts'
import type { Side } from './side.ts'
import type { SeenAlert } from './transcript.ts'

/** Who is told what came out of encryption. */
export interface HiddenListener {
  /** @param recordOffset offset of the record in which the message begins */
  readonly onMessage: (met: MetMessage, recordOffset: number) => void
  /** An alert that nobody had inferred. */
  readonly onAlert: (place: AlertPlace, content: AlertContent, how: 'decrypted' | 'clear') => void
  /** An inferred alert whose content is known now. */
  readonly onRevealed: (alert: SeenAlert) => void
}

/** Reads the protected records of TLS 1.3 as far as key log secrets open them. What it finds replaces what was inferred from lengths. */
export class HiddenReader {
  readonly #decryptor = new SessionDecryptor()
  readonly #facts: SessionFacts
  readonly #sides: Readonly<Record<Direction, Side>>
  readonly #listener: HiddenListener
  /** Records of the server that opened. */
  #opened = 0

  constructor(facts: SessionFacts, sides: Readonly<Record<Direction, Side>>, listener: HiddenListener) {
    this.#facts = facts
    this.#sides = sides
    this.#listener = listener
  }

  /** One key log line; what is none is left out. */
  addSecret(text: string): void {
    const line = parseKeyLogLine(text)
    if (line === null) return
    this.#decryptor.addLine(line)
    this.#drain('server-to-client')
    this.#drain('client-to-server')
  }

  /** What the hellos agreed on. */
  agree(suite: SuiteParameters | undefined): void {
    this.#decryptor.agree(suite, this.#facts.clientHellos[0]?.random)
  }

  /** @returns whether anything could be decrypted */
  read(direction: Direction, record: ProtectedRecord): boolean {
    this.#decryptor.push(direction, record)
    return this.#drain(direction)
  }

  /** A record of the client before the ServerHello. */
  noteEarlyRecord(): void {
    this.#decryptor.noteEarlyRecord()
  }

  /** Whether the next record of this direction has a key. */
  isOpen(direction: Direction): boolean {
    return this.#decryptor.hasKey(direction)
  }

  #drain(direction: Direction): boolean {
    let isAny = false
    for (let opened = this.#decryptor.next(direction); opened !== null; opened = this.#decryptor.next(direction)) {
      if (opened.inner !== null) isAny = true
      if (opened.inner !== null && direction === 'server-to-client') this.#opened += 1
      this.#accept(direction, opened)
    }
    return isAny
  }

  #accept(direction: Direction, { record, inner }: UnprotectedRecord): void {
    if (inner === null) {
      // Early data stand before the client's flight under another key; elsewhere a tag that does not fit ends the reading.
      if (direction === 'server-to-client' || !this.#offersEarlyData) this.#decryptor.close(direction)
      if (direction === 'server-to-client') this.#noteDamage(record.recordOffset)
      return
    }
    const place = { direction, offset: record.recordOffset, atMs: record.atMs }
    if (inner.contentType === CONTENT_TYPE.alert) {
      for (const content of parseAlerts(inner.content)) this.#acceptAlert(place, content)
      return
    }
    withdrawInferred(this.#facts, place)
    if (inner.contentType === CONTENT_TYPE.handshake) this.#acceptHandshake(place, inner.content)
  }

  #noteDamage(recordOffset: number): void {
    const beforeFinished = this.#facts.marks.serverFinished === undefined
    this.#facts.damagedRecord ??= { recordOffset, index: this.#opened, beforeFinished }
  }

  #acceptHandshake({ direction, offset, atMs }: AlertPlace, content: Uint8Array): void {
    for (const message of this.#sides[direction].hiddenMessages.append(content, offset)) {
      this.#listener.onMessage({ message, direction, source: 'decrypted', atMs }, offset)
      if (message.type === HANDSHAKE_TYPE.finished) this.#decryptor.enterApplication(direction)
      if (message.type === HANDSHAKE_TYPE.keyUpdate) this.#decryptor.updateKeys(direction)
    }
  }

  #acceptAlert(place: AlertPlace, content: AlertContent): void {
    const facts = this.#facts
    const replaced = replaceInferred(facts, place, content)
    if (replaced !== null) {
      this.#listener.onRevealed(replaced)
      return
    }
    const isClient = place.direction === 'client-to-server'
    if (isClient && facts.marks.clientFinished === undefined) facts.clientAnswer = 'alert'
    if (!isClient && !facts.isLate && facts.applicationRecords[place.direction] === 1) facts.serverAlertAfterFinished = true
    this.#listener.onAlert(place, content, 'decrypted')
  }

  get #offersEarlyData(): boolean {
    return this.#facts.clientHellos.some((hello) => hello.extensions.some(({ id }) => id === EARLY_DATA))
  }
}

const EARLY_DATA = 42
