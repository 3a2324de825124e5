import type { Direction } from '../contract/terms.ts'
import { ALERT_BYTES, type AlertContent, parseAlerts } from '../tls/alert.ts'
import { TlsDecodeError } from '../tls/decode-error.ts'
import { HANDSHAKE_HEADER_BYTES, HANDSHAKE_TYPE } from '../tls/handshake-message.ts'
import { findSuiteParameters, type SuiteParameters } from '../tls/key-schedule.ts'
import { CONTENT_TYPE, type TlsRecord } from '../tls/record.ts'
import { nameHandshakeType } from '../tls/registry.ts'
import { type AlertPlace, addAlert, UNREADABLE_ALERT } from './alert-ledger.ts'
import { alertRecordLength, interpretClientRecords } from './client-answer.ts'
import type { ProtectedRecord } from './decryption.ts'
import type { HandshakeEvent } from './event.ts'
import { findServerHello, isComplete, isTls13, markOnce, type SessionFacts } from './facts.ts'
import { type HiddenListener, HiddenReader } from './hidden-reader.ts'
import { type MetMessage, readMessage } from './message-reader.ts'
import { OldHiddenReader } from './old-hidden-reader.ts'
import type { Side } from './side.ts'
import type { SeenAlert } from './transcript.ts'

/** A record, and where and when it was met. */
export interface MetRecord {
  readonly record: TlsRecord
  readonly side: Side
  readonly offset: number
  readonly atMs: number
}

/** Both directions of a session. */
export type Sides = Readonly<Record<Direction, Side>>

/**
 * Turns records into facts and events: messages in clear, what ChangeCipherSpec and record lengths say, and what key log secrets open.
 * `CCS` means "encrypted from here" only in TLS 1.2 and older: with HelloRetryRequest the second, plaintext ClientHello comes behind it.
 */
export class SessionReader {
  readonly #facts: SessionFacts
  readonly #emit: (event: HandshakeEvent) => void
  readonly #maxMessages: number
  readonly #hidden: HiddenReader | null
  readonly #oldHidden: OldHiddenReader
  readonly #sides: Sides
  #isCompletionTold = false

  constructor(facts: SessionFacts, sides: Sides, emit: (event: HandshakeEvent) => void, options: ReaderOptions) {
    this.#facts = facts
    this.#sides = sides
    this.#emit = emit
    this.#maxMessages = options.maxMessages
    const listener = this.#composeListener()
    this.#hidden = options.decrypts ? new HiddenReader(facts, sides, listener) : null
    this.#oldHidden = new OldHiddenReader(facts, sides, listener, options.decryptsOld)
  }

  /** Never throws. */
  accept(met: MetRecord): void {
    const { contentType } = met.record
    if (contentType === CONTENT_TYPE.changeCipherSpec) this.#acceptChangeCipherSpec(met)
    else if (contentType === CONTENT_TYPE.handshake) this.#acceptHandshake(met)
    else if (contentType === CONTENT_TYPE.alert) this.#acceptAlert(met)
    else if (contentType === CONTENT_TYPE.applicationData) this.#acceptApplicationData(met)
    else this.#readOld(met)
  }

