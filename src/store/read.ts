/** Rebuild the contract's `Handshake` from the tables. Rows are typed by the statements below; only this program writes them. */
import type { Certificates, ClientHello, Handshake, HttpExchange, Interception, ServerHello } from '../contract/handshake.ts'
import type { Named } from '../contract/terms.ts'
import type { Flight, FlightRecord } from '../handshake/flight.ts'
import type { SeenMessage } from '../handshake/transcript.ts'
import type {
  CertificateColumns,
  ClientHelloColumns,
  ExchangeColumns,
  HandshakeColumns,
  MessageColumns,
  ServerHelloColumns,
  VerdictColumns,
} from './columns.ts'
import type { Database } from './driver.ts'
import { parseJson } from './value.ts'

/** Reads whole handshakes on one connection. */
export interface HandshakeReader {
  readonly handshake: (id: number, diagnosis: number | null) => Handshake | undefined
  readonly messages: (id: number) => SeenMessage[]
  readonly flight: (id: number) => Flight | undefined
}

/** Prepare the statements once. */
export function prepareReader(database: Database): HandshakeReader {
  const one = database.prepare<[number], HandshakeColumns>('SELECT * FROM handshakes WHERE id = ?')
  const messages = database.prepare<[number], MessageColumns>('SELECT * FROM messages WHERE handshake_id = ? ORDER BY position')
  const parts = prepareParts(database)
  const flight = prepareFlight(database)
  return {
    flight,
    handshake(id, diagnosis) {
      const row = one.get(id)
      return row && { ...readOwnColumns(row), ...parts(row), diagnosis }
    },
    messages: (id) => messages.all(id).map(readMessage),
  }
}

function prepareFlight(database: Database): HandshakeReader['flight'] {
  const records = database.prepare<[number], FlightRecord>(
    'SELECT dir, at_ms AS atMs, octets FROM flight_records WHERE handshake_id = ? ORDER BY position',
  )
  const secrets = database.prepare<[number], string>('SELECT line FROM flight_secrets WHERE handshake_id = ? ORDER BY position').pluck()
  return (id) => {
    const kept = records.all(id).map((record) => ({ ...record, octets: new Uint8Array(record.octets) }))
    return kept.length === 0 ? undefined : { records: kept, secrets: secrets.all(id) }
  }
}

type OwnParts = Omit<Handshake, PartName | 'diagnosis'>
type PartName = 'proxyConnect' | 'records' | 'stages' | 'clientHello' | 'serverHello' | 'certificates' | 'alerts' | 'http'

function readOwnColumns(row: HandshakeColumns): OwnParts {
  return {
    id: row.id,
    runId: row.run_id,
    mode: row.mode,
    ...(row.imported === null ? {} : { imported: row.imported }),
    ...(row.decrypted === null ? {} : { interception: readInterception(row) }),
    ...(row.parent_tls === null ? {} : { parentTls: parseJson(row.parent_tls) }),
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    outcome: row.outcome,
    target: { host: row.host, port: row.port, address: row.address },
    route: parseJson(row.route),
    client:
      row.client_address === null
        ? null
        : { address: row.client_address, pid: row.client_pid, process: row.client_process, roots: row.client_roots },
    probeOf: row.probe_of,
    trials: parseJson(row.trials),
    ...(row.resolved_by === null ? {} : { resolvedBy: row.resolved_by }),
    waitingFor: row.waiting_for,
    closed:
      row.closed_by === null || row.closed_how === null ? null : { by: row.closed_by, how: row.closed_how, atMs: row.closed_at_ms ?? 0 },
    bytes: { clientToServer: row.bytes_client_to_server, serverToClient: row.bytes_server_to_client },
  }
}

