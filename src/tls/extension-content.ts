import type { ExtensionValue } from '../contract/handshake.ts'
import type { Cursor } from './cursor.ts'
import { TlsDecodeError } from './decode-error.ts'
import { readNames, readNumbers } from './lists.ts'
import { toHex, toHex16 } from './octets.ts'
import { nameCertificateCompression, nameSignatureScheme } from './registry.ts'

/** What an extension says, by field name. */
export type ExtensionContent = Readonly<Record<string, ExtensionValue>>

/** Reads one extension's data to their end. */
export type ContentReader = (data: Cursor) => ExtensionContent

/** The message that an extension stands in: some have another form in each. */
export type ExtensionPlace = 'client-hello' | 'server-hello' | 'hello-retry-request' | 'certificate' | 'new-session-ticket'

/**
 * What the data of an extension say that no field of its message stands for; undefined where nothing is known of this type in this place.
 * @throws TlsDecodeError when the data are too short, too long or break a rule of their RFC
 */
export function readExtensionContent(id: number, place: ExtensionPlace, data: Cursor): ExtensionContent | undefined {
  const read = READERS[place][id]
  if (read === undefined) return undefined
  const content = read(data)
  data.expectEnd('')
  return content
}

/** Presence is all that it says. */
const readNothing: ContentReader = () => ({})

/** RFC 6066 section 8. */
function readStatusRequest(data: Cursor): ExtensionContent {
  const statusType = data.u8('status_type')
  if (statusType !== OCSP) return { statusType, requestBytes: data.rest().length }
  const ids = data.vector(2, 'responder_id_list')
  let responderIds = 0
  for (; !ids.isAtEnd; responderIds += 1) ids.vector(2, 'responder_id_list.responder_id')
  return { statusType, responderIds, requestExtensionsBytes: data.vector(2, 'request_extensions').remaining }
}

/** RFC 6066 section 8 in the entry of a TLS 1.3 Certificate (RFC 8446 section 4.4.2.1). */
function readStaple(data: Cursor): ExtensionContent {
  return { statusType: data.u8('status_type'), responseBytes: data.vector(3, 'response').remaining }
}

/** RFC 6962 section 3.3. */
function readTimestamps(data: Cursor): ExtensionContent {
  const list = data.vector(2, 'sct_list')
  let timestamps = 0
  for (; !list.isAtEnd; timestamps += 1) list.vector(2, 'sct_list.serialized_sct')
  return { timestamps }
}

/** RFC 7685: octets of zero. */
function readPadding(data: Cursor): ExtensionContent {
  const { offset } = data
  const octets = data.rest()
  const odd = octets.findIndex((octet) => octet !== 0)
  if (odd >= 0) throw new TlsDecodeError(offset + odd, 'padding', 'is not zero')
  return { paddingBytes: octets.length }
}

/** RFC 8879 section 3. */
function readCompressions(data: Cursor): ExtensionContent {
  return { algorithms: readNumbers(data, 1, 'algorithms').map(nameCertificateCompression) }
}

/** RFC 8449 section 4. */
function readSizeLimit(data: Cursor): ExtensionContent {
  const { offset } = data
  const limitBytes = data.u16('record_size_limit')
  if (limitBytes < 64) throw new TlsDecodeError(offset, 'record_size_limit', `is ${limitBytes}, must be 64 at least`)
  return { limitBytes }
}

/** RFC 8446 section 4.2.2. */
function readCookie(data: Cursor): ExtensionContent {
  return { cookieBytes: data.vector(2, 'cookie').remaining }
}

/** RFC 5746 section 3.2: empty in a first handshake. */
function readRenegotiation(data: Cursor): ExtensionContent {
  return { renegotiatedConnectionBytes: data.vector(1, 'renegotiated_connection').remaining }
}

function readSchemes(data: Cursor): ExtensionContent {
  return { signatureAlgorithms: readNumbers(data, 2, 'supported_signature_algorithms').map(nameSignatureScheme) }
}

/** RFC 9849 section 5; an outer hello and a GREASE one look alike, by design. */
function readEncryptedHello(data: Cursor): ExtensionContent {
  if (data.u8('type') === ECH_INNER) return { kind: 'inner' }
  return {
    kind: 'outer or GREASE',
    kdf: toHex16(data.u16('kdf_id')),
    aead: toHex16(data.u16('aead_id')),
    configId: data.u8('config_id'),
    encapsulatedKeyBytes: data.vector(2, 'enc').remaining,
    payloadBytes: data.vector(2, 'payload').remaining,
  }
}

function readConfirmation(data: Cursor): ExtensionContent {
  return { confirmation: toHex(data.take(8, 'confirmation')) }
}

/** Protocols whose settings come early (ALPS), as in ALPN. */
function readSettings(data: Cursor): ExtensionContent {
  return { protocols: readNames(data, 'supported_protocols') }
}

const OCSP = 1
const ECH_INNER = 1

const CLIENT_HELLO: Readonly<Record<number, ContentReader>> = {
  5: readStatusRequest,
  18: readNothing,
  21: readPadding,
  22: readNothing,
  23: readNothing,
  27: readCompressions,
  28: readSizeLimit,
  35: (data) => ({ ticketBytes: data.rest().length }),
  42: readNothing,
  44: readCookie,
  49: readNothing,
  50: readSchemes,
  17513: readSettings,
  17613: readSettings,
  65037: readEncryptedHello,
  65281: readRenegotiation,
}

const READERS: Readonly<Record<ExtensionPlace, Readonly<Record<number, ContentReader>>>> = {
  'client-hello': CLIENT_HELLO,
  'server-hello': {
    5: readNothing,
    18: readTimestamps,
    22: readNothing,
    23: readNothing,
    28: readSizeLimit,
    35: readNothing,
    42: readNothing,
    65281: readRenegotiation,
  },
  'hello-retry-request': { 44: readCookie, 65037: readConfirmation },
  certificate: { 5: readStaple, 18: readTimestamps },
  'new-session-ticket': { 42: (data) => ({ maxEarlyDataBytes: data.u32('max_early_data_size') }) },
}
