import type { ClientHello } from '../contract/handshake.ts'
import { Cursor } from './cursor.ts'
import { type ExtensionParser, parseExtensions, readProtocolNames } from './extension.ts'
import { HANDSHAKE_HEADER_BYTES } from './handshake-message.ts'
import { fingerprintJa3 } from './ja3.ts'
import { fingerprintJa4 } from './ja4.ts'
import { readNumbers } from './lists.ts'
import { recognizeClient } from './looks-like.ts'
import { toHex, toHex16, toLatin1 } from './octets.ts'
import { RECORD_HEADER_BYTES } from './record.ts'
import { nameCipherSuite, nameGroup, namePointFormat, namePskKeyExchangeMode, nameSignatureScheme, nameVersion } from './registry.ts'

/** A ClientHello without what is computed from it. */
export type ClientHelloFields = Omit<ClientHello, 'ja3' | 'ja3Hash' | 'ja4' | 'ja4r' | 'looksLike'>

/**
 * Parse a ClientHello body (RFC 8446 section 4.1.2), without the 4-octet handshake header.
 * @param body octets after the header; offsets in errors count from its first octet
 * @param recordCount records over which the message was spread; `wireBytes` adds their headers
 * @returns the message with its fingerprints; unknown extensions keep their raw octets, malformed ones say so
 * @throws TlsDecodeError with `offset` and `field` when a length runs past the end or octets are left over
 */
export function parseClientHello(body: Uint8Array, recordCount = 1): ClientHello {
  const fields = parseFields(body, recordCount)
  return { ...fields, ...fingerprintJa3(fields), ...fingerprintJa4(fields), looksLike: recognizeClient(fields) }
}

function parseFields(body: Uint8Array, recordCount: number): ClientHelloFields {
  const cursor = new Cursor(body)
  const legacyVersion = toHex16(cursor.u16('legacy_version'))
  const random = toHex(cursor.take(32, 'random'))
  const legacySessionId = toHex(cursor.vector(1, 'legacy_session_id').rest())
  const cipherSuites = readNumbers(cursor, 2, 'cipher_suites').map(nameCipherSuite)
  const compressionMethods = [...cursor.vector(1, 'legacy_compression_methods').rest()]
  const { extensions, fields } = parseExtensions(cursor, CLIENT_EXTENSIONS, 'client-hello')
  cursor.expectEnd('body')
  const lengthBytes = HANDSHAKE_HEADER_BYTES + body.length
  return {
    legacyVersion,
    random,
    legacySessionId,
    cipherSuites,
    compressionMethods,
    ...NO_EXTENSIONS,
    ...fields,
    extensions,
    lengthBytes,
    wireBytes: lengthBytes + RECORD_HEADER_BYTES * recordCount,
    recordCount,
  }
}

type ExtensionFields = Pick<
  ClientHello,
  | 'serverName'
  | 'alpn'
  | 'supportedVersions'
  | 'supportedGroups'
  | 'keyShares'
  | 'signatureAlgorithms'
  | 'pskKeyExchangeModes'
  | 'pskIdentities'
  | 'ecPointFormats'
>

const NO_EXTENSIONS: ExtensionFields = {
  serverName: null,
  alpn: [],
  supportedVersions: [],
  supportedGroups: [],
  keyShares: [],
  signatureAlgorithms: [],
  pskKeyExchangeModes: [],
  pskIdentities: 0,
  ecPointFormats: [],
}

const CLIENT_EXTENSIONS: Readonly<Record<number, ExtensionParser<ExtensionFields>>> = {
  0: (data) => ({ serverName: readServerName(data) }),
  10: (data) => ({ supportedGroups: readNumbers(data, 2, 'named_group_list').map(nameGroup) }),
  11: (data) => ({ ecPointFormats: [...data.vector(1, 'ec_point_format_list').rest()].map(namePointFormat) }),
  13: (data) => ({ signatureAlgorithms: readNumbers(data, 2, 'supported_signature_algorithms').map(nameSignatureScheme) }),
  16: (data) => ({ alpn: readProtocolNames(data) }),
  41: (data) => ({ pskIdentities: countIdentities(data) }),
  43: (data) => ({ supportedVersions: readNumbers(data, 1, 'versions').map(nameVersion) }),
  45: (data) => ({ pskKeyExchangeModes: [...data.vector(1, 'ke_modes').rest()].map(namePskKeyExchangeMode) }),
  51: (data) => ({ keyShares: readKeyShares(data) }),
}

/** RFC 6066 section 3: the first name of type host_name. */
function readServerName(data: Cursor): string | null {
  const list = data.vector(2, 'server_name_list')
  while (!list.isAtEnd) {
    const nameType = list.u8('server_name_list.name_type')
    const name = list.vector(2, 'server_name_list.host_name').rest()
    if (nameType === 0) return toLatin1(name)
  }
  return null
}

function readKeyShares(data: Cursor): ClientHello['keyShares'] {
  const list = data.vector(2, 'client_shares')
  const shares: ClientHello['keyShares'][number][] = []
  while (!list.isAtEnd) {
    const group = nameGroup(list.u16('client_shares.group'))
    shares.push({ group, lengthBytes: list.vector(2, 'client_shares.key_exchange').remaining })
  }
  return shares
}

function countIdentities(data: Cursor): number {
  const list = data.vector(2, 'identities')
  let count = 0
  for (; !list.isAtEnd; count += 1) {
    list.vector(2, 'identities.identity')
    list.u32('identities.obfuscated_ticket_age')
  }
  return count
}