/** The tables beside `handshakes`; columns are renamed to the contract's names by SQL where a row maps one to one. */
function prepareParts(database: Database): (row: HandshakeColumns) => Pick<Handshake, PartName> {
  const stages = database.prepare<[number], Handshake['stages'][number]>(
    'SELECT stage, leg, status, source, at_ms AS atMs, duration_ms AS durationMs FROM stages WHERE handshake_id = ? ORDER BY position',
  )
  const records = database.prepare<[number], Handshake['records'][number]>(
    `SELECT n, dir, leg, at_ms AS atMs, content_type AS contentType, version, length_bytes AS lengthBytes
     FROM records WHERE handshake_id = ? ORDER BY position`,
  )
  const alerts = database.prepare<[number], Handshake['alerts'][number]>(
    'SELECT sender, level, code, name, how FROM alerts WHERE handshake_id = ? ORDER BY position',
  )
  const http = database.prepare<[number], ExchangeColumns>('SELECT * FROM http_exchanges WHERE handshake_id = ? ORDER BY position')
  const reply = database.prepare<[number], { status: number; reason: string; headers: string; body: string }>(
    'SELECT status, reason, headers, body FROM connect_replies WHERE handshake_id = ?',
  )
  const client = database.prepare<[number], ClientHelloColumns>('SELECT * FROM client_hellos WHERE handshake_id = ?')
  const server = database.prepare<[number], ServerHelloColumns>('SELECT * FROM server_hellos WHERE handshake_id = ?')
  const certificates = prepareCertificates(database)
  return (row) => {
    const connect = reply.get(row.id)
    const clientHello = client.get(row.id)
    const serverHello = server.get(row.id)
    return {
      stages: stages.all(row.id),
      records: records.all(row.id),
      alerts: alerts.all(row.id),
      http: http.all(row.id).map(readExchange),
      proxyConnect: connect ? { ...connect, headers: parseJson(connect.headers) } : null,
      clientHello: clientHello ? readClientHello(clientHello, row) : null,
      serverHello: serverHello ? readServerHello(serverHello, row) : null,
      certificates: certificates(row.id),
    }
  }
}

function readInterception({ decrypted, not_decrypted_because: because }: HandshakeColumns): Interception {
  return decrypted === 1 ? { kind: 'decrypted' } : { kind: 'passed-through', because: because ?? '' }
}

/** Fields that are not known are absent. */
function readExchange(row: ExchangeColumns): HttpExchange {
  const known = {
    startedAtMs: row.started_at_ms,
    protocol: row.protocol,
    requestHeaders: row.request_headers === null ? null : parseJson<HttpExchange['requestHeaders']>(row.request_headers),
    responseHeaders: row.response_headers === null ? null : parseJson<HttpExchange['responseHeaders']>(row.response_headers),
    requestBytes: row.request_bytes,
    responseBytes: row.response_bytes,
    responseBody: row.response_body,
    asks: row.asks === null ? null : { kind: row.asks, module: row.module, version: row.module_version },
    failure: row.failure,
  }
  const present = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== null))
  return { method: row.method, url: row.url, status: row.status, durationMs: row.duration_ms, ...present }
}

function readClientHello(hello: ClientHelloColumns, row: HandshakeColumns): ClientHello {
  return {
    legacyVersion: hello.legacy_version,
    random: hello.random,
    legacySessionId: hello.legacy_session_id,
    cipherSuites: parseJson(hello.cipher_suites),
    compressionMethods: parseJson(hello.compression_methods),
    serverName: row.server_name,
    alpn: parseJson(hello.alpn),
    supportedVersions: parseJson(hello.supported_versions),
    supportedGroups: parseJson(hello.supported_groups),
    keyShares: parseJson(hello.key_shares),
    signatureAlgorithms: parseJson(hello.signature_algorithms),
    pskKeyExchangeModes: parseJson(hello.psk_key_exchange_modes),
    pskIdentities: hello.psk_identities,
    ecPointFormats: parseJson(hello.ec_point_formats),
    extensions: parseJson(hello.extensions),
    lengthBytes: hello.length_bytes,
    wireBytes: hello.wire_bytes,
    recordCount: hello.record_count,
    ja3: hello.ja3,
    ja3Hash: row.ja3_hash ?? '',
    ja4: row.ja4 ?? '',
    ja4r: hello.ja4r,
    looksLike: hello.looks_like,
  }
}

