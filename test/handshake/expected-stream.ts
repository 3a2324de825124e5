/** What an independent reader says of one TLS stream, and the same of ours, in one form that can be compared field by field. */
import type { ClientHello, ServerHello } from '../../src/contract/handshake.ts'
import type { ParseResult } from '../../src/handshake/tls-parse.ts'

export interface ExpectedHello {
  readonly version: number
  readonly random: string
  readonly session_id: string
  readonly cipher_suites: readonly number[]
  readonly compression_methods: readonly number[]
  readonly extensions: readonly number[]
  readonly ext_lengths: readonly number[]
  readonly sni: string | null
  readonly alpn: readonly string[]
  readonly supported_versions: readonly number[]
  readonly supported_groups: readonly number[]
  readonly ec_point_formats: readonly number[]
  readonly signature_algorithms: readonly number[]
  readonly key_share_groups: readonly number[]
  readonly psk_modes: readonly number[]
  readonly psk_identities: number
  readonly ja3_full: string
  readonly ja3: string
}

export interface ExpectedServerHello {
  readonly version: number
  readonly selected_version: number
  readonly cipher_suite: number
  readonly compression_method: number
  readonly extensions: readonly number[]
  readonly alpn: readonly string[]
  readonly key_share_group: number | null
  readonly psk_selected: number | null
  readonly hello_retry_request: boolean
  readonly random: string
  readonly session_id: string
  readonly ja3s_full: string
  readonly ja3s: string
}

export interface ExpectedStream {
  readonly stream: number
  readonly client: string
  readonly server: string
  readonly crosscheck: { readonly agreed: boolean }
  readonly files: { readonly c2s: string | null; readonly s2c: string | null }
  readonly chunks: (readonly ['c' | 's', number])[]
  readonly tls_offset: { readonly c2s: number | null; readonly s2c: number | null }
  readonly records: { readonly c2s: number[][]; readonly s2c: number[][] }
  readonly handshake: (readonly ['c' | 's', number, number])[]
  readonly client_hellos: ExpectedHello[]
  readonly server_hellos: ExpectedServerHello[]
  readonly server_key_exchange: { readonly named_curve: number | null }[]
  readonly certificates: { readonly from: 'c' | 's'; readonly sha256: string[] }[]
  readonly certificate_requests: { readonly cert_types: number[]; readonly signature_algorithms: number[]; readonly authorities: number }[]
  readonly alerts: { readonly from: 'c' | 's'; readonly level: number; readonly description: number }[]
  readonly sslv2_client_hellos: { readonly version: number; readonly cipher_specs: number[] }[]
  readonly ja4?: {
    readonly value: string
    readonly r: string
    readonly confirmed_by: string[]
    readonly disputed_by: Readonly<Record<string, unknown>>
  }
}

/** Our ClientHello in the words of the expectations. */
export function flattenClientHello(hello: ClientHello): ExpectedHello {
  return {
    version: Number(hello.legacyVersion),
    random: hello.random,
    session_id: hello.legacySessionId,
    cipher_suites: ids(hello.cipherSuites),
    compression_methods: hello.compressionMethods,
    extensions: ids(hello.extensions),
    ext_lengths: hello.extensions.map(({ lengthBytes }) => lengthBytes),
    sni: hello.serverName,
    alpn: hello.alpn,
    supported_versions: ids(hello.supportedVersions),
    supported_groups: ids(hello.supportedGroups),
    ec_point_formats: ids(hello.ecPointFormats),
    signature_algorithms: ids(hello.signatureAlgorithms),
    key_share_groups: hello.keyShares.map(({ group }) => group.id),
    psk_modes: ids(hello.pskKeyExchangeModes),
    psk_identities: hello.pskIdentities,
    ja3_full: hello.ja3,
    ja3: hello.ja3Hash,
  }
}

