/** Handshakes as HTTP Archive 1.2: one entry each, what TLS showed under `_tls`. Pure. */
import type { Diagnosis } from '../contract/diagnosis.ts'
import type { Document } from '../contract/document.ts'
import type { Handshake, HttpExchange } from '../contract/handshake.ts'
import type { Stage } from '../contract/terms.ts'
import { targetOf } from './words.ts'

/** The root of the file. */
export interface Har {
  readonly log: {
    readonly version: '1.2'
    readonly creator: { readonly name: string; readonly version: string }
    readonly entries: readonly HarEntry[]
    readonly comment: string
  }
}

/** One handshake. whytls does not read HTTP inside TLS, so the request is the CONNECT that asked for the tunnel. */
export interface HarEntry {
  readonly startedDateTime: string
  /** Milliseconds; the sum of the timings that are known, `ssl` being part of `connect`. */
  readonly time: number
  readonly request: HarRequest
  readonly response: HarResponse
  readonly cache: Readonly<Record<string, never>>
  readonly timings: HarTimings
  readonly serverIPAddress?: string
  readonly connection: string
  readonly comment?: string
  readonly _tls: HarTls
}

export interface HarRequest extends HarMessage {
  readonly method: string
  readonly url: string
  readonly queryString: readonly never[]
}

export interface HarResponse extends HarMessage {
  /** 200 when the handshake passed, 0 when it did not. */
  readonly status: number
  readonly statusText: string
  readonly content: { readonly size: number; readonly mimeType: string; readonly text?: string }
  readonly redirectURL: string
}

interface HarMessage {
  readonly httpVersion: string
  readonly cookies: readonly never[]
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly headersSize: -1
  readonly bodySize: -1
}

/** Milliseconds; -1 where it does not apply. */
export interface HarTimings {
  readonly blocked: number
  readonly dns: number
  readonly connect: number
  readonly ssl: number
  readonly send: number
  readonly wait: number
  readonly receive: number
}

/** What TLS showed. */
export interface HarTls {
  readonly id: number
  readonly mode: Handshake['mode']
  readonly probeOf: number | null
  readonly outcome: Handshake['outcome']
  readonly serverName: string | null
  readonly version: string | null
  readonly cipher: string | null
  readonly group: string | null
  readonly alpn: string | null
  readonly chain: readonly {
    readonly subject: string
    readonly issuer: string
    readonly notAfter: string | null
    readonly sha256: string
  }[]
  /** `wire`, `decrypted` or `probe`; null when no chain is known. */
  readonly chainSource: string | null
  /** Where it failed; null when nothing did. */
  readonly stage: string | null
  readonly leg: string | null
  readonly cause: string | null
  readonly confidence: string | null
  readonly alerts: readonly string[]
}