function readServerHello(hello: ServerHelloColumns, row: HandshakeColumns): ServerHello {
  return {
    legacyVersion: hello.legacy_version,
    selectedVersion: named(hello.version_id, row.version),
    cipherSuite: named(hello.cipher_suite_id, row.cipher_suite),
    keyShareGroup: hello.key_group_id === null ? null : named(hello.key_group_id, row.key_group),
    alpn: row.alpn,
    helloRetryRequest: hello.hello_retry_request === 1,
    random: hello.random,
    legacySessionId: hello.legacy_session_id,
    compressionMethod: hello.compression_method,
    pskSelectedIdentity: hello.psk_selected_identity,
    extensions: parseJson(hello.extensions),
    ja3s: hello.ja3s,
    ja3sHash: hello.ja3s_hash,
  }
}

function named(id: number, name: string | null): Named {
  return { id, name: name ?? 'unknown' }
}

function prepareCertificates(database: Database): (id: number) => Certificates | null {
  const verdict = database.prepare<[number], VerdictColumns>('SELECT * FROM verdicts WHERE handshake_id = ?')
  const chain = database.prepare<[number], CertificateColumns>(
    'SELECT certificates.* FROM chains JOIN certificates USING (sha256) WHERE handshake_id = ? ORDER BY position',
  )
  return (id) => {
    const seen = verdict.get(id)
    return seen
      ? {
          source: seen.source,
          sameAsGoSaw: seen.same_as_go_saw === 1,
          chain: chain.all(id).map(readCertificate),
          verified: readVerdict(seen),
          ocspStapled: seen.ocsp_stapled === null ? null : seen.ocsp_stapled === 1,
          ...(seen.also_seen === null ? {} : parseJson<AlsoSeen>(seen.also_seen)),
        }
      : null
  }
}

/** What stands beside the chain, in one column. */
type AlsoSeen = Pick<Certificates, 'signed' | 'ocsp' | 'signedTimestamps' | 'missing' | 'searched'>

function readVerdict(seen: VerdictColumns): Certificates['verified'] {
  if (seen.ok === null) return null
  return {
    ok: seen.ok === 1,
    goText: seen.go_text ?? '',
    byGoVersion: parseJson(seen.by_go_version ?? '{}'),
    roots: seen.roots ?? '',
    at: seen.judged_at ?? '',
  }
}

function readCertificate(row: CertificateColumns): Certificates['chain'][number] {
  return {
    sha256: row.sha256,
    der: row.der.toString('base64'),
    parsed: row.parsed === 1,
    subject: row.subject,
    issuer: row.issuer,
    serialNumber: row.serial_number,
    notBefore: row.not_before,
    notAfter: row.not_after,
    dnsNames: parseJson(row.dns_names),
    ipAddresses: parseJson(row.ip_addresses),
    publicKey: row.public_key,
    signatureAlgorithm: row.signature_algorithm,
    isCa: row.is_ca === 1,
    keyUsage: parseJson(row.key_usage),
    extKeyUsage: parseJson(row.ext_key_usage),
    nameConstraints: row.name_constraints,
    subjectKeyId: row.subject_key_id,
    authorityKeyId: row.authority_key_id,
    aia: { caIssuers: parseJson(row.ca_issuers), ocsp: parseJson(row.ocsp) },
  }
}

function readMessage(row: MessageColumns): SeenMessage {
  return {
    dir: row.dir,
    type: row.type,
    name: row.name,
    lengthBytes: row.length_bytes,
    atMs: row.at_ms,
    recordOffset: row.record_offset,
    source: row.source,
    ...(row.octets === null ? {} : { octets: new Uint8Array(row.octets) }),
  }
}
