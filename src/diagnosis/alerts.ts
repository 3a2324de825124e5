/** Alerts by number: RFC names, the texts that Go prints for them, and what they mean. */
import type { Alert } from '../contract/handshake.ts'
import type { FamilyMember } from './cause.ts'

/** The code of the family `alert-*` for an alert: its RFC 8446 name with hyphens, `alert-unknown` without one. */
export function alertCode(alert: Pick<Alert, 'code' | 'how'>): FamilyMember {
  const entry = alert.code === null || alert.how === 'inferred' ? undefined : ALERTS[alert.code]
  return entry === undefined ? 'alert-unknown' : `alert-${entry[0].replaceAll('_', '-')}`
}

/** What go prints when the peer sends this alert; undefined when the number is not known. */
export function remoteErrorText(code: number | null): string | undefined {
  if (code === null) return undefined
  return `remote error: tls: ${ALERTS[code]?.[1] ?? `alert(${code})`}`
}

/** The code of the family for the words that go prints for an alert; undefined for words that are none. */
export function alertOfText(words: string): FamilyMember | undefined {
  if (/^alert\(\d{1,3}\)$/.test(words)) return 'alert-unknown'
  const entry = Object.values(ALERTS).find(([, text]) => text === words)
  return entry === undefined ? undefined : `alert-${entry[0].replaceAll('_', '-')}`
}

/** The number behind the words that go prints for an alert; null for words that are none. */
export function alertNumberOfText(words: string): number | null {
  const found = Object.entries(ALERTS).find(([, [, text]]) => text === words)?.[0]
  return found === undefined ? null : Number(found)
}

/** What the sender means by it, one sentence; undefined where nothing is known. */
export function alertMeaning(code: number | null): string | undefined {
  return code === null ? undefined : ALERTS[code]?.[2]
}

/** RFC name, Go's text (crypto/tls alert.go), meaning. */
const ALERTS: Readonly<Record<number, readonly [string, string, string]>> = {
  0: ['close_notify', 'close notify', 'It closes the session in good order.'],
  10: ['unexpected_message', 'unexpected message', 'A message arrived that has no place there.'],
  20: ['bad_record_mac', 'bad record MAC', 'A record could not be decrypted: it was changed on the way, or the keys differ.'],
  21: ['decryption_failed', 'decryption failed', 'A record could not be decrypted.'],
  22: ['record_overflow', 'record overflow', 'A record was longer than TLS allows.'],
  30: ['decompression_failure', 'decompression failure', 'A record could not be decompressed.'],
  40: [
    'handshake_failure',
    'handshake failure',
    'It found nothing acceptable in what was offered: cipher suites, groups, signature algorithms, or a certificate for that name.',
  ],
  42: ['bad_certificate', 'bad certificate', 'A certificate was refused.'],
  43: ['unsupported_certificate', 'unsupported certificate', 'A certificate is of a kind that is not supported.'],
  44: ['certificate_revoked', 'revoked certificate', 'A certificate was revoked.'],
  45: ['certificate_expired', 'expired certificate', 'A certificate has expired.'],
  46: ['certificate_unknown', 'unknown certificate', 'A certificate was refused for another reason.'],
  47: ['illegal_parameter', 'illegal parameter', 'A field of the handshake had a value that is not allowed there.'],
  48: ['unknown_ca', 'unknown certificate authority', 'The authority of a certificate is not known.'],
  49: ['access_denied', 'access denied', 'The certificate is good, but access is not granted.'],
  50: ['decode_error', 'error decoding message', 'A message could not be decoded.'],
  51: ['decrypt_error', 'error decrypting message', 'A signature or Finished value did not hold.'],
  60: ['export_restriction', 'export restriction', 'Export rules of old forbid it.'],
  70: ['protocol_version', 'protocol version not supported', 'None of the offered TLS versions is acceptable.'],
  71: ['insufficient_security', 'insufficient security level', 'It wants stronger cipher suites than were offered.'],
  80: ['internal_error', 'internal error', 'It failed for a reason of its own, often no certificate for that name.'],
  86: ['inappropriate_fallback', 'inappropriate fallback', 'The client tried again with an older version than needed.'],
  90: ['user_canceled', 'user canceled', 'The handshake was cancelled.'],
  100: ['no_renegotiation', 'no renegotiation', 'Renegotiation is not wanted.'],
  109: ['missing_extension', 'missing extension', 'An extension that it needs is missing.'],
  110: ['unsupported_extension', 'unsupported extension', 'An extension came that was not asked for.'],
  111: ['certificate_unobtainable', 'certificate unobtainable', 'A certificate could not be fetched.'],
  112: ['unrecognized_name', 'unrecognized name', 'It does not know the host name that was asked for.'],
  113: ['bad_certificate_status_response', 'bad certificate status response', 'The OCSP answer was not acceptable.'],
  114: ['bad_certificate_hash_value', 'bad certificate hash value', 'A certificate does not fit its hash.'],
  115: ['unknown_psk_identity', 'unknown PSK identity', 'It does not know that pre-shared key.'],
  116: ['certificate_required', 'certificate required', 'It wants a client certificate.'],
  120: ['no_application_protocol', 'no application protocol', 'None of the offered ALPN protocols is acceptable.'],
  121: ['ech_required', 'encrypted client hello required', 'It wants Encrypted Client Hello.'],
}
