import type { ServerHello } from '../contract/handshake.ts'
import type { Named } from '../contract/terms.ts'
import { Cursor } from './cursor.ts'
import { type ExtensionParser, parseExtensions, readProtocolNames } from './extension.ts'
import { fingerprintJa3s } from './ja3.ts'
import { toHex, toHex16 } from './octets.ts'
import { nameCipherSuite, nameGroup, nameVersion } from './registry.ts'

/**
 * Parse a ServerHello body (RFC 8446 section 4.1.3), without the 4-octet handshake header; a HelloRetryRequest is one with a fixed random.
 * @param body octets after the header; offsets in errors count from its first octet
 * @throws TlsDecodeError with `offset` and `field` when a length runs past the end or octets are left over
 */
export function parseServerHello(body: Uint8Array): ServerHello {
  const cursor = new Cursor(body)
  const version = cursor.u16('legacy_version')
  const random = toHex(cursor.take(32, 'random'))
  const isRetry = random === HELLO_RETRY_REQUEST_RANDOM
  const isEarlyDraft = version >> 8 === 0x7f
  const legacySessionId = isEarlyDraft ? '' : toHex(cursor.vector(1, 'legacy_session_id_echo').rest())
  const cipherSuite = nameCipherSuite(cursor.u16('cipher_suite'))
  const compressionMethod = isEarlyDraft ? 0 : cursor.u8('legacy_compression_method')
  const { extensions, fields } = parseExtensions(cursor, SERVER_EXTENSIONS, isRetry ? 'hello-retry-request' : 'server-hello')
  cursor.expectEnd('body')
  return {
    legacyVersion: toHex16(version),
    cipherSuite,
    helloRetryRequest: isRetry,
    random,
    legacySessionId,
    compressionMethod,
    selectedVersion: fields.selectedVersion ?? nameVersion(version),
    keyShareGroup: fields.keyShareGroup ?? null,
    alpn: fields.alpn ?? null,
    pskSelectedIdentity: fields.pskSelectedIdentity ?? null,
    extensions,
    ...fingerprintJa3s(version, cipherSuite.id, extensions),
  }
}

/** Whether the last 8 octets of the random say that a TLS 1.3 server was brought to an older version (RFC 8446 section 4.1.3). */
export function carriesDowngradeMark(hello: ServerHello): boolean {
  return /444f574e475244(?:00|01)$/.test(hello.random)
}

/** Which version the mark in the random says that the server was brought down to although it speaks a newer one; null where there is none. */
export function readDowngradeMark(hello: Pick<ServerHello, 'random'>): 'TLS 1.2' | 'TLS 1.1 or older' | null {
  const [, octet] = /444f574e475244(00|01)$/.exec(hello.random) ?? []
  if (octet === undefined) return null
  return octet === '01' ? 'TLS 1.2' : 'TLS 1.1 or older'
}

/** The protocols of an EncryptedExtensions body: the chosen ALPN name, null where there is none (RFC 8446 section 4.3.1). */
export function parseEncryptedExtensions(body: Uint8Array): { readonly alpn: string | null } {
  const cursor = new Cursor(body)
  const { fields } = parseExtensions(cursor, { 16: (data) => ({ alpn: readProtocolNames(data)[0] ?? null }) })
  cursor.expectEnd('body')
  return { alpn: fields.alpn ?? null }
}

/** SHA-256 of "HelloRetryRequest". */
const HELLO_RETRY_REQUEST_RANDOM = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c'

interface ExtensionFields {
  readonly selectedVersion: Named
  readonly keyShareGroup: Named
  readonly alpn: string | null
  readonly pskSelectedIdentity: number
}

const SERVER_EXTENSIONS: Readonly<Record<number, ExtensionParser<ExtensionFields>>> = {
  16: (data) => ({ alpn: readProtocolNames(data)[0] ?? null }),
  41: (data) => ({ pskSelectedIdentity: data.u16('selected_identity') }),
  43: (data) => ({ selectedVersion: nameVersion(data.u16('selected_version')) }),
  // The group stands first both in a ServerHello (with a share behind it) and in a HelloRetryRequest (alone).
  51: (data) => ({ keyShareGroup: nameGroup(data.u16('group')) }),
}
