import { type Certificate, readCertificate } from './certificate.ts'
import { equalOctets } from './der.ts'
import { goRules } from './rules.ts'
import { readSignedTimestamps, SCT_LIST } from './sct.ts'
import { fingerprint, summarizeNames } from './summary.ts'

/** The authority at which a presented chain ends, sent or not. */
export interface IssuingAuthority {
  /** For people: hostile text. */
  readonly name: string
  /** Its organisations, as it writes them. */
  readonly organizations: readonly string[]
  /** Its name as octets in hex: what a pool is searched by. */
  readonly rawName: string
  /** Subject key id in hex; null where nothing tells it. */
  readonly keyId: string | null
  /** SHA-256 of its certificate, null where it was not sent. */
  readonly sha256: string | null
}

/** What the first certificate of a chain says of whom it is for and where it comes from. */
export interface PresentedLeaf {
  readonly sha256: string
  /** SHA-256 of its SubjectPublicKeyInfo. */
  readonly key: string
  readonly dnsNames: readonly string[]
  readonly organizations: readonly string[]
  /** NaN where it cannot be read. */
  readonly notBeforeMs: number
  /** It carries timestamps of public logs (RFC 6962): a public authority issued it. */
  readonly isLogged: boolean
}

/**
 * Follow a chain from its leaf through what was sent. Signatures are not checked: this says who claims to have issued, not whether that is true.
 * @returns null where there is no certificate to read
 */
export function findIssuingAuthority(presented: readonly Uint8Array[]): IssuingAuthority | null {
  const [leaf, ...others] = presented.slice(0, MOST_CERTIFICATES).map(read)
  if (leaf === undefined || leaf.rawIssuer.length === 0) return null
  let end = leaf
  for (const _ of others) {
    const parent = others.find((one) => one !== end && isParent(one, end))
    if (parent === undefined || isOwnIssuer(end)) break
    end = parent
  }
  return isOwnIssuer(end) ? sentAuthority(end) : namedAuthority(end)
}

/** Whether two chains end at one authority: the same name, and no sign of another key. */
export function isSameAuthority(one: IssuingAuthority, other: IssuingAuthority): boolean {
  if (one.rawName !== other.rawName) return false
  if (one.keyId !== null && other.keyId !== null) return one.keyId === other.keyId
  return one.sha256 === null || other.sha256 === null || one.sha256 === other.sha256
}

/** Read what matters of the first certificate. @returns null for an empty chain */
export function readPresentedLeaf(presented: readonly Uint8Array[]): PresentedLeaf | null {
  const [der] = presented
  if (der === undefined) return null
  const leaf = read(der)
  const timestamps = leaf.extensions.find(({ oid }) => oid === SCT_LIST)
  return {
    sha256: fingerprint(der),
    key: fingerprint(leaf.rawPublicKey),
    dnsNames: summarizeNames(leaf).dnsNames,
    organizations: leaf.subject.organizations,
    notBeforeMs: leaf.notBefore.at.getTime(),
    isLogged: timestamps !== undefined && readSignedTimestamps(timestamps.value).length > 0,
  }
}

/** A longer chain is no chain. */
const MOST_CERTIFICATES = 16

function read(der: Uint8Array): Certificate {
  return readCertificate(der, goRules('1.26'), () => {})
}

function isParent(candidate: Certificate, child: Certificate): boolean {
  const fitsKey = child.authorityKeyId.length === 0 || candidate.subjectKeyId.length === 0
  return equalOctets(candidate.rawSubject, child.rawIssuer) && (fitsKey || equalOctets(candidate.subjectKeyId, child.authorityKeyId))
}

function isOwnIssuer({ rawIssuer, rawSubject }: Certificate): boolean {
  return equalOctets(rawIssuer, rawSubject)
}

function sentAuthority(end: Certificate): IssuingAuthority {
  return {
    name: end.subject.text,
    organizations: end.subject.organizations,
    rawName: hexOf(end.rawSubject),
    keyId: end.subjectKeyId.length === 0 ? null : hexOf(end.subjectKeyId),
    sha256: fingerprint(end.raw),
  }
}

function namedAuthority(end: Certificate): IssuingAuthority {
  return {
    name: end.issuer.text,
    organizations: end.issuer.organizations,
    rawName: hexOf(end.rawIssuer),
    keyId: end.authorityKeyId.length === 0 ? null : hexOf(end.authorityKeyId),
    sha256: null,
  }
}

function hexOf(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('hex')
}
