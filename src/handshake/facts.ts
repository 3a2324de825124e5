import type { ClientHello, SeenRecord, ServerHello } from '../contract/handshake.ts'
import type { Direction, Named, Source } from '../contract/terms.ts'
import type { Unpack } from '../tls/compressed-certificate.ts'
import type { SessionTicket } from '../tls/new-session-ticket.ts'
import type { EcdheParameters } from '../tls/server-key-exchange.ts'
import type { Sslv2ClientHello } from '../tls/sslv2.ts'
import type {
  CertificateRequestSeen,
  CompressionSeen,
  DamagedRecord,
  NotTlsAnswer,
  SeenAlert,
  SeenMessage,
  StoppedAt,
  Transcript,
} from './transcript.ts'

/** When something was seen, and how we know. */
export interface Mark {
  readonly atMs: number
  readonly source: Source
}

/** The turning points of a session. */
export type MarkName =
  | 'answer'
  | 'serverHello'
  /** The server's first encrypted record of TLS 1.3, which no alert can be by its length. */
  | 'encryptedAnswer'
  | 'certificate'
  | 'serverKeyExchange'
  | 'serverHelloDone'
  | 'certificateVerify'
  | 'clientKeyExchange'
  | 'clientFinished'
  | 'serverFinished'

/** An alert and the record that it came in. */
export interface PlacedAlert {
  readonly alert: SeenAlert
  readonly recordOffset: number
}

/** What a session showed so far. Only the observer and its readers write it; {@link Transcript} is its read-only face. */
export interface SessionFacts {
  readonly records: SeenRecord[]
  readonly messages: SeenMessage[]
  readonly clientHellos: ClientHello[]
  readonly serverHellos: ServerHello[]
  readonly alerts: PlacedAlert[]
  readonly marks: Partial<Record<MarkName, Mark>>
  readonly stoppedAt: Record<Direction, StoppedAt | null>
  readonly encryptedLengths: Record<Direction, number[]>
  readonly applicationRecords: Record<Direction, number>
  /** ChangeCipherSpec was seen. */
  readonly changedCipherSpec: Record<Direction, boolean>
  sslv2ClientHello: Sslv2ClientHello | null
  chain: readonly Uint8Array[] | null
  chainSource: Transcript['chainSource']
  ocspStapled: boolean | null
  ocspResponse: Uint8Array | null
  timestampList: Uint8Array | null
  compressedCertificate: CompressionSeen | null
  unpack: Unpack | null
  certificateRequest: CertificateRequestSeen | null
  serverKeyExchangeGroup: Named | null
  ecdheParameters: EcdheParameters | null
  /** At most 16. */
  readonly sessionTickets: SessionTicket[]
  /** The client's readable Certificate message had no certificate in it. */
  sentEmptyCertificate: boolean
  damagedRecord: DamagedRecord | null
  notTls: NotTlsAnswer | null
  clientAnswer: Transcript['clientAnswer']
  serverAlertAfterFinished: boolean
  /** What comes now is no longer looked at by its length or place. */
  isLate: boolean
}

/** A session of which nothing was seen yet. */
export function createFacts(): SessionFacts {
  return {
    records: [],
    messages: [],
    clientHellos: [],
    serverHellos: [],
    alerts: [],
    marks: {},
    stoppedAt: { 'client-to-server': null, 'server-to-client': null },
    encryptedLengths: { 'client-to-server': [], 'server-to-client': [] },
    applicationRecords: { 'client-to-server': 0, 'server-to-client': 0 },
    changedCipherSpec: { 'client-to-server': false, 'server-to-client': false },
    sslv2ClientHello: null,
    chain: null,
    chainSource: null,
    ocspStapled: null,
    ocspResponse: null,
    timestampList: null,
    compressedCertificate: null,
    unpack: null,
    certificateRequest: null,
    serverKeyExchangeGroup: null,
    ecdheParameters: null,
    sessionTickets: [],
    sentEmptyCertificate: false,
    damagedRecord: null,
    notTls: null,
    clientAnswer: 'none',
    serverAlertAfterFinished: false,
    isLate: false,
  }
}

/** The ServerHello that is no HelloRetryRequest. */
export function findServerHello(facts: SessionFacts): ServerHello | undefined {
  return facts.serverHellos.find((hello) => !hello.helloRetryRequest)
}

/** Whether TLS 1.3 (or a draft of it) was agreed; undefined before any ServerHello. */
export function isTls13(facts: SessionFacts): boolean | undefined {
  const hello = findServerHello(facts)
  if (hello === undefined) return facts.serverHellos.length > 0 ? true : undefined
  const version = hello.selectedVersion.id
  return version === 0x0304 || version >> 8 === 0x7f || version >> 8 === 0xfb
}

/** Both Finished were sent. */
export function isComplete(facts: SessionFacts): boolean {
  return facts.marks.clientFinished !== undefined && facts.marks.serverFinished !== undefined
}

/** Set a turning point; the first time counts. */
export function markOnce(facts: SessionFacts, name: MarkName, atMs: number, source: Source): void {
  facts.marks[name] ??= { atMs, source }
}
