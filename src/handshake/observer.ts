import type { Direction, Leg, Stage } from '../contract/terms.ts'
import type { Unpack } from '../tls/compressed-certificate.ts'
import { toHex16 } from '../tls/octets.ts'
import { CONTENT_TYPE } from '../tls/record.ts'
import { nameHandshakeType } from '../tls/registry.ts'
import type { HandshakeEvent } from './event.ts'
import { createFacts, isComplete, isTls13, markOnce } from './facts.ts'
import { describeNotTls, isTellable, isWholeHead } from './not-tls.ts'
import { traceProgress } from './progress.ts'
import { SessionReader } from './session-reader.ts'
import { Side, type SideReading } from './side.ts'
import type { Transcript } from './transcript.ts'

export interface ObserverOptions {
  /** Written into the records; default `upstream`. */
  readonly leg?: Leg
  /** Octets that are read in each direction; default 96 KiB. What comes later is only counted. `Infinity` reads to the end: never done. */
  readonly limitBytes?: number
  /** Records and messages that are kept; default 4096 and 256. */
  readonly maxRecords?: number
  readonly maxMessages?: number
  /** Keep protected records for secrets that come later; default true. False where no secret will ever come (a plain relay) spares their memory. */
  readonly decrypts?: boolean
  /** Open records of TLS 1.2 and older, too, where secrets come; default false: our own sessions are told by their types and lengths. */
  readonly decryptsOld?: boolean
  /**
   * Go on behind the handshake to the end, for what can be opened: alerts, tickets, KeyUpdate; default false. Nothing is inferred there, no record is listed,
   * and octets that no key opens are not looked at.
   */
  readonly readsOn?: boolean
  /** Directions whose beginning was not captured: their first record may be of any type. */
  readonly joined?: readonly Direction[]
  /** Unpacks compressed certificates; without it they stay packed, and are named as such. */
  readonly unpack?: Unpack
}

/**
 * Reads one TLS session from the octets of both directions, TLS 1.0 to 1.3, without any I/O of its own.
 * It takes chunks cut anywhere, copies what it keeps, never throws on any input, and holds at most `limitBytes` a direction.
 * Protected records are read by their lengths, and decrypted where key log secrets come (before or after the octets).
 */
export class HandshakeObserver {
  readonly #facts = createFacts()
  readonly #sides = { 'client-to-server': new Side('client-to-server'), 'server-to-client': new Side('server-to-client') }
  readonly #bytes: Record<Direction, number> = { 'client-to-server': 0, 'server-to-client': 0 }
  readonly #toldStages = new Set<Stage>()
  readonly #reader: SessionReader
  readonly #leg: Leg
  readonly #limitBytes: number
  readonly #maxRecords: number
  #recordCount = 0
  #events: HandshakeEvent[] = []
  #isDone = false
  #isNotTlsTold = false
  /** Directions of which octets behind the handshake are still read; null before its end. */
  #late: Record<Direction, boolean> | null = null
  readonly #readsOn: boolean

  constructor(options: ObserverOptions = {}) {
    this.#leg = options.leg ?? 'upstream'
    this.#limitBytes = options.limitBytes ?? LIMIT_BYTES
    this.#facts.unpack = options.unpack ?? null
    this.#maxRecords = options.maxRecords ?? MAX_RECORDS
    this.#readsOn = options.readsOn ?? false
    for (const direction of options.joined ?? []) this.#sides[direction].join()
    const { decrypts = true, decryptsOld = false, maxMessages = MAX_MESSAGES } = options
    const readerOptions = { maxMessages, decrypts, decryptsOld }
    this.#reader = new SessionReader(this.#facts, this.#sides, (event) => this.#events.push(event), readerOptions)
  }

  /** Nothing more will be learned: the handshake is over and a late refusal would have been seen, the limit is reached, or reading is impossible. */
  get isDone(): boolean {
    return this.#isDone && Number.isFinite(this.#limitBytes)
  }

