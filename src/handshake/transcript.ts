/** What one TLS session showed so far: the value that the observer hands out and everything else reads. Pure data. */
import type { Alert, ClientHello, SeenRecord, ServerHello } from '../contract/handshake.ts'
import type { Direction, Named, Source, Stage } from '../contract/terms.ts'
import type { SessionTicket } from '../tls/new-session-ticket.ts'
import type { EcdheParameters } from '../tls/server-key-exchange.ts'
import type { Sslv2ClientHello } from '../tls/sslv2.ts'

/** A snapshot of one session. All times are milliseconds since the session's time zero; all byte offsets count from the first octet of that direction. */
export interface Transcript {
  readonly bytes: Readonly<Record<Direction, number>>
  /** Where TLS begins in each direction; null while unknown or when that side is not TLS. */
  readonly tlsOffset: Readonly<Record<Direction, number | null>>
  readonly records: readonly SeenRecord[]
  /** Handshake messages whose type could be read, in order; those inside encryption only when decrypted. */
  readonly messages: readonly SeenMessage[]
  /** More than one after HelloRetryRequest. */
  readonly clientHellos: readonly ClientHello[]
  /** A first hello in SSL 2.0 framing, absent where there is none. */
  readonly sslv2ClientHello?: Sslv2ClientHello
  /** HelloRetryRequest first, where there was one. */
  readonly serverHellos: readonly ServerHello[]
  /** The server's certificate_list in wire order (DER octets), null when no Certificate message was readable. */
  readonly chain: readonly Uint8Array[] | null
  readonly chainSource: 'wire' | 'decrypted' | null
  readonly ocspStapled: boolean | null
  /** The server's Certificate came compressed (RFC 8879); absent where it did not. */
  readonly compressedCertificate?: CompressionSeen
  /** The stapled OCSP response, absent where there was none. */
  readonly ocspResponse?: Uint8Array
  /** The timestamps that came in the TLS extension (a SignedCertificateTimestampList, RFC 6962 section 3.3), absent where there were none. */
  readonly timestampList?: Uint8Array
  /** TLS 1.2: seen in clear; 1.3: decrypted, or inferred from go's 25-octet record before Finished. */
  readonly certificateRequest: CertificateRequestSeen | null
  /** The named group of a TLS 1.2 ServerKeyExchange. */
  readonly serverKeyExchangeGroup: Named | null
  /** All that it says, absent where there was none in clear. */
  readonly ecdheParameters?: EcdheParameters
  /** Tickets that could be read, absent where there were none. */
  readonly sessionTickets?: readonly SessionTicket[]
  readonly alerts: readonly SeenAlert[]
  /** Set once the server's first octets are seen not to be TLS. */
  readonly notTls: NotTlsAnswer | null
  /** Octets where this side stopped making sense (field and offset), null while all is well. */
  readonly stoppedAt: Readonly<Record<Direction, StoppedAt | null>>
  /** Octets of an unfinished record at the end of each direction (0 = ended at a record boundary). */
  readonly partialRecordBytes: Readonly<Record<Direction, number>>
  /** Lengths (header value) of the records that each side sent under encryption, in order, at most 64. */
  readonly encryptedLengths: Readonly<Record<Direction, readonly number[]>>
  /** The first record of the server that its key does not open; absent where all opened, or no secret is known. */
  readonly damagedRecord?: DamagedRecord
  /** The server's handshake message that was begun and not read to its end; absent where there is none. */
  readonly unfinishedMessage?: Pick<SeenMessage, 'type' | 'name' | 'lengthBytes'>
  /** What the client's first encrypted records mean (go-tls section 8). TLS 1.2: from ChangeCipherSpec on. */
  readonly clientAnswer: 'none' | 'alert' | 'finished' | 'empty-certificate-and-finished' | 'unknown'
  /** The server's first encrypted record after the client's Finished has the size of an alert (TLS 1.3). */
  readonly serverAlertAfterFinished: boolean
  /** Both Finished were sent (inferred in TLS 1.3). */
  readonly isComplete: boolean
  /** Octets that may be application data, per direction, counted in records after both Finished. */
  readonly applicationRecords: Readonly<Record<Direction, number>>
  readonly stages: readonly ReachedStage[]
  /** The first stage that is not passed; null when the handshake is complete. Only meaningful as "where it died" once the session has ended. */
  readonly pending: Stage | null
  /** The message that is awaited, for people ("ServerHello"), null when complete. */
  readonly waitingFor: string | null
}

export interface CompressionSeen {
  readonly algorithm: Named
  readonly packedBytes: number
  /** As the message says, true or not. */
  readonly announcedBytes: number
  /** False: the chain stays unknown. */
  readonly isUnpacked: boolean
}

/** Where one direction stopped making sense. */
export interface StoppedAt {
  readonly offset: number
  /** For people, in English. */
  readonly why: string
  /** For causes: not a record at all; a header that announces too much; a message that cannot be parsed; more octets than are read. */
  readonly kind?: 'not-tls' | 'record-too-long' | 'malformed-message' | 'limit'
  /** The field that was malformed, as RFC 8446 names it. */
  readonly field?: string
}

/** A protected record that cannot be decrypted with the session's own key. */
export interface DamagedRecord {
  /** Octet of its header in the server's direction. */
  readonly recordOffset: number
  /** Which encrypted record of the server it is, from 0. */
  readonly index: number
  /** It came before the server's Finished. */
  readonly beforeFinished: boolean
}

export interface SeenMessage {
  readonly dir: Direction
  /** HandshakeType (RFC 8446 section 4) */
  readonly type: number
  readonly name: string
  /** Without the 4-octet header. */
  readonly lengthBytes: number
  readonly atMs: number
  /** Byte offset of the record that the message begins in. */
  readonly recordOffset: number
  readonly source: 'wire' | 'decrypted'
  /** Octets of the message with its header; absent when it was only inferred. */
  readonly octets?: Uint8Array
}

export interface CertificateRequestSeen {
  readonly how: 'clear' | 'decrypted' | 'inferred'
  readonly certificateTypes: readonly number[]
  readonly signatureAlgorithms: readonly Named[]
  /** Distinguished names, as text. */
  readonly certificateAuthorities: readonly string[]
}

export interface SeenAlert extends Alert {
  readonly atMs: number
  /** The alert came before the client's Finished was seen. */
  readonly beforeFinished: boolean
}

export interface NotTlsAnswer {
  readonly kind: 'http' | 'other'
  /** First octets, at most 256, for people to look at (already masked by kind: status line only for http). */
  readonly head: Uint8Array
  /** The HTTP status line where kind is http. */
  readonly statusLine: string | null
  /** Scheme and host of its Location field, where the first octets have one. */
  readonly location?: string
  /** What of its fields and its page tells who made it; absent where nothing does. */
  readonly page?: PageSigns
  /** Octets of TLS that the server sent before it. */
  readonly afterTlsBytes: number
}

/** Signs in an HTTP answer of its maker. Of the page only a known phrase is kept, never its own text. */
export interface PageSigns {
  /** The fields Server and Via, "" where there is none. */
  readonly server: string
  readonly via: string
  /** A phrase of pages that keep one out or ask one in ("access denied", "sign in"), lower case; null where there is none. */
  readonly says: string | null
}

export interface ReachedStage {
  readonly stage: Stage
  /** When the stage was complete, null when it is not. */
  readonly atMs: number | null
  readonly source: Source
}
