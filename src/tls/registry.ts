/** Numbers and names of the TLS registries (IANA "Transport Layer Security (TLS) Parameters" and "TLS Extensions"). Names verbatim. */
import type { Named } from '../contract/terms.ts'
import { CIPHER_SUITES } from './cipher-suites.ts'
import { isGrease, isGreaseOctet } from './grease.ts'
import { SIGNATURE_SCHEMES } from './signature-schemes.ts'

type Registry = Readonly<Record<number, string>>

/** The cipher suite with this number; `unknown` or `GREASE` in the name where there is none. */
export function nameCipherSuite(id: number): Named {
  return nameBy(CIPHER_SUITES, id)
}

/** Numbers of every cipher suite that has a name, without those that are signals and no suites (RFC 5746, RFC 7507). */
export function listCipherSuites(): readonly number[] {
  return numbersOf(CIPHER_SUITES).filter((id) => !SIGNALS.has(id))
}

const SIGNALS: ReadonlySet<number> = new Set([0x00ff, 0x5600])

/** Numbers of every group that has a name, without the two that stand for curves written out (RFC 8422 section 5.1.1). */
export function listGroupNumbers(): readonly number[] {
  return numbersOf(GROUPS).filter((id) => id < WRITTEN_OUT)
}

const WRITTEN_OUT = 0xff01

function numbersOf(registry: Registry): readonly number[] {
  return Object.keys(registry).map(Number)
}

/** The named group (supported_groups). */
export function nameGroup(id: number): Named {
  return nameBy(GROUPS, id)
}

/** The SignatureScheme, or the hash and signature pair of TLS 1.2. */
export function nameSignatureScheme(id: number): Named {
  return nameBy(SIGNATURE_SCHEMES, id)
}

/** The extension type. */
export function nameExtension(id: number): Named {
  return nameBy(EXTENSIONS, id)
}

/** The protocol version as people write it ("TLS 1.3"). */
export function nameVersion(id: number): Named {
  if (id >> 8 === 0x7f) return { id, name: `TLS 1.3 draft ${id & 0xff}` }
  return nameBy(VERSIONS, id)
}

/** The certificate compression algorithm (RFC 8879). */
export function nameCertificateCompression(id: number): Named {
  return nameBy(CERTIFICATE_COMPRESSIONS, id)
}

/** The point format (RFC 8422 section 5.1.2). */
export function namePointFormat(id: number): Named {
  return { id, name: POINT_FORMATS[id] ?? 'unknown' }
}

/** The PskKeyExchangeMode (RFC 8446 section 4.2.9). */
export function namePskKeyExchangeMode(id: number): Named {
  return { id, name: PSK_KEY_EXCHANGE_MODES[id] ?? (isGreaseOctet(id) ? 'GREASE' : 'unknown') }
}

/** AlertDescription (RFC 8446 section 6), `unknown` where there is no name. */
export function nameAlert(code: number): string {
  return ALERTS[code] ?? 'unknown'
}

/** HandshakeType (RFC 8446 section 4), as a message is called in the text ("ServerHello"). */
export function nameHandshakeType(type: number): string {
  return HANDSHAKE_TYPES[type] ?? 'unknown'
}

/** ClientCertificateType (RFC 5246 section 7.4.4). */
export function nameCertificateType(id: number): Named {
  return { id, name: CERTIFICATE_TYPES[id] ?? 'unknown' }
}

function nameBy(registry: Registry, id: number): Named {
  const known = MEMORY.get(registry)?.get(id)
  if (known !== undefined) return known
  const name = registry[id]
  if (name === undefined) return { id, name: isGrease(id) ? 'GREASE' : 'unknown' }
  const named: Named = Object.freeze({ id, name })
  MEMORY.set(registry, (MEMORY.get(registry) ?? new Map<number, Named>()).set(id, named))
  return named
}

/** Registered numbers are named again and again: one object each, never more than the registries hold. */
const MEMORY = new Map<Registry, Map<number, Named>>()