  /**
   * Octets as they travel. Never throws, never waits.
   * @param atMs milliseconds since the session's time zero
   */
  feed(direction: Direction, octets: Uint8Array, atMs: number): readonly HandshakeEvent[] {
    const read = this.#bytes[direction]
    this.#bytes[direction] += octets.length
    if (this.isDone) return this.#feedLate(direction, octets, atMs)
    const side = this.#sides[direction]
    const taken = octets.subarray(0, Math.max(0, this.#limitBytes - read))
    side.append(taken)
    this.#readRecords(side, atMs)
    if (this.#bytes[direction] >= this.#limitBytes) this.#reachLimit(direction, atMs)
    this.#noteDone()
    if (this.isDone) this.#feedLate(direction, octets.subarray(taken.length), atMs)
    return this.#takeEvents()
  }

  /** Octets behind the handshake, as long as all before them could be opened. */
  #feedLate(direction: Direction, octets: Uint8Array, atMs: number): readonly HandshakeEvent[] {
    const { stoppedAt } = this.#facts
    const canOpen = (way: Direction) => this.#readsOn && stoppedAt[way] === null && this.#reader.canOpen(way)
    this.#late ??= perDirection(canOpen)
    if (!this.#late[direction]) return []
    this.#facts.isLate = true
    const side = this.#sides[direction]
    side.append(octets)
    for (let reading = side.next(); reading.status !== 'incomplete'; reading = side.next()) {
      this.#late[direction] = reading.status === 'record' && this.#reader.canOpen(direction)
      if (reading.status !== 'record') break
      this.#reader.acceptLate({ record: reading.record, side, offset: reading.offset, atMs })
    }
    return this.#takeEvents()
  }

  /** This direction ended (FIN, reset): what waited for more octets is told now. */
  end(direction: Direction, atMs: number): readonly HandshakeEvent[] {
    if (direction === 'server-to-client') this.#tellNotTls(atMs, true)
    return this.#takeEvents()
  }

  /** Octets of this direction are missing (a hole in a capture): it cannot be read on from here. */
  breakOff(direction: Direction, missingBytes: number): void {
    this.#facts.stoppedAt[direction] ??= { offset: this.#bytes[direction], why: `${missingBytes} octets are missing here` }
  }

  /** One NSS key log line, as Node's `keylog` event gives it. Lines of other sessions, comments and garbage are left out. */
  addSecret(line: string): readonly HandshakeEvent[] {
    this.#reader.addSecret(line)
    this.#tellStages()
    return this.#takeEvents()
  }

  /** What was seen so far, as a value that later octets do not change. */
  transcript(): Transcript {
    const facts = this.#facts
    const { sslv2ClientHello, ecdheParameters, sessionTickets, damagedRecord } = facts
    return {
      bytes: { ...this.#bytes },
      tlsOffset: perDirection((direction) => (this.#sides[direction].startsAsTls ? 0 : null)),
      records: facts.records.slice(),
      messages: facts.messages.slice(),
      clientHellos: facts.clientHellos.slice(),
      ...(sslv2ClientHello === null ? {} : { sslv2ClientHello }),
      serverHellos: facts.serverHellos.slice(),
      chain: facts.chain,
      chainSource: facts.chainSource,
      ocspStapled: facts.ocspStapled,
      ...(facts.compressedCertificate === null ? {} : { compressedCertificate: facts.compressedCertificate }),
      ...(facts.ocspResponse === null ? {} : { ocspResponse: facts.ocspResponse }),
      ...(facts.timestampList === null ? {} : { timestampList: facts.timestampList }),
      certificateRequest: facts.certificateRequest,
      serverKeyExchangeGroup: facts.serverKeyExchangeGroup,
      ...(ecdheParameters === null ? {} : { ecdheParameters }),
      ...(sessionTickets.length === 0 ? {} : { sessionTickets: sessionTickets.slice() }),
      alerts: facts.alerts.map(({ alert }) => alert),
      notTls: facts.notTls,
      stoppedAt: { ...facts.stoppedAt },
      partialRecordBytes: perDirection((direction) => this.#sides[direction].partialBytes),
      encryptedLengths: perDirection((direction) => facts.encryptedLengths[direction].slice()),
      ...(damagedRecord === null ? {} : { damagedRecord }),
      ...this.#describeUnfinished(),
      clientAnswer: facts.clientAnswer,
      serverAlertAfterFinished: facts.serverAlertAfterFinished,
      isComplete: isComplete(facts),
      applicationRecords: { ...facts.applicationRecords },
      ...traceProgress(facts),
    }
  }

  #describeUnfinished(): Pick<Transcript, 'unfinishedMessage'> {
    const { messages, hiddenMessages } = this.#sides['server-to-client']
    const header = hiddenMessages.pendingHeader ?? messages.pendingHeader
    if (header === null) return {}
    return { unfinishedMessage: { type: header.type, name: nameHandshakeType(header.type), lengthBytes: header.lengthBytes } }
  }

  #readRecords(side: Side, atMs: number): void {
    for (;;) {
      if (side.direction === 'server-to-client') this.#noteAnswer(side, atMs)
      const reading = side.next()
      if (reading.status === 'incomplete') break
      if (reading.status === 'stopped') {
        this.#stop(side, reading, atMs)
        break
      }
      if (reading.status === 'sslv2-hello') this.#facts.sslv2ClientHello = reading.hello
      else this.#acceptRecord(side, reading, atMs)
    }
    this.#tellStages()
  }

  #acceptRecord(side: Side, { record, offset }: Extract<SideReading, { status: 'record' }>, atMs: number): void {
    this.#recordCount += 1
    if (this.#facts.records.length < this.#maxRecords) {
      this.#facts.records.push({
        n: this.#recordCount,
        dir: side.direction,
        leg: this.#leg,
        atMs,
        contentType: record.contentType,
        version: toHex16(record.version),
        lengthBytes: record.fragment.length,
      })
    }
    this.#reader.accept({ record, side, offset, atMs })
  }

  /** The server's first octet that is no alert answers the ClientHello, whatever comes of it. */
  #noteAnswer(side: Side, atMs: number): void {
    const octet = side.nextOctet
    if (octet === undefined || octet === CONTENT_TYPE.alert) return
    markOnce(this.#facts, 'answer', atMs, 'wire')
  }

  #stop(side: Side, { offset, why, kind }: Extract<SideReading, { status: 'stopped' }>, atMs: number): void {
    const { direction } = side
    const isNew = this.#facts.stoppedAt[direction] === null
    this.#facts.stoppedAt[direction] ??= { offset, why, kind }
    if (isNew) this.#tellStages()
    if (isNew && (kind === 'record-too-long' || direction === 'client-to-server')) {
      this.#events.push({ type: 'unreadable', atMs, dir: direction, offset, why })
    }
    if (direction === 'server-to-client' && kind === 'not-tls') {
      this.#facts.notTls = describeNotTls(side.stoppedHead, offset)
      this.#tellNotTls(atMs, false)
    }
    const isHeadWhole = direction === 'client-to-server' || kind === 'record-too-long' || isWholeHead(side.stoppedHead)
    if (isHeadWhole && (direction === 'server-to-client' ? this.#hasClientSpoken : offset === 0)) this.#isDone = true
  }

  /** A server that speaks first leaves open whether the client would have spoken TLS. */
  get #hasClientSpoken(): boolean {
    const { clientHellos, stoppedAt } = this.#facts
    return clientHellos.length > 0 || stoppedAt['client-to-server'] !== null || this.#bytes['client-to-server'] >= this.#limitBytes
  }

  #tellNotTls(atMs: number, isLast: boolean): void {
    const side = this.#sides['server-to-client']
    const answer = this.#facts.notTls
    if (answer === null || this.#isNotTlsTold || !(isLast || isTellable(side.stoppedHead))) return
    this.#isNotTlsTold = true
    this.#events.push({ type: 'not-tls', atMs, dir: 'server-to-client', answer })
  }

  #reachLimit(direction: Direction, atMs: number): void {
    this.#isDone = true
    if (isComplete(this.#facts) || this.#facts.stoppedAt[direction] !== null) return
    const pending = this.#sides[direction].messages.pendingHeader
    const what = pending === null ? 'the handshake' : `a ${nameHandshakeType(pending.type)} message of ${pending.lengthBytes} octets`
    const why = `${what} goes past the ${this.#limitBytes} octets that are read`
    this.#facts.stoppedAt[direction] = { offset: this.#limitBytes, why, kind: 'limit' }
    this.#events.push({ type: 'unreadable', atMs, dir: direction, offset: this.#limitBytes, why })
  }

  #noteDone(): void {
    const { applicationRecords, serverAlertAfterFinished, stoppedAt } = this.#facts
    const isUnreadable = stoppedAt['server-to-client'] !== null && isWholeHead(this.#sides['server-to-client'].stoppedHead)
    if (isUnreadable && this.#hasClientSpoken) this.#isDone = true
    const isSettled = serverAlertAfterFinished || applicationRecords['server-to-client'] >= SETTLING_RECORDS
    if (isComplete(this.#facts) && isSettled) this.#isDone = true
  }

  /** Tell each stage once. A certificate in clear counts as passed only when the client goes on: it may still refuse it. */
  #tellStages(): void {
    const { stages } = traceProgress(this.#facts)
    const isCertificateOpen = isTls13(this.#facts) !== true && !stages.some(({ stage, atMs }) => stage === 'key-exchange' && atMs !== null)
    for (const { stage, atMs } of stages) {
      if (atMs === null || this.#toldStages.has(stage) || (stage === 'certificate' && isCertificateOpen)) continue
      this.#toldStages.add(stage)
      this.#events.push({ type: 'stage-passed', atMs, stage })
    }
  }

  #takeEvents(): readonly HandshakeEvent[] {
    const events = this.#events
    this.#events = []
    return events
  }
}

function perDirection<Value>(compute: (direction: Direction) => Value): Record<Direction, Value> {
  return { 'client-to-server': compute('client-to-server'), 'server-to-client': compute('server-to-client') }
}

const LIMIT_BYTES = 96 * 1024
const MAX_RECORDS = 4096
const MAX_MESSAGES = 256

/** Records of the server behind both Finished after which no late refusal is awaited, by either side: tickets, SETTINGS and the first answer come there. */
const SETTLING_RECORDS = 8
