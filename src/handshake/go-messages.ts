/** How Go reads a server's first messages (crypto/tls, handshake_messages.go): stricter here and laxer there than RFC 8446 and than our own reader. */
import { Cursor } from '../tls/cursor.ts'
import { TlsDecodeError } from '../tls/decode-error.ts'
import { toHex } from '../tls/octets.ts'
import { nameExtension } from '../tls/registry.ts'

/** What Go keeps of a ServerHello or HelloRetryRequest. */
export interface GoServerHello {
  readonly legacyVersion: number
  /** hex */
  readonly random: string
  /** hex */
  readonly sessionId: string
  readonly cipherSuite: number
  readonly compressionMethod: number
  /** 0 where there is no supported_versions. */
  readonly supportedVersion: number
  /** A key_share of two octets, as a HelloRetryRequest has it; 0 = none. */
  readonly selectedGroup: number
  /** A key_share with a share behind the group; 0 = none. */
  readonly shareGroup: number
  readonly share: Uint8Array
  readonly hasCookie: boolean
  readonly alpn: string | null
  readonly pskIdentity: number | null
  readonly pointFormats: readonly number[]
  /** Octets of renegotiation_info's verify data; null = no such extension. */
  readonly renegotiationBytes: number | null
  readonly hasStaple: boolean
  readonly hasTicket: boolean
  readonly hasEch: boolean
  /** The first extension that a TLS 1.3 ServerHello may not have and Go looks for, as IANA names it. */
  readonly forbiddenIn13: string | null
}

/** What Go keeps of EncryptedExtensions. */
export interface GoEncryptedExtensions {
  readonly alpn: string | null
  readonly hasEarlyData: boolean
  readonly hasQuicParameters: boolean
}

/** A message that Go cannot read. */
export interface Unreadable {
  /** The field, as RFC 8446 names it. */
  readonly field: string
  readonly why: string
}

/**
 * Read a ServerHello as the go of one minor version does (23 for 1.23).
 * @param body without the 4-octet header
 */
export function readGoServerHello(body: Uint8Array, minor: number): GoServerHello | Unreadable {
  return attempt(() => {
    const cursor = new Cursor(body)
    const head = {
      legacyVersion: cursor.u16('legacy_version'),
      random: toHex(cursor.take(32, 'random')),
      sessionId: toHex(cursor.vector(1, 'legacy_session_id_echo').rest()),
      cipherSuite: cursor.u16('cipher_suite'),
      compressionMethod: cursor.u8('legacy_compression_method'),
    }
    const hello = { ...NO_EXTENSIONS, ...head }
    if (!cursor.isAtEnd) readBlock(cursor, (id, data) => HELLO_READERS[id]?.(hello, data, minor) ?? false, true)
    return hello
  })
}

/** Read EncryptedExtensions as Go does; before 1.25 it takes an extension that stands there twice. */
export function readGoEncryptedExtensions(body: Uint8Array, minor: number): GoEncryptedExtensions | Unreadable {
  return attempt(() => {
    const found = { alpn: null as string | null, hasEarlyData: false, hasQuicParameters: false }
    const read = (id: number, data: Cursor) => {
      if (id === ALPN) found.alpn = readProtocol(data)
      else if (id === EARLY_DATA) found.hasEarlyData = true
      else if (id === QUIC_TRANSPORT_PARAMETERS) {
        found.hasQuicParameters = true
        data.rest()
      } else return id === SERVER_NAME && minor >= 25
      return true
    }
    readBlock(new Cursor(body), read, minor >= 25)
    return found
  })
}

/** Tells a message from what could not be read. */
export function isUnreadable(read: object): read is Unreadable {
  return 'why' in read
}

type Draft = { -readonly [Field in keyof GoServerHello]: GoServerHello[Field] }

/** Fills the draft from one extension's data; false where Go leaves the data unread. */
type ExtensionReader = (hello: Draft, data: Cursor, minor: number) => boolean

function attempt<Message extends object>(read: () => Message): Message | Unreadable {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof TlsDecodeError)) throw error
    return { field: error.field, why: error.message }
  }
}

