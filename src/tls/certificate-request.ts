import type { Named } from '../contract/terms.ts'
import { Cursor } from './cursor.ts'
import { type ExtensionParser, parseExtensions } from './extension.ts'
import { readNumbers } from './lists.ts'
import { nameSignatureScheme } from './registry.ts'

/** What a server says of the client certificate that it wants. */
export interface CertificateRequest {
  /** ClientCertificateType numbers; empty in TLS 1.3. */
  readonly certificateTypes: readonly number[]
  readonly signatureAlgorithms: readonly Named[]
  /** DER octets of distinguished names, views into the message. */
  readonly certificateAuthorities: readonly Uint8Array[]
}

/**
 * Parse a CertificateRequest body of TLS 1.2 and older (RFC 5246 section 7.4.4).
 * @param hasSignatureAlgorithms true for TLS 1.2, false for older versions, whose message lacks them
 * @throws TlsDecodeError when a length runs past the end or octets are left over
 */
export function parseCertificateRequest12(body: Uint8Array, hasSignatureAlgorithms: boolean): CertificateRequest {
  const cursor = new Cursor(body)
  const certificateTypes = [...cursor.vector(1, 'certificate_types').rest()]
  const schemes = hasSignatureAlgorithms ? readNumbers(cursor, 2, 'supported_signature_algorithms') : []
  const certificateAuthorities = readAuthorities(cursor)
  cursor.expectEnd('body')
  return { certificateTypes, signatureAlgorithms: schemes.map(nameSignatureScheme), certificateAuthorities }
}

/**
 * Parse a CertificateRequest body of TLS 1.3 (RFC 8446 section 4.3.2).
 * @throws TlsDecodeError when a length runs past the end or octets are left over
 */
export function parseCertificateRequest13(body: Uint8Array): CertificateRequest {
  const cursor = new Cursor(body)
  cursor.vector(1, 'certificate_request_context')
  const { fields } = parseExtensions(cursor, REQUEST_EXTENSIONS)
  cursor.expectEnd('body')
  return { certificateTypes: [], signatureAlgorithms: [], certificateAuthorities: [], ...fields }
}

const REQUEST_EXTENSIONS: Readonly<Record<number, ExtensionParser<CertificateRequest>>> = {
  13: (data) => ({ signatureAlgorithms: readNumbers(data, 2, 'supported_signature_algorithms').map(nameSignatureScheme) }),
  47: (data) => ({ certificateAuthorities: readAuthorities(data) }),
}

function readAuthorities(cursor: Cursor): Uint8Array[] {
  const list = cursor.vector(2, 'certificate_authorities')
  const names: Uint8Array[] = []
  while (!list.isAtEnd) names.push(list.vector(2, 'certificate_authorities.distinguished_name').rest())
  return names
}
