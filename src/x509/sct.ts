import type { SignedTimestamp } from '../contract/handshake.ts'
import { readCertificate } from './certificate.ts'
import { DerReader, TAG } from './der.ts'
import { hex } from './go-text.ts'
import { goRules } from './rules.ts'

/** OID of the extension that carries timestamps (RFC 6962 section 3.3). */
export const SCT_LIST = '1.3.6.1.4.1.11129.2.4.2'

/**
 * Read the timestamps of a certificate.
 * @param value content of the extension: an OCTET STRING with a list of 2-octet lengths
 * @returns those that can be read; a broken tail is left out
 */
export function readSignedTimestamps(value: Uint8Array): readonly SignedTimestamp[] {
  const list = new DerReader(value).content(TAG.octetString)
  return list === undefined ? [] : readTimestampList(list)
}

/** Read a SignedCertificateTimestampList (RFC 6962 section 3.3), as the TLS extension holds it; a broken tail is left out. */
export function readTimestampList(list: Uint8Array): readonly SignedTimestamp[] {
  const view = new DataView(list.buffer, list.byteOffset, list.length)
  const found: SignedTimestamp[] = []
  let position = 2
  while (position + 2 <= list.length) {
    const length = view.getUint16(position)
    const start = position + 2
    // version 1, log id 32, timestamp 8
    if (length < 41 || start + length > list.length) break
    const at = new Date(Number(view.getBigUint64(start + 33)))
    found.push({ logId: hex(list.subarray(start + 1, start + 33)), at: Number.isNaN(at.getTime()) ? '?' : at.toISOString() })
    position = start + length
  }
  return found
}

/** The timestamps in a certificate, whatever else is wrong with it. */
export function findSignedTimestamps(der: Uint8Array): readonly SignedTimestamp[] {
  const extension = readCertificate(der, goRules('1.26'), () => {}).extensions.find(({ oid }) => oid === SCT_LIST)
  return extension === undefined ? [] : readSignedTimestamps(extension.value)
}
