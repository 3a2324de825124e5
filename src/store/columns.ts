/** The rows that SQLite hands back, column by column as in schema.ts. Types only. */
import type { Diagnosis } from '../contract/diagnosis.ts'
import type { Certificates, Handshake, HttpExchange } from '../contract/handshake.ts'
import type { SeenMessage } from '../handshake/transcript.ts'

type Closed = NonNullable<Handshake['closed']>

export interface HandshakeColumns {
  readonly id: number
  readonly seq: number
  readonly run_id: number | null
  readonly mode: Handshake['mode']
  readonly started_at: string
  readonly duration_ms: number | null
  readonly outcome: Handshake['outcome']
  readonly host: string
  readonly port: number
  readonly address: string | null
  readonly via: string
  readonly route: string
  readonly resolved_by: '--resolve' | null
  readonly client_address: string | null
  readonly client_pid: number | null
  readonly client_process: string | null
  readonly client_roots: string | null
  readonly probe_of: number | null
  readonly trials: string
  readonly leg: string | null
  readonly stage: string | null
  readonly cause: string | null
  readonly title: string | null
  readonly waiting_for: string | null
  readonly server_name: string | null
  readonly version: string | null
  readonly cipher_suite: string | null
  readonly key_group: string | null
  readonly alpn: string | null
  readonly issuer: string | null
  readonly ja3_hash: string | null
  readonly ja4: string | null
  readonly closed_by: Closed['by'] | null
  readonly closed_how: Closed['how'] | null
  readonly closed_at_ms: number | null
  readonly bytes_client_to_server: number
  readonly bytes_server_to_client: number
  readonly imported: string | null
  readonly parent_tls: string | null
  readonly decrypted: number | null
  readonly not_decrypted_because: string | null
}

export interface ExchangeColumns {
  readonly method: string
  readonly url: string
  readonly status: number | null
  readonly duration_ms: number | null
  readonly started_at_ms: number | null
  readonly protocol: NonNullable<HttpExchange['protocol']> | null
  readonly request_headers: string | null
  readonly response_headers: string | null
  readonly request_bytes: number | null
  readonly response_bytes: number | null
  readonly response_body: string | null
  readonly asks: NonNullable<HttpExchange['asks']>['kind'] | null
  readonly module: string | null
  readonly module_version: string | null
  readonly failure: string | null
}

export interface ClientHelloColumns {
  readonly legacy_version: string
  readonly random: string
  readonly legacy_session_id: string
  readonly cipher_suites: string
  readonly compression_methods: string
  readonly alpn: string
  readonly supported_versions: string
  readonly supported_groups: string
  readonly key_shares: string
  readonly signature_algorithms: string
  readonly psk_key_exchange_modes: string
  readonly psk_identities: number
  readonly ec_point_formats: string
  readonly extensions: string
  readonly length_bytes: number
  readonly wire_bytes: number
  readonly record_count: number
  readonly ja3: string
  readonly ja4r: string
  readonly looks_like: string | null
}

export interface ServerHelloColumns {
  readonly legacy_version: string
  readonly version_id: number
  readonly cipher_suite_id: number
  readonly key_group_id: number | null
  readonly hello_retry_request: number
  readonly random: string
  readonly legacy_session_id: string
  readonly compression_method: number
  readonly psk_selected_identity: number | null
  readonly extensions: string
  readonly ja3s: string
  readonly ja3s_hash: string
}

export interface VerdictColumns {
  readonly source: Certificates['source']
  readonly same_as_go_saw: number
  readonly ocsp_stapled: number | null
  readonly ok: number | null
  readonly go_text: string | null
  readonly by_go_version: string | null
  readonly roots: string | null
  readonly judged_at: string | null
  readonly also_seen: string | null
}

export interface CertificateColumns {
  readonly sha256: string
  readonly der: Buffer
  readonly parsed: number
  readonly subject: string
  readonly issuer: string
  readonly serial_number: string
  readonly not_before: string | null
  readonly not_after: string | null
  readonly dns_names: string
  readonly ip_addresses: string
  readonly public_key: string
  readonly signature_algorithm: string
  readonly is_ca: number
  readonly key_usage: string
  readonly ext_key_usage: string
  readonly name_constraints: string | null
  readonly subject_key_id: string | null
  readonly authority_key_id: string | null
  readonly ca_issuers: string
  readonly ocsp: string
}

export interface MessageColumns {
  readonly dir: SeenMessage['dir']
  readonly type: number
  readonly name: string
  readonly length_bytes: number
  readonly at_ms: number
  readonly record_offset: number
  readonly source: SeenMessage['source']
  readonly octets: Buffer | null
}

export interface DiagnosisColumns {
  readonly id: number
  readonly handshake_id: number
  readonly run_id: number | null
  readonly cause: string
  readonly leg: Diagnosis['leg']
  readonly stage: Diagnosis['stage']
  readonly fault: Diagnosis['fault']
  readonly confidence: Diagnosis['confidence']
  readonly host: string
  readonly port: number
  readonly title: string
  readonly why: string
  readonly go_text: string | null
  readonly go_text_source: 'stderr' | 'predicted' | null
  readonly evidence: string
  readonly fixes: string
  readonly will_not_help: string
  readonly also_possible: string
  readonly also_true: string
  readonly not_checked: string
}

export interface RunColumns {
  readonly id: number
  readonly seq: number
  readonly argv: string
  readonly started_at: string
  readonly duration_ms: number | null
  readonly exit_code: number | null
  readonly signal: string | null
  readonly go_version: string | null
  readonly go_env: string | null
  readonly stderr_tail: string
}
