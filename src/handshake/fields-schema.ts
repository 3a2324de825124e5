/**
 * What records and messages are made of, in wire order: the one list behind the page's hex view, `show --full` and the names of fields in errors.
 * Data only.
 */

/** Which registry a number is of. */
export type Kind =
  | 'version'
  | 'suite'
  | 'group'
  | 'scheme'
  | 'point'
  | 'mode'
  | 'type'
  | 'certificate'
  | 'compression'
  | 'alert'
  | 'level'
  | 'content'
  | 'message'

/** One element of a message. Prefixes are the octets of a vector's length (RFC 8446 section 3.4). */
export type Part =
  | { readonly is: 'number'; readonly name: string; readonly octets: 1 | 2 | 3 | 4; readonly kind?: Kind }
  | { readonly is: 'octets'; readonly name: string; readonly octets: number; readonly marks?: Marks }
  | { readonly is: 'opaque'; readonly name: string; readonly prefix: 1 | 2 | 3; readonly isText?: true }
  | { readonly is: 'numbers'; readonly name: string; readonly prefix: 1 | 2; readonly octets: 1 | 2; readonly kind?: Kind }
  | { readonly is: 'list'; readonly name: string; readonly prefix: 1 | 2 | 3; readonly parts: readonly Part[] }
  | { readonly is: 'extensions'; readonly by: ExtensionParts }
  | { readonly is: 'rest'; readonly name: string }

/** Octets in hex at the end of a field that say something, and what. */
export type Marks = Readonly<Record<string, string>>

/** The parts of an extension's data, by its type; others are opaque. */
export type ExtensionParts = Readonly<Record<number, readonly Part[]>>

/** The elements of a message's body. @param version of the session: 0x0304 and newer, or older ones */
export function partsOf(type: number, version: number, suiteName: string): readonly Part[] {
  if (version < 0x0304 && type === SERVER_KEY_EXCHANGE) return keyExchange(suiteName, version)
  if (version < 0x0304 && type === CLIENT_KEY_EXCHANGE) return clientKey(suiteName)
  const byVersion = version >= 0x0304 ? TLS13[type] : TLS12[type]
  if (type === CERTIFICATE_REQUEST && version < 0x0303) return [CERTIFICATE_TYPES, AUTHORITIES]
  if (type === CERTIFICATE_VERIFY && version < 0x0303) return [SIGNATURE]
  return byVersion ?? BOTH[type] ?? [{ is: 'rest', name: 'body' }]
}

/** Every list of parts that some message has, for those who need all names. */
export function allParts(): readonly (readonly Part[])[] {
  const exchanges = KEY_EXCHANGE_SUITES.flatMap((suite) =>
    [0x0301, 0x0303].flatMap((version) => [keyExchange(suite, version), clientKey(suite)]),
  )
  const older = [12, 13, 15, 16].map((type) => partsOf(type, 0x0301, ''))
  return [...Object.values(BOTH), ...Object.values(TLS12), ...Object.values(TLS13), ...exchanges, ...older]
}

/** A record's header (RFC 8446 section 5.1). */
export const RECORD_PARTS: readonly Part[] = [
  number('type', 1, 'content'),
  number('legacy_record_version', 2, 'version'),
  number('length', 2),
]

/** An alert (RFC 8446 section 6). */
export const ALERT_PARTS: readonly Part[] = [number('level', 1, 'level'), number('description', 1, 'alert')]

/** A ChangeCipherSpec (RFC 5246 section 7.1). */
export const CHANGE_CIPHER_SPEC_PARTS: readonly Part[] = [number('change_cipher_spec', 1)]

/** A ClientHello in SSL 2.0 framing up to the three vectors whose lengths stand there (RFC 5246 appendix E.2). */
export const SSLV2_HELLO_PARTS: readonly Part[] = [
  ...[number('msg_length', 2), number('msg_type', 1, 'message'), number('version', 2, 'version')],
  ...[number('cipher_spec_length', 2), number('session_id_length', 2), number('challenge_length', 2)],
]

/** Those vectors, in the order of their lengths. */
export const SSLV2_HELLO_VECTORS = ['cipher_specs', 'session_id', 'challenge'] as const

