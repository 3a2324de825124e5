import { DerReader, TAG } from './der.ts'

/** One certificate of a bundle, by the octet at which it starts. */
export interface BundledCertificate {
  readonly der: Uint8Array
  readonly offset: number
}

/** The certificates in a SignedData of PKCS #7 or CMS (RFC 5652 section 5.1), as the "p7b" and "p7c" of many authorities; undefined for what is no such thing. */
export function readSignedData(der: Uint8Array): readonly BundledCertificate[] | undefined {
  const content = new DerReader(der).read(TAG.sequence)
  if (content?.objectIdentifier() !== SIGNED_DATA) return undefined
  const signed = content.read(0xa0)?.read(TAG.sequence)
  if (signed?.integer() === undefined || signed.element(TAG.set) === undefined || signed.element(TAG.sequence) === undefined) return []
  const list = signed.read(0xa0)
  const found: BundledCertificate[] = []
  for (let each = list?.any(); list !== undefined && each !== undefined; each = list.any()) {
    if (each.tag === TAG.sequence) found.push({ der: list.raw(each), offset: each.offset })
  }
  return found
}

/** What a DER file is that was taken for a certificate, and what to do; undefined where it may be one. Decided by its first elements alone. */
export function describeOtherFile(der: Uint8Array): string | undefined {
  const top = new DerReader(der).read(TAG.sequence)
  if (top?.peeks(TAG.integer) === true) return describeNumbered(top)
  const first = top?.read(TAG.sequence)
  if (top === undefined || first === undefined) return undefined
  if (first.objectIdentifier() !== undefined) {
    if (top.peeks(TAG.bitString)) return OTHER_FILES.publicKey
    const hasParameters = top.peeks(TAG.octetString)
    return hasParameters ? OTHER_FILES.privateKey : undefined
  }
  const hasVersion = first.integer() !== undefined
  const names = first.read(TAG.sequence)
  const isAlgorithm = names?.peeks(TAG.objectIdentifier) === true
  if (names === undefined || (isAlgorithm && first.element(TAG.sequence) === undefined)) return undefined
  if (isAlgorithm) return first.peeks(TAG.utcTime) || first.peeks(TAG.generalizedTime) ? OTHER_FILES.revocationList : undefined
  return hasVersion && first.read(TAG.sequence)?.peeks(TAG.sequence) === true ? OTHER_FILES.request : undefined
}

/** A version stands first in keys and in PKCS #12 (RFC 5958 section 2, RFC 8017 appendix A.1.2, RFC 5915, RFC 7292 section 4). */
function describeNumbered(top: DerReader): string | undefined {
  if (top.integer() === undefined) return undefined
  if (top.peeks(TAG.integer) || top.peeks(TAG.octetString)) return OTHER_FILES.privateKey
  const oid = top.read(TAG.sequence)?.objectIdentifier()
  if (oid === undefined) return undefined
  return oid.startsWith('1.2.840.113549.1.7.') ? OTHER_FILES.pkcs12 : OTHER_FILES.privateKey
}

const SIGNED_DATA = '1.2.840.113549.1.7.2'

/** What is often given in place of a certificate. */
export const OTHER_FILES = {
  pkcs12: 'this is a PKCS #12 bundle; "openssl pkcs12 -in FILE -nokeys -out chain.pem" takes its certificates out',
  privateKey: 'this is a private key; give the file of its certificate',
  publicKey: 'this is a public key; give the file of its certificate',
  request: 'this is a certificate request; give the certificate that the authority made of it',
  revocationList: 'this is a certificate revocation list; go reads none',
  empty: 'this PKCS #7 bundle holds no certificate',
} as const

/** What a PEM block is that holds no certificate, by the type in its BEGIN line. */
export function describeOtherBlock(type: string): string | undefined {
  if (type.endsWith('PRIVATE KEY')) return OTHER_FILES.privateKey
  if (type.endsWith('PUBLIC KEY')) return OTHER_FILES.publicKey
  if (type.endsWith('CERTIFICATE REQUEST')) return OTHER_FILES.request
  return type === 'X509 CRL' ? OTHER_FILES.revocationList : undefined
}