  /** Behind the handshake: only what can be opened is told, and nothing is inferred any more. Never throws. */
  acceptLate(met: MetRecord): void {
    const { record, side } = met
    if (isTls13(this.#facts) === true) {
      if (record.contentType === CONTENT_TYPE.applicationData) this.#hidden?.read(side.direction, protectedRecordOf(met))
    } else if (record.contentType === CONTENT_TYPE.changeCipherSpec) this.#oldHidden.begin(side.direction)
    else this.#readOld(met)
  }

  /** Whether records of this direction can be opened now. */
  canOpen(direction: Direction): boolean {
    return this.#oldHidden.isOpen(direction) || this.#hidden?.isOpen(direction) === true
  }

  /** One NSS key log line, before or after the octets that it opens. Lines that are none are left out. */
  addSecret(text: string): void {
    this.#hidden?.addSecret(text)
    this.#oldHidden.addSecret(text)
  }

  /** @returns whether it could be read, and was told */
  #readOld(met: MetRecord): boolean {
    const { direction } = met.side
    if (!this.#facts.changedCipherSpec[direction] || isTls13(this.#facts) !== false) return false
    return this.#oldHidden.read(direction, { ...protectedRecordOf(met), contentType: met.record.contentType })
  }

  #acceptChangeCipherSpec({ side, atMs }: MetRecord): void {
    const changed = this.#facts.changedCipherSpec
    if (!changed[side.direction] && isTls13(this.#facts) === false) {
      this.#emit({ type: 'encrypted-from-here', atMs, dir: side.direction })
    }
    changed[side.direction] = true
    if (isTls13(this.#facts) === false) this.#oldHidden.begin(side.direction)
  }

  #acceptHandshake(met: MetRecord): void {
    const { record, side, offset, atMs } = met
    if (this.#isProtectedHandshake(met)) {
      this.#acceptProtected12(met)
      return
    }
    for (const message of side.messages.append(record.fragment, offset)) {
      this.#acceptMessage({ message, direction: side.direction, source: 'wire', atMs }, message.offset)
    }
  }

  #isProtectedHandshake({ record, side }: MetRecord): boolean {
    if (!this.#facts.changedCipherSpec[side.direction] || isTls13(this.#facts) === true) return false
    const isHello = side.direction === 'client-to-server' && looksLikeClientHello(record.fragment)
    return findServerHello(this.#facts) !== undefined || !isHello
  }

  #acceptMessage(met: MetMessage, offset: number): void {
    const { message, direction, source, atMs } = met
    const seen = {
      dir: direction,
      type: message.type,
      name: nameHandshakeType(message.type),
      lengthBytes: message.body.length,
      atMs,
      recordOffset: message.recordOffset,
      source,
      octets: message.octets,
    }
    if (this.#facts.messages.length < this.#maxMessages) {
      this.#facts.messages.push(seen)
      this.#emit({ type: 'message', atMs, message: seen })
    }
    this.#readMessage(met, offset)
    if (message.type === HANDSHAKE_TYPE.serverHello) this.#acceptAgreement(atMs)
    this.#noteCompletion(atMs)
  }

  #readMessage(met: MetMessage, offset: number): void {
    const wasComplete = isComplete(this.#facts)
    try {
      for (const event of readMessage(met, this.#facts)) this.#emit(event)
    } catch (error) {
      if (!(error instanceof TlsDecodeError)) throw error
      this.#noteMalformed(met, offset, error)
    }
    if (wasComplete) return
    const { clientFinished } = this.#facts.marks
    if (isTls13(this.#facts) && clientFinished !== undefined) markOnce(this.#facts, 'serverFinished', clientFinished.atMs, 'inferred')
  }

  #noteMalformed({ message, direction, source, atMs }: MetMessage, messageOffset: number, error: TlsDecodeError): void {
    const isExact = source === 'wire' && message.recordCount === 1
    const offset = messageOffset + (isExact ? HANDSHAKE_HEADER_BYTES + error.offset : 0)
    const why = `${nameHandshakeType(message.type)}: ${error.message}`
    this.#facts.stoppedAt[direction] ??= { offset, why, kind: 'malformed-message', field: error.field }
    this.#emit({ type: 'unreadable', atMs, dir: direction, offset, why })
  }

  #acceptAgreement(atMs: number): void {
    if (findServerHello(this.#facts) === undefined || isTls13(this.#facts) !== true) return
    this.#emit({ type: 'encrypted-from-here', atMs, dir: 'server-to-client' })
    this.#emit({ type: 'encrypted-from-here', atMs, dir: 'client-to-server' })
    this.#sides['server-to-client'].agreeTls13()
    this.#hidden?.agree(this.#suite)
  }

  get #suite(): SuiteParameters | undefined {
    const hello = findServerHello(this.#facts)
    return hello === undefined ? undefined : findSuiteParameters(hello.cipherSuite.id)
  }

  #acceptAlert(met: MetRecord): void {
    const { record, side, offset, atMs } = met
    if (this.#isProtectedAlert(met)) {
      this.#acceptProtected12(met)
      return
    }
    const place = { direction: side.direction, offset, atMs }
    const alerts = parseAlerts(record.fragment)
    for (const content of alerts) this.#addAlert(place, content, 'clear')
    if (alerts.length === 0 && record.fragment.length > ALERT_BYTES) this.#addAlert(place, UNREADABLE_ALERT, 'inferred')
  }

  /** An alert record of TLS 1.3 is always in clear: protected ones travel as application_data. */
  #isProtectedAlert({ record, side }: MetRecord): boolean {
    if (!this.#facts.changedCipherSpec[side.direction]) return false
    const tls13 = isTls13(this.#facts)
    return tls13 === false || (tls13 === undefined && record.fragment.length !== 2)
  }

  #addAlert(place: AlertPlace, content: AlertContent, how: SeenAlert['how']): void {
    const alert = addAlert(this.#facts, place, content, how)
    if (alert !== null) this.#emit({ type: 'alert', atMs: alert.atMs, alert })
  }

  /** Records of TLS 1.2 and older behind ChangeCipherSpec. */
  #acceptProtected12(met: MetRecord): void {
    const { record, side, atMs } = met
    this.#addLength(side.direction, record.fragment.length)
    const wasComplete = isComplete(this.#facts)
    if (wasComplete) this.#facts.applicationRecords[side.direction] += 1
    const isRead = this.#readOld(met)
    if (record.contentType === CONTENT_TYPE.handshake && !wasComplete) this.#finish12(side.direction, atMs)
    if (record.contentType === CONTENT_TYPE.alert) this.#acceptHiddenAlert12(met, wasComplete, isRead)
  }

  #finish12(direction: Direction, atMs: number): void {
    const isClient = direction === 'client-to-server'
    markOnce(this.#facts, isClient ? 'clientFinished' : 'serverFinished', atMs, 'inferred')
    if (isClient && this.#facts.clientAnswer === 'none') {
      this.#facts.clientAnswer = this.#facts.sentEmptyCertificate ? 'empty-certificate-and-finished' : 'finished'
      this.#emit({ type: 'client-finished', atMs, how: 'inferred' })
    }
    this.#noteCompletion(atMs)
  }

  /** Behind the handshake only an alert in the place of the server's first answer is told: later ones are mostly close_notify. */
  #acceptHiddenAlert12({ side: { direction }, offset, atMs }: MetRecord, wasComplete: boolean, isRead: boolean): void {
    const isClient = direction === 'client-to-server'
    if (!wasComplete && isClient && this.#facts.clientAnswer === 'none') this.#facts.clientAnswer = 'alert'
    if (isRead) return
    const isFirstAnswer = !isClient && this.#facts.applicationRecords[direction] === 1
    if (!wasComplete || isFirstAnswer) this.#addAlert({ direction, offset, atMs }, UNREADABLE_ALERT, 'inferred')
  }

  #acceptApplicationData(met: MetRecord): void {
    const { record, side } = met
    if (isTls13(this.#facts) === true) {
      this.#acceptProtected13(met)
      return
    }
    if (side.direction === 'client-to-server' && findServerHello(this.#facts) === undefined) {
      // It can only be early data.
      this.#hidden?.noteEarlyRecord()
      return
    }
    this.#addLength(side.direction, record.fragment.length)
    if (isComplete(this.#facts)) this.#facts.applicationRecords[side.direction] += 1
    this.#readOld(met)
  }

  #acceptProtected13(met: MetRecord): void {
    const { record, side, offset, atMs } = met
    // Before the ServerHello it can only be early data.
    if (findServerHello(this.#facts) === undefined) return
    this.#addLength(side.direction, record.fragment.length)
    this.#noteEncryptedAnswer(met)
    const wasComplete = isComplete(this.#facts)
    if (wasComplete) this.#facts.applicationRecords[side.direction] += 1
    if (this.#hidden?.read(side.direction, protectedRecordOf(met))) return
    if (side.direction === 'client-to-server') this.#inferClientAnswer(offset, atMs, wasComplete)
    else this.#inferServerAlert(met, wasComplete)
  }

  #noteEncryptedAnswer({ record, side, atMs }: MetRecord): void {
    const suite = this.#suite
    if (side.direction === 'client-to-server' || (suite !== undefined && record.fragment.length === alertRecordLength(suite))) return
    markOnce(this.#facts, 'encryptedAnswer', atMs, 'inferred')
  }

  #inferClientAnswer(offset: number, atMs: number, wasComplete: boolean): void {
    const suite = this.#suite
    const facts = this.#facts
    if (wasComplete || suite === undefined || facts.clientAnswer === 'alert') return
    const { answer, isCertificateRequested } = interpretClientRecords(facts.encryptedLengths['client-to-server'], suite)
    facts.clientAnswer = answer
    if (isCertificateRequested && facts.certificateRequest === null) this.#inferCertificateRequest(atMs)
    if (answer === 'alert') this.#addAlert({ direction: 'client-to-server', offset, atMs }, UNREADABLE_ALERT, 'inferred')
    if (answer !== 'finished' && answer !== 'empty-certificate-and-finished') return
    markOnce(facts, 'clientFinished', atMs, 'inferred')
    markOnce(facts, 'serverFinished', atMs, 'inferred')
    this.#emit({ type: 'client-finished', atMs, how: 'inferred' })
    this.#noteCompletion(atMs)
  }

  #inferCertificateRequest(atMs: number): void {
    const request = { how: 'inferred' as const, certificateTypes: [], signatureAlgorithms: [], certificateAuthorities: [] }
    this.#facts.certificateRequest = request
    this.#emit({ type: 'certificate-request', atMs, request })
  }

  /** No handshake message fits into the record of an alert; behind the handshake only the server's first record is taken for one. */
  #inferServerAlert({ record, offset, atMs, side }: MetRecord, wasComplete: boolean): void {
    const facts = this.#facts
    const suite = this.#suite
    if (suite === undefined || record.fragment.length !== alertRecordLength(suite) || facts.clientAnswer === 'alert') return
    if (wasComplete && facts.applicationRecords['server-to-client'] !== 1) return
    if (wasComplete) facts.serverAlertAfterFinished = true
    this.#addAlert({ direction: side.direction, offset, atMs }, UNREADABLE_ALERT, 'inferred')
  }

  #composeListener(): HiddenListener {
    return {
      onMessage: (met, recordOffset) => this.#acceptMessage(met, recordOffset),
      onAlert: (place, content, how) => this.#addAlert(place, content, how),
      onRevealed: (alert) => this.#emit({ type: 'alert', atMs: alert.atMs, alert }),
    }
  }

  #noteCompletion(atMs: number): void {
    if (this.#isCompletionTold || !isComplete(this.#facts)) return
    this.#isCompletionTold = true
    this.#emit({ type: 'complete', atMs })
  }

  #addLength(direction: Direction, lengthBytes: number): void {
    const lengths = this.#facts.encryptedLengths[direction]
    if (lengths.length < MAX_LENGTHS) lengths.push(lengthBytes)
  }
}

export interface ReaderOptions {
  /** Messages that are kept and told; of later ones only the content is read. */
  readonly maxMessages: number
  /** Whether protected records are kept for secrets that may come. */
  readonly decrypts: boolean
  /** The same for records of TLS 1.2 and older. */
  readonly decryptsOld: boolean
}

/** As the decryptors take it; its octets are not copied. */
function protectedRecordOf({ record: { fragment, version }, offset, atMs }: MetRecord): ProtectedRecord {
  return { fragment, version, recordOffset: offset, atMs }
}

/** A ClientHello in clear behind a ChangeCipherSpec whose ServerHello was not seen (a one-sided capture). */
function looksLikeClientHello(fragment: Uint8Array): boolean {
  const [type, high, , , major, minor] = fragment
  return type === HANDSHAKE_TYPE.clientHello && high === 0 && major === 3 && minor === 3 && fragment.length > 40
}

const MAX_LENGTHS = 64
