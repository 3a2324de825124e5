import { DerReader, TAG } from './der.ts'

/** Subject and issuer of a certificate, octet by octet with their headers: chains are linked by these, not by text. */
export interface RawNames {
  readonly subject: Uint8Array
  readonly issuer: Uint8Array
}

/** Find the names of a certificate without parsing the rest (about a microsecond). @returns null where there is no certificate to read */
export function readNames(der: Uint8Array): RawNames | null {
  const tbs = new DerReader(der).read(TAG.sequence)?.read(TAG.sequence)
  if (tbs === undefined) return null
  if (tbs.peeks(0xa0)) tbs.any()
  if (tbs.any() === undefined || tbs.any() === undefined) return null
  const issuer = tbs.element(TAG.sequence)
  if (issuer === undefined || tbs.any() === undefined) return null
  const subject = tbs.element(TAG.sequence)
  return subject === undefined ? null : { subject: tbs.raw(subject), issuer: tbs.raw(issuer) }
}
