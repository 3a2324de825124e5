import type { Direction, Leg, Mode, Named, Outcome, Source, Stage } from './terms.ts'

/** One handshake as every `--json`, the page and the database know it. Times: ISO 8601 UTC with milliseconds; `atMs` counts from `startedAt`. */
export interface Handshake {
  readonly id: number
  readonly runId: number | null
  readonly mode: Mode
  /** Name of the capture file that it was imported from; absent for what whytls saw itself. Never history, never probed. */
  readonly imported?: string
  readonly startedAt: string
  readonly durationMs: number | null
  readonly outcome: Outcome
  readonly target: Target
  /** The hops between whytls and the origin; empty when direct. */
  readonly route: readonly RouteHop[]
  readonly client: ClientProcess | null
  /** The parent proxy's answer to CONNECT; null when direct or when it never answered. */
  readonly proxyConnect: ProxyConnectReply | null
  /** The handshake that this probe repeats. */
  readonly probeOf: number | null
  readonly trials: readonly Trial[]
  readonly records: readonly SeenRecord[]
  /** `--resolve` when whytls mapped the name; absent when it was resolved as go does. */
  readonly resolvedBy?: '--resolve'
  readonly stages: readonly StageState[]
  /** What the connection waits for, while `outcome` is `open` (for people: "ServerHello"). */
  readonly waitingFor: string | null
  readonly clientHello: ClientHello | null
  readonly serverHello: ServerHello | null
  readonly certificates: Certificates | null
  readonly alerts: readonly Alert[]
  /** The TLS session between whytls and an https parent proxy, in which CONNECT went; absent without one. */
  readonly parentTls?: ParentTlsSession
  readonly closed: Closed | null
  readonly bytes: { readonly clientToServer: number; readonly serverToClient: number }
  readonly http: readonly HttpExchange[]
  /** Absent in observe mode and for probes. */
  readonly interception?: Interception
  /** The id of the diagnosis that this handshake belongs to. */
  readonly diagnosis: number | null
}

export interface Target {
  readonly host: string
  readonly port: number
  /** The peer's IP address, null before it is known (and behind a parent proxy). */
  readonly address: string | null
}

export interface RouteHop {
  readonly kind: 'http-proxy' | 'https-proxy' | 'socks5-proxy'
  /** host:port, without user information */
  readonly address: string
}

/** TLS with an https parent proxy: whytls is its client, so its chain is decrypted by our own keys. */
export interface ParentTlsSession {
  readonly clientHello: ClientHello | null
  readonly serverHello: ServerHello | null
  /** Judged for the proxy's name, with the roots of the client. */
  readonly certificates: Certificates | null
  readonly alerts: readonly Alert[]
  readonly records: readonly SeenRecord[]
  /** How its handshake ended; null when it passed. */
  readonly closed: Closed | null
}

export interface ClientProcess {
  /** ip:port of the client's end */
  readonly address: string
  readonly pid: number | null
  readonly process: string | null
  /** Whose roots the verdict used, in words. */
  readonly roots: string | null
}

export interface ProxyConnectReply {
  readonly status: number
  readonly reason: string
  /** Header names as sent; values masked by allow-list. */
  readonly headers: readonly (readonly [string, string])[]
  /** First 4 KiB, masked. */
  readonly body: string
}

/** One change of go's own ClientHello, and how the tries with it fared. */
export interface Trial {
  /** "unchanged", "no ML-KEM", "TLS 1.2 only" … */
  readonly change: string
  /** Octets on the wire, record headers included. */
  readonly wireBytes: number
  /** `passed`: a ServerHello or HelloRetryRequest came. */
  readonly results: readonly ('passed' | 'failed')[]
  /** From the hello to the answer, of the tries that passed, or of all where none did. */
  readonly medianMs: number | null
  /** What the tries met: "server-hello", "silence", "rst", "fin", "not-tls", "alert handshake_failure"; several with commas. Absent in old records. */
  readonly met?: string
}

/** One TLS record's header as it passed. */
export interface SeenRecord {
  readonly n: number
  readonly dir: Direction
  readonly leg: Leg
  readonly atMs: number
  readonly contentType: number
  /** four hex digits after 0x */
  readonly version: string
  readonly lengthBytes: number
}

export interface StageState {
  readonly stage: Stage
  readonly leg: Leg
  readonly status: 'passed' | 'failed' | 'not-reached' | 'not-seen'
  readonly source: Source
  readonly atMs: number | null
  readonly durationMs: number | null
}

