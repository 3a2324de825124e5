import type { CertificateSummary, SignedTimestamp } from '../contract/handshake.ts'
import { type ByGoVersion, parseByGoVersion } from './by-go-version.ts'
import { readCertificate } from './certificate.ts'
import { DerReader } from './der.ts'
import { hex } from './go-text.ts'
import { type GoRules, goRules } from './rules.ts'
import { readSignedTimestamps, SCT_LIST } from './sct.ts'
import { summarizeParsed } from './summary.ts'

/** A place at which Go refuses; octets count from the first of the certificate. */
export interface WrongRange {
  readonly goText: string
  /** In the words of RFC 5280 ("tbsCertificate.serialNumber"). */
  readonly field: string
  readonly offset: number
  /** The first octet after it. */
  readonly end: number
  /** The octets there in hex, at most 16 of them. */
  readonly octets: string
}

/** An extension as it stands in the certificate. */
export interface ExtensionSummary {
  readonly oid: string
  /** As RFC 5280 names it, the OID where it does not. */
  readonly name: string
  readonly critical: boolean
  /** Octet at which the value starts. */
  readonly offset: number
  readonly lengthBytes: number
}

/** All that is shown of one certificate, also of a broken one. */
export interface Inspection extends CertificateSummary {
  /** Go takes it. */
  readonly ok: boolean
  /** What Go says when it parses it, "" when it takes it. */
  readonly goText: string
  /** 1 to 3 */
  readonly version: number
  readonly lengthBytes: number
  /** All places at which Go would refuse; it says only the first. */
  readonly wrong: readonly WrongRange[]
  readonly extensions: readonly ExtensionSummary[]
  readonly signedTimestamps: readonly SignedTimestamp[]
  /** The server must staple an OCSP response (RFC 7633); go does not ask. */
  readonly mustStaple: boolean
  readonly byGoVersion: ByGoVersion
}

/**
 * Read a certificate field by field, whatever is wrong with it. Never throws.
 * @param der one certificate; the values in the result are its own words: hostile text
 */
export function inspectCertificate(der: Uint8Array, rules: GoRules = goRules('1.26'), godebug = ''): Inspection {
  const wrong: WrongRange[] = []
  const certificate = readCertificate(der, rules, (goText, offset, field) => void wrong.push(findRange(der, goText, offset, field)))
  const timestamps = certificate.extensions.find(({ oid }) => oid === SCT_LIST)
  // Go stops at the first place at which it refuses.
  const goText = wrong[0]?.goText ?? ''
  return {
    ...summarizeParsed(der, certificate, goText === ''),
    ok: goText === '',
    goText,
    version: certificate.version,
    lengthBytes: der.length,
    wrong,
    extensions: certificate.extensions.map(({ oid, isCritical, value, offset }) => ({
      oid,
      name: EXTENSION_NAMES[oid] ?? oid,
      critical: isCritical,
      offset,
      lengthBytes: value.length,
    })),
    signedTimestamps: timestamps === undefined ? [] : readSignedTimestamps(timestamps.value),
    mustStaple: certificate.extensions.some(({ oid, value }) => oid === TLS_FEATURE && hex(value).includes('020105')),
    byGoVersion: parseByGoVersion(der, rules, godebug),
  }
}

const MOST_OCTETS = 16

/** The element that stands at the offset, or all that follows where none can be read or nothing should stand there. */
function findRange(der: Uint8Array, goText: string, offset: number, field: string): WrongRange {
  const element = goText === 'x509: trailing data' ? undefined : new DerReader(der, offset).any()
  const end = Math.max(element?.end ?? der.length, Math.min(offset, der.length))
  return { goText, field, offset, end, octets: hex(der.subarray(offset, Math.min(end, offset + MOST_OCTETS))) }
}

const TLS_FEATURE = '1.3.6.1.5.5.7.1.24'

/** RFC 5280 section 4.2, RFC 6962, RFC 7633. */
const EXTENSION_NAMES: Readonly<Record<string, string>> = {
  '2.5.29.9': 'subjectDirectoryAttributes',
  '2.5.29.14': 'subjectKeyIdentifier',
  '2.5.29.15': 'keyUsage',
  '2.5.29.16': 'privateKeyUsagePeriod',
  '2.5.29.17': 'subjectAltName',
  '2.5.29.18': 'issuerAltName',
  '2.5.29.19': 'basicConstraints',
  '2.5.29.30': 'nameConstraints',
  '2.5.29.31': 'cRLDistributionPoints',
  '2.5.29.32': 'certificatePolicies',
  '2.5.29.33': 'policyMappings',
  '2.5.29.35': 'authorityKeyIdentifier',
  '2.5.29.36': 'policyConstraints',
  '2.5.29.37': 'extKeyUsage',
  '2.5.29.46': 'freshestCRL',
  '2.5.29.54': 'inhibitAnyPolicy',
  '1.3.6.1.5.5.7.1.1': 'authorityInfoAccess',
  '1.3.6.1.5.5.7.1.11': 'subjectInfoAccess',
  [TLS_FEATURE]: 'tlsFeature',
  [SCT_LIST]: 'signedCertificateTimestampList',
  '1.3.6.1.4.1.11129.2.4.3': 'precertificatePoison',
}