/** The archive of a document, oldest handshake first. */
export function makeHar(document: Pick<Document, 'tool' | 'handshakes' | 'diagnoses'>): Har {
  const byHandshake = new Map(document.diagnoses.flatMap((found) => found.handshakes.map((id) => [id, found] as const)))
  const oldestFirst = [...document.handshakes].sort((a, b) => compare(a.startedAt, b.startedAt) || a.id - b.id)
  return {
    log: {
      version: '1.2',
      creator: { name: 'whytls', version: document.tool.version },
      entries: oldestFirst.flatMap((handshake) => [
        makeEntry(handshake, byHandshake.get(handshake.id)),
        ...handshake.http.map((exchange) => makeExchangeEntry(handshake, exchange)),
      ]),
      comment:
        'One CONNECT entry per TLS handshake: status 200 = it passed, 0 = it failed; see _tls. HTTP inside TLS is there where intercept mode decrypted it.',
    },
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function makeEntry(handshake: Handshake, diagnosis: Diagnosis | undefined): HarEntry {
  const timings = measure(handshake)
  const { address } = handshake.target
  return {
    startedDateTime: handshake.startedAt,
    time: roundMs([timings.dns, timings.connect, timings.wait].reduce((sum, each) => sum + Math.max(0, each), 0)),
    request: { method: 'CONNECT', url: `https://${targetOf(handshake)}/`, queryString: [], ...UNREAD },
    response: {
      status: handshake.outcome === 'passed' ? 200 : 0,
      statusText: handshake.outcome === 'passed' ? 'handshake passed' : (diagnosis?.cause ?? handshake.outcome),
      content: { size: 0, mimeType: '' },
      redirectURL: '',
      ...UNREAD,
    },
    cache: {},
    timings,
    ...(address === null ? {} : { serverIPAddress: address }),
    connection: String(handshake.id),
    ...(diagnosis === undefined ? {} : { comment: diagnosis.title }),
    _tls: describeTls(handshake, diagnosis),
  }
}

/** One request of a connection that intercept mode decrypted. */
function makeExchangeEntry(handshake: Handshake, exchange: HttpExchange): HarEntry {
  const { method, url, status, durationMs, startedAtMs = 0, responseBody, protocol = 'HTTP/1.1', failure } = exchange
  const startedAt = new Date(new Date(handshake.startedAt).getTime() + startedAtMs).toISOString()
  const time = roundMs(durationMs ?? 0)
  const headers = (pairs: HttpExchange['requestHeaders']) => (pairs ?? []).map(([name, value]) => ({ name, value }))
  const mimeType = exchange.responseHeaders?.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
  return {
    startedDateTime: startedAt,
    time,
    request: { ...UNREAD, method, url, queryString: [], httpVersion: protocol, headers: headers(exchange.requestHeaders) },
    response: {
      ...UNREAD,
      status: status ?? 0,
      statusText: failure ?? '',
      content: { size: exchange.responseBytes ?? 0, mimeType, ...(responseBody === undefined ? {} : { text: responseBody }) },
      redirectURL: '',
      httpVersion: protocol,
      headers: headers(exchange.responseHeaders),
    },
    cache: {},
    timings: { blocked: -1, dns: -1, connect: -1, ssl: -1, send: 0, wait: time, receive: 0 },
    connection: String(handshake.id),
    _tls: describeTls(handshake, undefined),
  }
}

const UNREAD = { httpVersion: 'HTTP/1.1', cookies: [], headers: [], headersSize: -1, bodySize: -1 } as const

function measure({ stages, durationMs }: Handshake): HarTimings {
  const lasted = (stage: Stage) => stages.find((seen) => seen.stage === stage && seen.leg !== 'client')?.durationMs ?? -1
  const at = (stage: Stage) => stages.find((seen) => seen.stage === stage && seen.leg === 'upstream')?.atMs ?? null
  const [dns, tcp] = [lasted('dns'), lasted('tcp')]
  const [began, ended] = [at('client-hello'), at('finished')]
  const ssl = began === null || ended === null ? -1 : Math.max(0, ended - began)
  const connect = tcp < 0 && ssl < 0 ? -1 : Math.max(0, tcp) + Math.max(0, ssl)
  const wait = Math.max(0, (durationMs ?? 0) - Math.max(0, dns) - Math.max(0, connect))
  return { blocked: -1, dns: roundMs(dns), connect: roundMs(connect), ssl: roundMs(ssl), send: 0, wait: roundMs(wait), receive: 0 }
}

function roundMs(value: number): number {
  return Math.round(value * 1000) / 1000
}

function describeTls(handshake: Handshake, diagnosis: Diagnosis | undefined): HarTls {
  const { clientHello, serverHello, certificates } = handshake
  const failed = handshake.stages.find(({ status }) => status === 'failed')
  return {
    id: handshake.id,
    mode: handshake.mode,
    probeOf: handshake.probeOf,
    outcome: handshake.outcome,
    serverName: clientHello?.serverName ?? null,
    version: serverHello?.selectedVersion.name ?? null,
    cipher: serverHello?.cipherSuite.name ?? null,
    group: serverHello?.keyShareGroup?.name ?? null,
    alpn: serverHello?.alpn ?? null,
    chain: (certificates?.chain ?? []).map(({ subject, issuer, notAfter, sha256 }) => ({ subject, issuer, notAfter, sha256 })),
    chainSource: certificates?.source ?? null,
    stage: diagnosis?.stage ?? failed?.stage ?? null,
    leg: diagnosis?.leg ?? failed?.leg ?? null,
    cause: diagnosis?.cause ?? null,
    confidence: diagnosis?.confidence ?? null,
    alerts: handshake.alerts.map(({ sender, name, code }) => `${sender} ${name} (${code ?? '?'})`),
  }
}