/** Go wants a block that ends with the message; whoever reads an extension must read all of it. */
function readBlock(cursor: Cursor, read: (id: number, data: Cursor) => boolean, refusesTwice: boolean): void {
  const block = cursor.vector(2, 'extensions')
  if (!cursor.isAtEnd) throw new TlsDecodeError(cursor.offset, 'extensions', `${cursor.remaining} octets stand behind them`)
  const seen = new Set<number>()
  while (!block.isAtEnd) {
    const id = block.u16('extensions.extension_type')
    const data = block.vector(2, 'extensions.extension_data')
    const path = `extensions.${nameExtension(id).name}`
    if (refusesTwice && seen.has(id)) throw new TlsDecodeError(block.offset, path, 'it stands there twice')
    seen.add(id)
    if (readBelow(path, () => read(id, data)) && !data.isAtEnd)
      throw new TlsDecodeError(data.offset, path, `${data.remaining} octets too many`)
  }
}

/** What goes wrong inside is named with its path. */
function readBelow<Value>(path: string, read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    throw error instanceof TlsDecodeError ? error.below(path) : error
  }
}

function readProtocol(data: Cursor): string {
  const list = data.vector(2, 'protocol_name_list')
  const name = Buffer.from(list.vector(1, 'protocol_name_list.protocol_name').rest()).toString('latin1')
  if (name === '') throw new TlsDecodeError(list.offset, 'protocol_name_list.protocol_name', 'it is empty')
  if (!list.isAtEnd) throw new TlsDecodeError(list.offset, 'protocol_name_list', 'it names more than one protocol')
  return name
}

function readTimestamps(data: Cursor): void {
  const list = data.vector(2, 'sct_list')
  do {
    if (list.vector(2, 'sct_list.serialized_sct').isAtEnd) throw new TlsDecodeError(list.offset, 'sct_list.serialized_sct', 'one is empty')
  } while (!list.isAtEnd)
}

function refuseIn13(hello: Draft, id: number): void {
  hello.forbiddenIn13 ??= nameExtension(id).name
}

function filled(content: Uint8Array, data: Cursor, field: string): Uint8Array {
  if (content.length === 0) throw new TlsDecodeError(data.offset, field, 'it is empty')
  return content
}

const SERVER_NAME = 0
const ALPN = 16
const EARLY_DATA = 42
const QUIC_TRANSPORT_PARAMETERS = 57

const HELLO_READERS: Readonly<Record<number, ExtensionReader>> = {
  [SERVER_NAME]: (_hello, _data, minor) => minor >= 23,
  5: (hello) => {
    hello.hasStaple = true
    refuseIn13(hello, 5)
    return true
  },
  11: (hello, data) => {
    hello.pointFormats = [...filled(data.vector(1, 'ec_point_format_list').rest(), data, 'ec_point_format_list')]
    return true
  },
  [ALPN]: (hello, data) => {
    hello.alpn = readProtocol(data)
    refuseIn13(hello, ALPN)
    return true
  },
  18: (hello, data) => {
    readTimestamps(data)
    refuseIn13(hello, 18)
    return true
  },
  23: (hello) => {
    refuseIn13(hello, 23)
    return true
  },
  35: (hello) => {
    hello.hasTicket = true
    refuseIn13(hello, 35)
    return true
  },
  41: (hello, data) => {
    hello.pskIdentity = data.u16('selected_identity')
    return true
  },
  43: (hello, data) => {
    hello.supportedVersion = data.u16('selected_version')
    return true
  },
  44: (hello, data) => {
    filled(data.vector(2, 'cookie').rest(), data, 'cookie')
    hello.hasCookie = true
    return true
  },
  51: (hello, data) => {
    if (data.remaining === 2) hello.selectedGroup = data.u16('group')
    else {
      hello.shareGroup = data.u16('group')
      hello.share = data.vector(2, 'key_exchange').rest()
    }
    return true
  },
  65037: (hello, data, minor) => {
    if (minor < 23) return false
    hello.hasEch = true
    data.rest()
    return true
  },
  65281: (hello, data) => {
    hello.renegotiationBytes = data.vector(1, 'renegotiated_connection').remaining
    refuseIn13(hello, 65281)
    return true
  },
}

const NO_EXTENSIONS = {
  supportedVersion: 0,
  selectedGroup: 0,
  shareGroup: 0,
  share: new Uint8Array(0),
  hasCookie: false,
  alpn: null,
  pskIdentity: null,
  pointFormats: [],
  renegotiationBytes: null,
  hasStaple: false,
  hasTicket: false,
  hasEch: false,
  forbiddenIn13: null,
} satisfies Omit<GoServerHello, 'legacyVersion' | 'random' | 'sessionId' | 'cipherSuite' | 'compressionMethod'>