const VERSIONS: Registry = { 2: 'SSL 2.0', 768: 'SSL 3.0', 769: 'TLS 1.0', 770: 'TLS 1.1', 771: 'TLS 1.2', 772: 'TLS 1.3' }

const CERTIFICATE_COMPRESSIONS: Registry = { 1: 'zlib', 2: 'brotli', 3: 'zstd' }

const POINT_FORMATS: Registry = { 0: 'uncompressed', 1: 'ansiX962_compressed_prime', 2: 'ansiX962_compressed_char2' }

const PSK_KEY_EXCHANGE_MODES: Registry = { 0: 'psk_ke', 1: 'psk_dhe_ke' }

const CERTIFICATE_TYPES: Registry = {
  1: 'rsa_sign',
  2: 'dss_sign',
  3: 'rsa_fixed_dh',
  4: 'dss_fixed_dh',
  5: 'rsa_ephemeral_dh_RESERVED',
  6: 'dss_ephemeral_dh_RESERVED',
  20: 'fortezza_dms_RESERVED',
  22: 'gost_sign256',
  23: 'gost_sign512',
  64: 'ecdsa_sign',
  65: 'rsa_fixed_ecdh',
  66: 'ecdsa_fixed_ecdh',
}

const HANDSHAKE_TYPES: Registry = {
  0: 'HelloRequest',
  1: 'ClientHello',
  2: 'ServerHello',
  3: 'HelloVerifyRequest',
  4: 'NewSessionTicket',
  5: 'EndOfEarlyData',
  6: 'HelloRetryRequest',
  8: 'EncryptedExtensions',
  9: 'RequestConnectionId',
  10: 'NewConnectionId',
  11: 'Certificate',
  12: 'ServerKeyExchange',
  13: 'CertificateRequest',
  14: 'ServerHelloDone',
  15: 'CertificateVerify',
  16: 'ClientKeyExchange',
  17: 'ClientCertificateRequest',
  20: 'Finished',
  21: 'CertificateURL',
  22: 'CertificateStatus',
  23: 'SupplementalData',
  24: 'KeyUpdate',
  25: 'CompressedCertificate',
  26: 'EktKey',
  254: 'MessageHash',
}

const ALERTS: Registry = {
  0: 'close_notify',
  10: 'unexpected_message',
  20: 'bad_record_mac',
  21: 'decryption_failed_RESERVED',
  22: 'record_overflow',
  30: 'decompression_failure_RESERVED',
  40: 'handshake_failure',
  41: 'no_certificate_RESERVED',
  42: 'bad_certificate',
  43: 'unsupported_certificate',
  44: 'certificate_revoked',
  45: 'certificate_expired',
  46: 'certificate_unknown',
  47: 'illegal_parameter',
  48: 'unknown_ca',
  49: 'access_denied',
  50: 'decode_error',
  51: 'decrypt_error',
  52: 'too_many_cids_requested',
  60: 'export_restriction_RESERVED',
  70: 'protocol_version',
  71: 'insufficient_security',
  80: 'internal_error',
  86: 'inappropriate_fallback',
  90: 'user_canceled',
  100: 'no_renegotiation_RESERVED',
  109: 'missing_extension',
  110: 'unsupported_extension',
  111: 'certificate_unobtainable_RESERVED',
  112: 'unrecognized_name',
  113: 'bad_certificate_status_response',
  114: 'bad_certificate_hash_value_RESERVED',
  115: 'unknown_psk_identity',
  116: 'certificate_required',
  117: 'general_error',
  120: 'no_application_protocol',
  121: 'ech_required',
}