export interface Extension extends Named {
  /** Octets of the extension's data, without its 4-octet header. */
  readonly lengthBytes: number
  /** base64 */
  readonly raw: string
  /** Why the data cannot be read as this extension's; absent where it can, or where no parser knows it. */
  readonly malformed?: string
  /** What its data say, for extensions that no field of the message stands for (padding, cookie, ECH …). */
  readonly content?: Readonly<Record<string, ExtensionValue>>
}

export type ExtensionValue = number | boolean | string | readonly Named[] | readonly string[]

export interface ClientHello {
  readonly legacyVersion: string
  /** hex */
  readonly random: string
  /** hex */
  readonly legacySessionId: string
  readonly cipherSuites: readonly Named[]
  readonly compressionMethods: readonly number[]
  readonly serverName: string | null
  readonly alpn: readonly string[]
  readonly supportedVersions: readonly Named[]
  readonly supportedGroups: readonly Named[]
  readonly keyShares: readonly { readonly group: Named; readonly lengthBytes: number }[]
  readonly signatureAlgorithms: readonly Named[]
  readonly pskKeyExchangeModes: readonly Named[]
  readonly pskIdentities: number
  readonly ecPointFormats: readonly Named[]
  readonly extensions: readonly Extension[]
  /** With the 4-octet handshake header. */
  readonly lengthBytes: number
  /** With the record headers. */
  readonly wireBytes: number
  readonly recordCount: number
  readonly ja3: string
  readonly ja3Hash: string
  readonly ja4: string
  readonly ja4r: string
  /** Which known client sends this hello ("go 1.26"), null when none is known. */
  readonly looksLike: string | null
}

export interface ServerHello {
  readonly legacyVersion: string
  readonly selectedVersion: Named
  readonly cipherSuite: Named
  readonly keyShareGroup: Named | null
  readonly alpn: string | null
  readonly helloRetryRequest: boolean
  readonly random: string
  readonly legacySessionId: string
  readonly compressionMethod: number
  readonly pskSelectedIdentity: number | null
  readonly extensions: readonly Extension[]
  readonly ja3s: string
  readonly ja3sHash: string
}

export interface Certificates {
  /** How the chain was learned. */
  readonly source: 'wire' | 'decrypted' | 'probe'
  /** True only if go's own record lengths fit those of the probe. */
  readonly sameAsGoSaw: boolean
  readonly chain: readonly CertificateSummary[]
  /** For each certificate but the last: whether the next one signed it. Absent in old records. */
  readonly signed?: readonly SignedByNext[]
  readonly verified: Verified | null
  readonly ocspStapled: boolean | null
  /** What the stapled OCSP response says; absent where none was seen. Nobody checks it: go does not ask whether a certificate was revoked. */
  readonly ocsp?: OcspStaple
  /** Certificate Transparency timestamps in the leaf, in the TLS extension and in the stapled OCSP response, shown and not checked; absent where there are none. */
  readonly signedTimestamps?: readonly SignedTimestamp[]
  /**
   * Intermediates that the server does not send and that lead to a root which the client has, leaf side first; absent where none is missing or known.
   * They are for the server's owner, never to be trusted.
   */
  readonly missing?: readonly CertificateSummary[]
  /** Every place in which go looks for roots, in its order; absent where no verdict could be given, and in old records. */
  readonly searched?: readonly SearchedPlace[]
}

/**
 * `yes`: the signature checks with the key of the next certificate, whatever go thinks of that key and its algorithm.
 * `no`: the next one has the name of its issuer, but its key did not make the signature. `other-name`: its issuer has another name.
 */
export type SignedByNext = 'yes' | 'no' | 'other-name'

/** An OCSP response (RFC 6960), unchecked. Times are ISO 8601; null: not there, or not readable. */
export interface OcspStaple {
  readonly lengthBytes: number
  /** "successful", or why the responder gave no answer. */
  readonly responseStatus: string | null
  readonly certificateStatus: 'good' | 'revoked' | 'unknown' | null
  /** Of the certificate that it speaks of; lower-case hex. */
  readonly serialNumber: string | null
  /** Name of the responder, or the hash of its key in hex. */
  readonly responder: string | null
  readonly producedAt: string | null
  readonly thisUpdate: string | null
  readonly nextUpdate: string | null
  readonly revokedAt: string | null
  /** As RFC 5280 section 5.3.1 names it. */
  readonly revocationReason: string | null
  /** What could not be read; absent where all could. */
  readonly problem?: string
}