/** Our ServerHello in the words of the expectations. */
export function flattenServerHello(hello: ServerHello): ExpectedServerHello {
  return {
    version: Number(hello.legacyVersion),
    selected_version: hello.selectedVersion.id,
    cipher_suite: hello.cipherSuite.id,
    compression_method: hello.compressionMethod,
    extensions: ids(hello.extensions),
    alpn: hello.alpn === null ? [] : [hello.alpn],
    key_share_group: hello.keyShareGroup?.id ?? null,
    psk_selected: hello.pskSelectedIdentity,
    hello_retry_request: hello.helloRetryRequest,
    random: hello.random,
    session_id: hello.legacySessionId,
    ja3s_full: hello.ja3s,
    ja3s: hello.ja3sHash,
  }
}

/** Everything of a parsed stream that the expectations speak of. */
export function flattenResult(seen: ParseResult) {
  return {
    tlsOffset: seen.tlsOffset,
    records: seen.records,
    handshake: seen.handshake,
    clientHellos: seen.clientHellos.map(flattenClientHello),
    serverHellos: seen.serverHellos.map(flattenServerHello),
    curves: seen.serverKeyExchanges.map(({ namedCurve }) => namedCurve.id),
    certificates: seen.certificates,
    certificateRequests: seen.certificateRequests.map((request) => ({
      cert_types: request.certificateTypes,
      signature_algorithms: ids(request.signatureAlgorithms),
      authorities: request.certificateAuthorities.length,
    })),
    alerts: seen.alerts.map(({ from, level, code }) => ({ from, level: numberOf(level), description: code })),
    sslv2: seen.sslv2ClientHellos.map(({ version, cipherSpecs }) => ({ version: version.id, cipher_specs: cipherSpecs })),
  }
}

/** What {@link flattenResult} must give for a stream. */
export function flattenExpected(stream: ExpectedStream) {
  return {
    tlsOffset: stream.tls_offset,
    records: stream.records,
    handshake: stream.handshake,
    clientHellos: stream.client_hellos.map((hello) => pick(hello, HELLO_KEYS)),
    serverHellos: stream.server_hellos.map((hello) => pick(hello, SERVER_HELLO_KEYS)),
    curves: stream.server_key_exchange.map(({ named_curve }) => named_curve).filter((curve) => curve !== null),
    certificates: stream.certificates.map(({ from, sha256 }) => ({ from, sha256 })),
    certificateRequests: stream.certificate_requests.map((request) => pick(request, ['cert_types', 'signature_algorithms', 'authorities'])),
    alerts: stream.alerts.map((alert) => pick(alert, ['from', 'level', 'description'])),
    sslv2: stream.sslv2_client_hellos.map((hello) => pick(hello, ['version', 'cipher_specs'])),
  }
}

/** Only these fields, in this order. */
export function pick<Item extends object, Key extends keyof Item>(item: Item, keys: readonly Key[]): Pick<Item, Key> {
  return Object.fromEntries(keys.map((key) => [key, item[key]])) as Pick<Item, Key> // fromEntries forgets the keys
}

/** The level of an alert as a number. */
export function numberOf(level: string | number | null): number | null {
  if (level === 'warning') return 1
  return level === 'fatal' ? 2 : typeof level === 'number' ? level : null
}

function ids(list: readonly { readonly id: number }[]): number[] {
  return list.map(({ id }) => id)
}

export const HELLO_KEYS = [
  'version',
  'random',
  'session_id',
  'cipher_suites',
  'compression_methods',
  'extensions',
  'ext_lengths',
  'sni',
  'alpn',
  'supported_versions',
  'supported_groups',
  'ec_point_formats',
  'signature_algorithms',
  'key_share_groups',
  'psk_modes',
  'psk_identities',
  'ja3_full',
  'ja3',
] as const

export const SERVER_HELLO_KEYS = [
  'version',
  'selected_version',
  'cipher_suite',
  'compression_method',
  'extensions',
  'alpn',
  'key_share_group',
  'psk_selected',
  'hello_retry_request',
  'random',
  'session_id',
  'ja3s_full',
  'ja3s',
] as const