function number(name: string, octets: 1 | 2 | 3 | 4, kind?: Kind): Part {
  return kind === undefined ? { is: 'number', name, octets } : { is: 'number', name, octets, kind }
}

function opaque(name: string, prefix: 1 | 2 | 3): Part {
  return { is: 'opaque', name, prefix }
}

function text(name: string, prefix: 1 | 2): Part {
  return { is: 'opaque', name, prefix, isText: true }
}

function numbers(name: string, prefix: 1 | 2, octets: 1 | 2, kind: Kind): Part {
  return { is: 'numbers', name, prefix, octets, kind }
}

function list(name: string, prefix: 1 | 2 | 3, ...parts: Part[]): Part {
  return { is: 'list', name, prefix, parts }
}

function random(marks: Marks = {}): Part {
  return { is: 'octets', name: 'random', octets: 32, marks }
}

const SERVER_KEY_EXCHANGE = 12
const CERTIFICATE_REQUEST = 13
const CERTIFICATE_VERIFY = 15
const CLIENT_KEY_EXCHANGE = 16
const SIGNATURE = opaque('signature', 2)
const SCHEMES = numbers('supported_signature_algorithms', 2, 2, 'scheme')
const SIGNED = [number('algorithm', 2, 'scheme'), SIGNATURE]
const CERTIFICATE_TYPES = numbers('certificate_types', 1, 1, 'certificate')
const AUTHORITIES = list('certificate_authorities', 2, opaque('distinguished_name', 2))
const STATUS = [number('status_type', 1), opaque('response', 3)]
const SHARE = [number('group', 2, 'group'), opaque('key_exchange', 2)]
/** RFC 8446 section 4.1.3. */
const MARKS: Marks = {
  cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c: 'HelloRetryRequest',
  '444f574e47524401': 'downgrade mark: the server can TLS 1.3, TLS 1.2 was agreed',
  '444f574e47524400': 'downgrade mark: the server can TLS 1.2, an older version was agreed',
}
const VERSION = number('legacy_version', 2, 'version')
const SESSION = opaque('legacy_session_id', 1)
/** ALPS, as ALPN. */
const SETTINGS = [list('supported_protocols', 2, text('protocol_name', 1))]

/** RFC 5246 section 7.4.3 and RFC 8422 section 5.4; of other key exchanges nothing is told. */
function keyExchange(suiteName: string, version: number): readonly Part[] {
  const signed = version >= 0x0303 ? SIGNED : [SIGNATURE]
  if (/^TLS_ECDHE?_(?!PSK)/.test(suiteName))
    return [number('curve_type', 1), number('named_curve', 2, 'group'), opaque('public', 1), ...signed]
  if (/^TLS_DHE?_(?!PSK)/.test(suiteName)) return [opaque('dh_p', 2), opaque('dh_g', 2), opaque('dh_Ys', 2), ...signed]
  return [{ is: 'rest', name: 'params' }]
}

/** RFC 5246 section 7.4.7 and RFC 8422 section 5.7. */
function clientKey(suiteName: string): readonly Part[] {
  if (/^TLS_ECDHE?_(?!PSK)/.test(suiteName)) return [opaque('public', 1)]
  if (/^TLS_DHE?_(?!PSK)/.test(suiteName)) return [opaque('dh_Yc', 2)]
  if (/^TLS_RSA_(?!PSK)/.test(suiteName)) return [opaque('encrypted_pre_master_secret', 2)]
  return [{ is: 'rest', name: 'exchange_keys' }]
}

/** A suite of each kind of key exchange. */
const KEY_EXCHANGE_SUITES = ['TLS_ECDHE_RSA_', 'TLS_DHE_RSA_', 'TLS_RSA_', 'TLS_PSK_']

