/** Which column of which table takes which part of a draft: a table of tables, read by write.ts. Pure. */
import type { Handshake, HttpExchange } from '../contract/handshake.ts'
import type { DiagnosisDraft } from '../diagnosis/draft.ts'
import { readNames } from '../x509/names.ts'
import { summarise } from './row.ts'
import type { HandshakeDraft } from './store.ts'
import { json, number, octets, type Value } from './value.ts'

/** How many record headers of one handshake are kept; the readers stop long before, a broken caller does not fill the disk. */
export const MAX_RECORDS = 1024

/** A draft with its references resolved. */
export interface ResolvedDraft {
  readonly draft: HandshakeDraft
  /** null: insert. */
  readonly id: number | null
  readonly probeOf: number | null
  readonly seq: number
}

/** A table with several rows a handshake, in order. */
export interface List {
  readonly table: string
  readonly columns: readonly string[]
  readonly rows: (draft: HandshakeDraft) => readonly (readonly Value[])[]
}

/** A table with at most one row a handshake. */
export interface Single {
  readonly table: string
  readonly columns: readonly string[]
  readonly row: (draft: HandshakeDraft) => readonly Value[] | null
}

/** Columns of `handshakes` but its id. */
export const HANDSHAKE_COLUMNS = [
  ...['seq', 'run_id', 'mode', 'started_at', 'duration_ms', 'outcome', 'host', 'port', 'address', 'via', 'route', 'resolved_by'],
  ...['client_address', 'client_pid', 'client_process', 'client_roots', 'probe_of', 'trials', 'leg', 'stage', 'cause', 'title'],
  ...['waiting_for', 'server_name', 'version', 'cipher_suite', 'key_group', 'alpn', 'issuer', 'ja3_hash', 'ja4'],
  ...['closed_by', 'closed_how', 'closed_at_ms', 'bytes_client_to_server', 'bytes_server_to_client', 'imported'],
  ...['decrypted', 'not_decrypted_because'],
  'parent_tls',
]

/** The values of HANDSHAKE_COLUMNS. */
export function handshakeValues({ draft, probeOf, seq }: ResolvedDraft): Value[] {
  const row = summarise(draft)
  const { client, clientHello, serverHello, closed, bytes } = draft
  return [
    ...[seq, draft.runId, row.mode, row.startedAt, row.durationMs, row.outcome, row.host, row.port, draft.target.address],
    ...[row.route, json(draft.route), draft.resolvedBy ?? null],
    ...[client?.address ?? null, client?.pid ?? null, client?.process ?? null, client?.roots ?? null],
    ...[probeOf, json(draft.trials), row.leg, row.stage, row.cause, row.title, row.waitingFor, clientHello?.serverName ?? null],
    ...[row.version, serverHello?.cipherSuite.name ?? null, row.group, row.alpn, row.issuer, clientHello?.ja3Hash ?? null, row.ja4],
    ...[closed?.by ?? null, closed?.how ?? null, closed?.atMs ?? null, bytes.clientToServer, bytes.serverToClient, draft.imported ?? null],
    ...interceptionValues(draft),
    draft.parentTls === undefined ? null : json(draft.parentTls),
  ]
}

