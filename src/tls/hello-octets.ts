/**
 * A ClientHello taken apart into octets and put together again with one thing changed. Nothing is interpreted that is not changed, so all other
 * octets stay as they were; every length is written anew.
 */
import { Cursor } from './cursor.ts'
import { HANDSHAKE_HEADER_BYTES, HANDSHAKE_TYPE } from './handshake-message.ts'
import { CONTENT_TYPE, RECORD_HEADER_BYTES } from './record.ts'

/** A ClientHello in parts (RFC 8446 section 4.1.2); the parts are views into the message that was opened. */
export interface HelloOctets {
  /** legacy_version and random. */
  readonly head: Uint8Array
  readonly legacySessionId: Uint8Array
  readonly cipherSuites: readonly number[]
  readonly compressionMethods: Uint8Array
  /** In wire order; null where the message ends without an extensions block. */
  readonly extensions: readonly HelloExtension[] | null
}

/** One extension, its data not interpreted. */
export interface HelloExtension {
  readonly id: number
  readonly data: Uint8Array
}

/**
 * Take a ClientHello message apart.
 * @param message with its 4-octet handshake header
 * @throws TlsDecodeError when its framing is wrong
 */
export function openHello(message: Uint8Array): HelloOctets {
  const cursor = new Cursor(message)
  cursor.take(1, 'msg_type')
  const body = new Cursor(cursor.take(cursor.u24('length'), 'body'), HANDSHAKE_HEADER_BYTES)
  cursor.expectEnd('message')
  const head = body.take(34, 'random')
  const legacySessionId = body.vector(1, 'legacy_session_id').rest()
  const cipherSuites = listNumbers(body.vector(2, 'cipher_suites'), 'cipher_suites')
  const compressionMethods = body.vector(1, 'legacy_compression_methods').rest()
  if (body.isAtEnd) return { head, legacySessionId, cipherSuites, compressionMethods, extensions: null }
  const block = body.vector(2, 'extensions')
  body.expectEnd('body')
  const extensions: HelloExtension[] = []
  while (!block.isAtEnd)
    extensions.push({ id: block.u16('extensions.extension_type'), data: block.vector(2, 'extensions.extension_data').rest() })
  return { head, legacySessionId, cipherSuites, compressionMethods, extensions }
}

/** Put a ClientHello message together, with its 4-octet header. */
export function closeHello(hello: HelloOctets): Uint8Array {
  const block =
    hello.extensions === null ? [] : [vector(2, ...hello.extensions.map(({ id, data }) => join([number16(id), vector(2, data)])))]
  const body = join([
    hello.head,
    vector(1, hello.legacySessionId),
    vector(2, ...hello.cipherSuites.map(number16)),
    vector(1, hello.compressionMethods),
    ...block,
  ])
  return join([Uint8Array.of(HANDSHAKE_TYPE.clientHello), vector(3, body)])
}

/**
 * Put a message into handshake records.
 * @param version of the record headers; go writes 0x0301
 * @param cuts offsets in the message at which another record begins
 */
export function writeRecords(message: Uint8Array, version: number, cuts: readonly number[] = []): Uint8Array {
  const ends = [...cuts, message.length]
  const parts = ends.map((end, at) => message.subarray(at === 0 ? 0 : ends[at - 1], end))
  const header = join([Uint8Array.of(CONTENT_TYPE.handshake), number16(version)])
  return join(parts.filter((part) => part.length > 0).flatMap((part) => [header, vector(2, part)]))
}

/** Octets of a message on the wire in one record. */
export function wireBytesOf(message: Uint8Array): number {
  return RECORD_HEADER_BYTES + message.length
}

/** Without these groups, and without the key shares of them. */
export function withoutGroups(hello: HelloOctets, isUnwanted: (group: number) => boolean): HelloOctets {
  return mapExtensions(hello, (extension) => {
    if (extension.id === SUPPORTED_GROUPS) {
      const groups = listNumbers(new Cursor(extension.data).vector(2, GROUPS), GROUPS).filter((group) => !isUnwanted(group))
      return { ...extension, data: vector(2, ...groups.map(number16)) }
    }
    if (extension.id !== KEY_SHARE) return extension
    const shares = listShares(extension.data).filter(({ group }) => !isUnwanted(group))
    return { ...extension, data: vector(2, ...shares.map(({ group, key }) => join([number16(group), vector(2, key)]))) }
  })
}

/** The groups of supported_groups, in order; [] where that extension is missing or malformed. */
export function listGroups(hello: HelloOctets): readonly number[] {
  const data = findExtension(hello, SUPPORTED_GROUPS)
  return data === undefined ? [] : listNumbers(new Cursor(data).vector(2, GROUPS), GROUPS)
}

/**
 * Fill up with a padding extension (RFC 7685) to a message of `lengthBytes`, header included. A hello that is longer already stays as it is; one
 * that lacks fewer than the 4 octets of an extension's header becomes up to 3 octets longer than asked for.
 */