const GROUPS: Registry = {
  1: 'sect163k1',
  2: 'sect163r1',
  3: 'sect163r2',
  4: 'sect193r1',
  5: 'sect193r2',
  6: 'sect233k1',
  7: 'sect233r1',
  8: 'sect239k1',
  9: 'sect283k1',
  10: 'sect283r1',
  11: 'sect409k1',
  12: 'sect409r1',
  13: 'sect571k1',
  14: 'sect571r1',
  15: 'secp160k1',
  16: 'secp160r1',
  17: 'secp160r2',
  18: 'secp192k1',
  19: 'secp192r1',
  20: 'secp224k1',
  21: 'secp224r1',
  22: 'secp256k1',
  23: 'secp256r1',
  24: 'secp384r1',
  25: 'secp521r1',
  26: 'brainpoolP256r1',
  27: 'brainpoolP384r1',
  28: 'brainpoolP512r1',
  29: 'x25519',
  30: 'x448',
  31: 'brainpoolP256r1tls13',
  32: 'brainpoolP384r1tls13',
  33: 'brainpoolP512r1tls13',
  34: 'GC256A',
  35: 'GC256B',
  36: 'GC256C',
  37: 'GC256D',
  38: 'GC512A',
  39: 'GC512B',
  40: 'GC512C',
  41: 'curveSM2',
  256: 'ffdhe2048',
  257: 'ffdhe3072',
  258: 'ffdhe4096',
  259: 'ffdhe6144',
  260: 'ffdhe8192',
  512: 'MLKEM512',
  513: 'MLKEM768',
  514: 'MLKEM1024',
  4587: 'SecP256r1MLKEM768',
  4588: 'X25519MLKEM768',
  4589: 'SecP384r1MLKEM1024',
  4590: 'curveSM2MLKEM768',
  25497: 'X25519Kyber768Draft00',
  25498: 'SecP256r1Kyber768Draft00',
  65281: 'arbitrary_explicit_prime_curves',
  65282: 'arbitrary_explicit_char2_curves',
}

const EXTENSIONS: Registry = {
  0: 'server_name',
  1: 'max_fragment_length',
  2: 'client_certificate_url',
  3: 'trusted_ca_keys',
  4: 'truncated_hmac',
  5: 'status_request',
  6: 'user_mapping',
  7: 'client_authz',
  8: 'server_authz',
  9: 'cert_type',
  10: 'supported_groups',
  11: 'ec_point_formats',
  12: 'srp',
  13: 'signature_algorithms',
  14: 'use_srtp',
  15: 'heartbeat',
  16: 'application_layer_protocol_negotiation',
  17: 'status_request_v2',
  18: 'signed_certificate_timestamp',
  19: 'client_certificate_type',
  20: 'server_certificate_type',
  21: 'padding',
  22: 'encrypt_then_mac',
  23: 'extended_master_secret',
  24: 'token_binding',
  25: 'cached_info',
  26: 'tls_lts',
  27: 'compress_certificate',
  28: 'record_size_limit',
  29: 'pwd_protect',
  30: 'pwd_clear',
  31: 'password_salt',
  32: 'ticket_pinning',
  33: 'tls_cert_with_extern_psk',
  34: 'delegated_credential',
  35: 'session_ticket',
  36: 'TLMSP',
  37: 'TLMSP_proxying',
  38: 'TLMSP_delegate',
  39: 'supported_ekt_ciphers',
  41: 'pre_shared_key',
  42: 'early_data',
  43: 'supported_versions',
  44: 'cookie',
  45: 'psk_key_exchange_modes',
  47: 'certificate_authorities',
  48: 'oid_filters',
  49: 'post_handshake_auth',
  50: 'signature_algorithms_cert',
  51: 'key_share',
  52: 'transparency_info',
  53: 'connection_id (deprecated)',
  54: 'connection_id',
  55: 'external_id_hash',
  56: 'external_session_id',
  57: 'quic_transport_parameters',
  58: 'ticket_request',
  59: 'dnssec_chain',
  60: 'sequence_number_encryption_algorithms',
  61: 'rrc',
  62: 'tls_flags',
  // In wide use without a registration.
  13172: 'next_protocol_negotiation',
  17513: 'application_settings',
  17613: 'application_settings',
  30032: 'channel_id',
  64768: 'ech_outer_extensions',
  65037: 'encrypted_client_hello',
  65281: 'renegotiation_info',
  65486: 'encrypted_server_name',
}