/** Extensions that look alike wherever they stand. */
const ANYWHERE: ExtensionParts = {
  10: [numbers('named_group_list', 2, 2, 'group')],
  11: [numbers('ec_point_format_list', 1, 1, 'point')],
  13: [SCHEMES],
  16: [list('protocol_name_list', 2, text('protocol_name', 1))],
  18: [list('sct_list', 2, opaque('serialized_sct', 2))],
  21: [{ is: 'rest', name: 'padding' }],
  27: [numbers('algorithms', 1, 2, 'compression')],
  28: [number('record_size_limit', 2)],
  35: [{ is: 'rest', name: 'ticket' }],
  44: [opaque('cookie', 2)],
  47: [AUTHORITIES],
  50: [SCHEMES],
  17513: SETTINGS,
  17613: SETTINGS,
  65281: [opaque('renegotiated_connection', 1)],
}

const OF_CLIENT: ExtensionParts = {
  ...ANYWHERE,
  0: [list('server_name_list', 2, number('name_type', 1), text('host_name', 2))],
  5: [number('status_type', 1), list('responder_id_list', 2, opaque('responder_id', 2)), opaque('request_extensions', 2)],
  41: [list('identities', 2, opaque('identity', 2), number('obfuscated_ticket_age', 4)), list('binders', 2, opaque('binder', 1))],
  43: [numbers('versions', 1, 2, 'version')],
  45: [numbers('ke_modes', 1, 1, 'mode')],
  51: [list('client_shares', 2, ...SHARE)],
  // An inner hello ends behind the type.
  65037: [
    ...[number('type', 1), number('kdf_id', 2), number('aead_id', 2), number('config_id', 1)],
    ...[opaque('enc', 2), opaque('payload', 2)],
  ],
}

/** A HelloRetryRequest's key_share ends behind the group. */
const OF_SERVER: ExtensionParts = {
  ...ANYWHERE,
  41: [number('selected_identity', 2)],
  43: [number('selected_version', 2, 'version')],
  51: SHARE,
  65037: [{ is: 'octets', name: 'confirmation', octets: 8 }],
}

/** In EncryptedExtensions ECH is a list of configurations for the next time. */
const OF_ENCRYPTED: ExtensionParts = { ...OF_SERVER, 65037: [{ is: 'rest', name: 'retry_configs' }] }

const OF_CERTIFICATE: ExtensionParts = { ...ANYWHERE, 5: STATUS }

const BOTH: Readonly<Record<number, readonly Part[]>> = {
  1: [
    ...[VERSION, random(), SESSION],
    numbers('cipher_suites', 2, 2, 'suite'),
    { is: 'numbers', name: 'legacy_compression_methods', prefix: 1, octets: 1 },
    { is: 'extensions', by: OF_CLIENT },
  ],
  2: [
    ...[VERSION, random(MARKS), opaque('legacy_session_id_echo', 1)],
    number('cipher_suite', 2, 'suite'),
    number('legacy_compression_method', 1),
    { is: 'extensions', by: OF_SERVER },
  ],
  0: [],
  5: [],
  8: [{ is: 'extensions', by: OF_ENCRYPTED }],
  14: [],
  15: SIGNED,
  20: [{ is: 'rest', name: 'verify_data' }],
  22: STATUS,
  24: [number('request_update', 1)],
  25: [number('algorithm', 2, 'compression'), number('uncompressed_length', 3), opaque('compressed_certificate_message', 3)],
}

const TLS12: Readonly<Record<number, readonly Part[]>> = {
  4: [number('ticket_lifetime_hint', 4), opaque('ticket', 2)],
  11: [list('certificate_list', 3, opaque('certificate', 3))],
  13: [CERTIFICATE_TYPES, SCHEMES, AUTHORITIES],
}

const TLS13: Readonly<Record<number, readonly Part[]>> = {
  4: [
    ...[number('ticket_lifetime', 4), number('ticket_age_add', 4), opaque('ticket_nonce', 1), opaque('ticket', 2)],
    { is: 'extensions', by: { 42: [number('max_early_data_size', 4)] } },
  ],
  11: [
    opaque('certificate_request_context', 1),
    list('certificate_list', 3, opaque('cert_data', 3), { is: 'extensions', by: OF_CERTIFICATE }),
  ],
  13: [opaque('certificate_request_context', 1), { is: 'extensions', by: ANYWHERE }],
}