export function padTo(hello: HelloOctets, lengthBytes: number): HelloOctets {
  const bare = { ...hello, extensions: (hello.extensions ?? []).filter(({ id }) => id !== PADDING) }
  const missing = lengthBytes - closeHello(bare).length
  if (missing <= 0) return hello
  const padding = { id: PADDING, data: new Uint8Array(Math.max(0, missing - EXTENSION_HEADER_BYTES)) }
  // pre_shared_key is always the last one (RFC 8446 section 4.2.11).
  const at = bare.extensions.at(-1)?.id === PRE_SHARED_KEY ? bare.extensions.length - 1 : bare.extensions.length
  return { ...bare, extensions: bare.extensions.toSpliced(at, 0, padding) }
}

/** With these groups behind its own in supported_groups; key shares as they were. A hello without that extension gets none. */
export function withGroups(hello: HelloOctets, more: readonly number[]): HelloOctets {
  const data = vector(2, ...[...new Set([...listGroups(hello), ...more])].map(number16))
  return mapExtensions(hello, (extension) => (extension.id === SUPPORTED_GROUPS ? { ...extension, data } : extension))
}

/** Offers TLS 1.2 and older only: as a client that knows no newer version (its suites, key shares, hybrid groups and session id go with it). */
export function withoutTls13(hello: HelloOctets, isTls13Group: (group: number) => boolean): HelloOctets {
  const older = withoutGroups(hello, isTls13Group)
  const kept = (older.extensions ?? []).filter(({ id }) => !TLS13_EXTENSIONS.has(id))
  return {
    ...older,
    legacySessionId: new Uint8Array(),
    cipherSuites: hello.cipherSuites.filter((suite) => suite >> 8 !== TLS13_SUITES),
    extensions: hello.extensions === null ? null : kept,
  }
}

/** With another server name, or without one (null). A hello without that extension gets none. */
export function withServerName(hello: HelloOctets, name: string | null): HelloOctets {
  if (name === null) return without(hello, SERVER_NAME)
  const data = vector(2, join([Uint8Array.of(HOST_NAME), vector(2, new TextEncoder().encode(name))]))
  return mapExtensions(hello, (extension) => (extension.id === SERVER_NAME ? { ...extension, data } : extension))
}

/** With another list of protocols, or without the extension ([]). A hello without that extension gets none. */
export function withAlpn(hello: HelloOctets, protocols: readonly string[]): HelloOctets {
  if (protocols.length === 0) return without(hello, ALPN)
  const data = vector(2, ...protocols.map((name) => vector(1, new TextEncoder().encode(name))))
  return mapExtensions(hello, (extension) => (extension.id === ALPN ? { ...extension, data } : extension))
}

/** Whether the hello has this extension. */
export function hasExtension(hello: HelloOctets, id: number): boolean {
  return findExtension(hello, id) !== undefined
}

/** ExtensionType (RFC 8446 section 4.2) of what is edited here. */
export const SERVER_NAME = 0
export const ALPN = 16
export const SUPPORTED_VERSIONS = 43
const SUPPORTED_GROUPS = 10
const PADDING = 21
const PRE_SHARED_KEY = 41
const KEY_SHARE = 51

/** pre_shared_key, early_data, supported_versions, cookie, psk_key_exchange_modes, certificate_authorities, post_handshake_auth, key_share, encrypted_client_hello. */
const TLS13_EXTENSIONS: ReadonlySet<number> = new Set([PRE_SHARED_KEY, 42, SUPPORTED_VERSIONS, 44, 45, 47, 49, KEY_SHARE, 65037])
/** First octet of the suites of RFC 8446, appendix B.4. */
const TLS13_SUITES = 0x13
const HOST_NAME = 0
const GROUPS = 'extensions.supported_groups.named_group_list'
const SHARES = 'extensions.key_share.client_shares'
const EXTENSION_HEADER_BYTES = 4

function without(hello: HelloOctets, unwanted: number): HelloOctets {
  return hello.extensions === null ? hello : { ...hello, extensions: hello.extensions.filter(({ id }) => id !== unwanted) }
}

function mapExtensions(hello: HelloOctets, change: (extension: HelloExtension) => HelloExtension): HelloOctets {
  return hello.extensions === null ? hello : { ...hello, extensions: hello.extensions.map(change) }
}

function findExtension(hello: HelloOctets, wanted: number): Uint8Array | undefined {
  return hello.extensions?.find(({ id }) => id === wanted)?.data
}

function listShares(data: Uint8Array): { readonly group: number; readonly key: Uint8Array }[] {
  const list = new Cursor(data).vector(2, SHARES)
  const shares: { group: number; key: Uint8Array }[] = []
  while (!list.isAtEnd) shares.push({ group: list.u16(`${SHARES}.group`), key: list.vector(2, `${SHARES}.key_exchange`).rest() })
  return shares
}

function listNumbers(list: Cursor, field: string): number[] {
  const numbers: number[] = []
  while (!list.isAtEnd) numbers.push(list.u16(field))
  return numbers
}

function vector(lengthOctets: 1 | 2 | 3, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = join(parts)
  const length = Uint8Array.of(content.length >> 16, content.length >> 8, content.length).subarray(3 - lengthOctets)
  return join([length, content])
}

function number16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value)
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}
