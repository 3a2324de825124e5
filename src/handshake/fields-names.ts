/** Names of registered numbers for `layFields`, from the tables of room tls. */
import {
  nameAlert,
  nameCertificateCompression,
  nameCertificateType,
  nameCipherSuite,
  nameExtension,
  nameGroup,
  nameHandshakeType,
  namePointFormat,
  namePskKeyExchangeMode,
  nameSignatureScheme,
  nameVersion,
} from '../tls/registry.ts'
import type { NameNumber } from './fields.ts'
import type { Kind } from './fields-schema.ts'

/** ContentType (RFC 8446 section 5.1, RFC 6520). */
const CONTENT_TYPES: Readonly<Record<number, string>> = {
  20: 'change_cipher_spec',
  21: 'alert',
  22: 'handshake',
  23: 'application_data',
  24: 'heartbeat',
}

/** The registered name; undefined where there is none. */
export const nameRegistered: NameNumber = (kind, id) => {
  const name = REGISTRIES[kind](id)
  return name === 'unknown' ? undefined : name
}

const REGISTRIES: Readonly<Record<Kind, (id: number) => string>> = {
  version: (id) => nameVersion(id).name,
  suite: (id) => nameCipherSuite(id).name,
  group: (id) => nameGroup(id).name,
  scheme: (id) => nameSignatureScheme(id).name,
  point: (id) => namePointFormat(id).name,
  mode: (id) => namePskKeyExchangeMode(id).name,
  type: (id) => nameExtension(id).name,
  certificate: (id) => nameCertificateType(id).name,
  compression: (id) => nameCertificateCompression(id).name,
  alert: nameAlert,
  level: (id) => (id === 1 ? 'warning' : id === 2 ? 'fatal' : 'unknown'),
  content: (id) => CONTENT_TYPES[id] ?? 'unknown',
  message: nameHandshakeType,
}
