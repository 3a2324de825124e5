/** ContentType (RFC 8446 section 5.1, and heartbeat of RFC 6520). */
export const CONTENT_TYPE = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23, heartbeat: 24 } as const

/** Octets of a record's header. */
export const RECORD_HEADER_BYTES = 5

/** The longest fragment that any version allows: 2^14 + 2048 (RFC 5246 section 6.2.3; TLS 1.3 allows 2^14 + 256). */
export const MAX_FRAGMENT_BYTES = 16384 + 2048

/** The same for TLS 1.3 (RFC 8446 section 5.2). */
export const MAX_FRAGMENT_13_BYTES = 16384 + 256

/** One record (TLSPlaintext or TLSCiphertext); `fragment` is a view into the octets that were given. */
export interface TlsRecord {
  readonly contentType: number
  readonly version: number
  readonly fragment: Uint8Array
}

export type RecordReading =
  | { readonly status: 'record'; readonly record: TlsRecord }
  /** More octets are needed; those that are there may still be a record. */
  | { readonly status: 'incomplete' }
  /** These octets cannot begin a record. */
  | { readonly status: 'not-a-record'; readonly why: string }
  /** A header that announces more than TLS allows. */
  | { readonly status: 'too-long'; readonly why: string }

/**
 * Read the record that begins at octet 0 (RFC 8446 section 5.1).
 * @param maxFragmentBytes what TLS allows; less once TLS 1.3 is agreed ({@link MAX_FRAGMENT_13_BYTES})
 * @returns exactly one of: a whole record, "incomplete", "not a record", "too long"; it never throws and never allocates
 */
export function readRecord(octets: Uint8Array, maxFragmentBytes = MAX_FRAGMENT_BYTES): RecordReading {
  const why = objectToHeader(octets)
  if (why !== null) return { status: 'not-a-record', why }
  const [contentType, major, minor, high, low] = octets
  if (contentType === undefined || major === undefined || minor === undefined || high === undefined || low === undefined) {
    return { status: 'incomplete' }
  }
  const length = high * 256 + low
  if (length > maxFragmentBytes) {
    return { status: 'too-long', why: `record of ${length} octets, TLS allows ${maxFragmentBytes}` }
  }
  if (octets.length < RECORD_HEADER_BYTES + length) return { status: 'incomplete' }
  const fragment = octets.subarray(RECORD_HEADER_BYTES, RECORD_HEADER_BYTES + length)
  return { status: 'record', record: { contentType, version: major * 256 + minor, fragment } }
}

/** Why octets cannot begin a record, judged by however many of the first two are there; null when they may. */
function objectToHeader(octets: Uint8Array): string | null {
  const [contentType, major] = octets
  if (contentType === undefined) return null
  if (contentType < CONTENT_TYPE.changeCipherSpec || contentType > CONTENT_TYPE.heartbeat) return `content type ${contentType} is not TLS`
  if (major === undefined) return null
  if (major !== 3) return `major version ${major} is not TLS`
  return null
}