/** Tables with several rows a handshake. */
export const LISTS: readonly List[] = [
  {
    table: 'stages',
    columns: ['stage', 'leg', 'status', 'source', 'at_ms', 'duration_ms'],
    rows: (draft) => draft.stages.map((seen) => [seen.stage, seen.leg, seen.status, seen.source, seen.atMs, seen.durationMs]),
  },
  {
    table: 'records',
    columns: ['n', 'dir', 'leg', 'at_ms', 'content_type', 'version', 'length_bytes'],
    rows: (draft) =>
      draft.records
        .slice(0, MAX_RECORDS)
        .map((seen) => [seen.n, seen.dir, seen.leg, seen.atMs, seen.contentType, seen.version, seen.lengthBytes]),
  },
  {
    table: 'messages',
    columns: ['dir', 'type', 'name', 'length_bytes', 'at_ms', 'record_offset', 'source', 'octets'],
    rows: (draft) =>
      draft.messages.map((seen) => [
        ...[seen.dir, seen.type, seen.name, seen.lengthBytes, seen.atMs, seen.recordOffset, seen.source],
        seen.octets === undefined ? null : octets(seen.octets),
      ]),
  },
  {
    table: 'alerts',
    columns: ['sender', 'level', 'code', 'name', 'how'],
    rows: (draft) => draft.alerts.map((seen) => [seen.sender, seen.level, seen.code, seen.name, seen.how]),
  },
  {
    table: 'flight_records',
    columns: ['dir', 'at_ms', 'octets'],
    rows: ({ flight }) => flight?.records.map((kept) => [kept.dir, kept.atMs, octets(kept.octets)]) ?? [],
  },
  {
    table: 'flight_secrets',
    columns: ['line'],
    rows: ({ flight }) => flight?.secrets.map((line) => [line]) ?? [],
  },
]

function interceptionValues({ interception }: HandshakeDraft): Value[] {
  if (interception === undefined) return [null, null]
  return interception.kind === 'decrypted' ? [1, null] : [0, interception.because]
}

/** Columns of `http_exchanges` but its handshake and position. */
export const EXCHANGE_COLUMNS = [
  ...['method', 'url', 'status', 'duration_ms', 'started_at_ms', 'protocol', 'request_headers', 'response_headers'],
  ...['request_bytes', 'response_bytes', 'response_body', 'asks', 'module', 'module_version', 'failure'],
]

/** The values of EXCHANGE_COLUMNS. */
export function exchangeValues(seen: HttpExchange): Value[] {
  return [
    ...[seen.method, seen.url, seen.status, seen.durationMs, seen.startedAtMs ?? null, seen.protocol ?? null],
    seen.requestHeaders === undefined ? null : json(seen.requestHeaders),
    seen.responseHeaders === undefined ? null : json(seen.responseHeaders),
    ...[seen.requestBytes ?? null, seen.responseBytes ?? null, seen.responseBody ?? null],
    ...[seen.asks?.kind ?? null, seen.asks?.module ?? null, seen.asks?.version ?? null, seen.failure ?? null],
  ]
}

/** Tables with one row a handshake, or none. */
export const SINGLES: readonly Single[] = [
  {
    table: 'connect_replies',
    columns: ['status', 'reason', 'headers', 'body'],
    row: ({ proxyConnect: reply }) => reply && [reply.status, reply.reason, json(reply.headers), reply.body],
  },
  {
    table: 'client_hellos',
    columns: [
      ...['legacy_version', 'random', 'legacy_session_id', 'cipher_suites', 'compression_methods', 'alpn', 'supported_versions'],
      ...['supported_groups', 'key_shares', 'signature_algorithms', 'psk_key_exchange_modes', 'psk_identities', 'ec_point_formats'],
      ...['extensions', 'length_bytes', 'wire_bytes', 'record_count', 'ja3', 'ja4r', 'looks_like'],
    ],
    row: ({ clientHello: hello }) =>
      hello && [
        ...[hello.legacyVersion, hello.random, hello.legacySessionId, json(hello.cipherSuites), json(hello.compressionMethods)],
        ...[json(hello.alpn), json(hello.supportedVersions), json(hello.supportedGroups), json(hello.keyShares)],
        ...[json(hello.signatureAlgorithms), json(hello.pskKeyExchangeModes), hello.pskIdentities, json(hello.ecPointFormats)],
        ...[json(hello.extensions), hello.lengthBytes, hello.wireBytes, hello.recordCount, hello.ja3, hello.ja4r, hello.looksLike],
      ],
  },
  {
    table: 'server_hellos',
    columns: [
      ...['legacy_version', 'version_id', 'cipher_suite_id', 'key_group_id', 'hello_retry_request', 'random', 'legacy_session_id'],
      ...['compression_method', 'psk_selected_identity', 'extensions', 'ja3s', 'ja3s_hash'],
    ],
    row: ({ serverHello: hello }) =>
      hello && [
        ...[hello.legacyVersion, hello.selectedVersion.id, hello.cipherSuite.id, hello.keyShareGroup?.id ?? null],
        ...[number(hello.helloRetryRequest), hello.random, hello.legacySessionId, hello.compressionMethod],
        ...[hello.pskSelectedIdentity, json(hello.extensions), hello.ja3s, hello.ja3sHash],
      ],
  },
  {
    table: 'verdicts',
    columns: ['source', 'same_as_go_saw', 'ocsp_stapled', 'ok', 'go_text', 'by_go_version', 'roots', 'judged_at', 'also_seen'],
    row: ({ certificates }) => certificates && verdictValues(certificates),
  },
]