/** One signed certificate timestamp (RFC 6962 section 3.2). */
export interface SignedTimestamp {
  /** lower-case hex */
  readonly logId: string
  /** ISO 8601, `?` where there is no such time. */
  readonly at: string
  /** How it came; absent: in the certificate itself. */
  readonly from?: 'tls' | 'ocsp'
}

export interface CertificateSummary {
  /** lower-case hex of the DER octets */
  readonly sha256: string
  /** base64 */
  readonly der: string
  /** False: Go cannot parse it; the fields hold what a tolerant reader found. */
  readonly parsed: boolean
  readonly subject: string
  readonly issuer: string
  /** lower-case hex, leading `-` if negative */
  readonly serialNumber: string
  readonly notBefore: string | null
  readonly notAfter: string | null
  readonly dnsNames: readonly string[]
  readonly ipAddresses: readonly string[]
  readonly publicKey: string
  readonly signatureAlgorithm: string
  readonly isCa: boolean
  readonly keyUsage: readonly string[]
  readonly extKeyUsage: readonly string[]
  readonly nameConstraints: string | null
  readonly subjectKeyId: string | null
  readonly authorityKeyId: string | null
  readonly aia: { readonly caIssuers: readonly string[]; readonly ocsp: readonly string[] }
}

export interface Verified {
  readonly ok: boolean
  /** What crypto/x509 says, or "" when accepted. */
  readonly goText: string
  readonly byGoVersion: Readonly<Record<string, string>>
  /** Which roots were used: place and count, in words. */
  readonly roots: string
  /** The time the chain was judged at. */
  readonly at: string
}

/** A file or folder in which go looks for roots. */
export interface SearchedPlace {
  readonly path: string
  /** How many roots were found there. */
  readonly count: number
  /** Why it could not be read; null where it could. */
  readonly problem: string | null
}

export interface Alert {
  readonly sender: 'client' | 'server'
  readonly level: 'warning' | 'fatal' | number | null
  readonly code: number | null
  readonly name: string
  readonly how: 'clear' | 'decrypted' | 'inferred'
}

export interface Closed {
  readonly by: 'client' | 'server' | 'parent' | 'us'
  readonly how: 'fin' | 'rst' | 'timeout'
  readonly atMs: number
}

/** What intercept mode did with a connection. */
export type Interception =
  /** Both legs were ended by whytls, and the HTTP in them read. */
  | { readonly kind: 'decrypted' }
  /** The client talked to the origin itself, as in observe mode; `because` is for people. */
  | { readonly kind: 'passed-through'; readonly because: string }

/** One request and its answer, seen inside TLS in intercept mode. Header values are masked by allow-list, query values by length. */
export interface HttpExchange {
  readonly method: string
  readonly url: string
  /** null: no answer came. */
  readonly status: number | null
  /** Until the answer was whole. */
  readonly durationMs: number | null
  /** Since the connection began. */
  readonly startedAtMs?: number
  readonly protocol?: 'HTTP/1.1' | 'HTTP/2'
  readonly requestHeaders?: readonly (readonly [string, string])[]
  readonly responseHeaders?: readonly (readonly [string, string])[]
  /** Octets of the bodies as they passed. */
  readonly requestBytes?: number
  readonly responseBytes?: number
  /** Up to 64 KiB of text, of status 400 and above and of HTML where a module was expected; of all with `--bodies`. Masked. */
  readonly responseBody?: string
  /** What the go command asks for, where the URL is one of the module protocol or of a checksum database. */
  readonly asks?: ModuleRequest
  /** Why there is no whole answer, for people; absent where there is one. */
  readonly failure?: string
}

/** A request of the go command (GOPROXY protocol, checksum database). */
export interface ModuleRequest {
  readonly kind:
    | 'list'
    | 'latest'
    | 'info'
    | 'mod'
    | 'zip'
    | 'sumdb-supported'
    | 'sumdb-latest'
    | 'sumdb-lookup'
    | 'sumdb-tile'
    | 'go-get'
    | 'git'
  /** Module path, with capitals restored; null where the request names none. */
  readonly module: string | null
  readonly version: string | null
}