function verdictValues({
  source,
  sameAsGoSaw,
  ocspStapled,
  verified,
  chain: _chain,
  ...beside
}: NonNullable<Handshake['certificates']>): Value[] {
  const seen = [source, number(sameAsGoSaw), ocspStapled === null ? null : number(ocspStapled)]
  const alsoSeen = Object.keys(beside).length === 0 ? null : json(beside)
  if (verified === null) return [...seen, null, null, null, null, null, alsoSeen]
  return [...seen, number(verified.ok), verified.goText, json(verified.byGoVersion), verified.roots, verified.at, alsoSeen]
}

/** Columns of `certificates`. */
export const CERTIFICATE_COLUMNS = [
  ...['sha256', 'der', 'subject_der', 'issuer_der', 'parsed', 'subject', 'issuer', 'serial_number', 'not_before', 'not_after'],
  ...['dns_names', 'ip_addresses', 'public_key', 'signature_algorithm', 'is_ca', 'key_usage', 'ext_key_usage', 'name_constraints'],
  ...['subject_key_id', 'authority_key_id', 'ca_issuers', 'ocsp'],
]

/** The values of CERTIFICATE_COLUMNS. */
export function certificateValues(seen: NonNullable<Handshake['certificates']>['chain'][number]): Value[] {
  const der = Buffer.from(seen.der, 'base64')
  const names = readNames(der)
  return [
    ...[seen.sha256, der, names && octets(names.subject), names && octets(names.issuer), number(seen.parsed)],
    ...[seen.subject, seen.issuer, seen.serialNumber, seen.notBefore, seen.notAfter, json(seen.dnsNames), json(seen.ipAddresses)],
    ...[seen.publicKey, seen.signatureAlgorithm, number(seen.isCa), json(seen.keyUsage), json(seen.extKeyUsage), seen.nameConstraints],
    ...[seen.subjectKeyId, seen.authorityKeyId, json(seen.aia.caIssuers), json(seen.aia.ocsp)],
  ]
}

/** Columns of `diagnoses` but its id, handshake, position and run. */
export const DIAGNOSIS_COLUMNS = [
  ...['cause', 'leg', 'stage', 'fault', 'confidence', 'host', 'port', 'title', 'why', 'go_text', 'go_text_source', 'evidence', 'fixes'],
  ...['will_not_help', 'also_possible', 'also_true', 'not_checked', 'facts'],
]

/** The values of DIAGNOSIS_COLUMNS. */
export function diagnosisValues(found: DiagnosisDraft): Value[] {
  return [
    ...[found.cause, found.leg, found.stage, found.fault, found.confidence, found.host, found.port, found.title, found.why],
    ...[found.goText?.text ?? null, found.goText?.source ?? null, json(found.evidence), json(found.fixes), json(found.willNotHelp)],
    ...[json(found.alsoPossible), json(found.alsoTrue), json(found.notChecked), json(found.facts ?? null)],
  ]
}
