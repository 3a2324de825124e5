import { createHash } from 'node:crypto'
import type { CertificateSummary } from '../contract/handshake.ts'
import { type Certificate, readCertificate } from './certificate.ts'
import { hex, showGoString } from './go-text.ts'
import { formatIpAddress, formatIpNetwork } from './ip-address.ts'
import type { NameConstraints, Subtrees } from './name-constraints.ts'
import { describePublicKey } from './public-key.ts'
import { type GoRules, goRules } from './rules.ts'
import type { ValidityTime } from './time.ts'
import { nameExtKeyUsage, nameKeyUsages } from './usage.ts'

/**
 * The fields of a certificate for people and JSON. Never throws: what Go refuses to parse is still read field by field, with `parsed` false.
 * The values are the certificate's own: hostile text, to be escaped wherever it is printed.
 * @param rules whose opinion `parsed` is; the newest `go` by default
 */
export function summarizeCertificate(der: Uint8Array, rules: GoRules = goRules('1.26')): CertificateSummary {
  let isParsed = true
  const certificate = readCertificate(der, rules, () => {
    isParsed = false
  })
  return summarizeParsed(der, certificate, isParsed)
}

/** The same of a certificate that was read before. @param isParsed whether Go takes it */
export function summarizeParsed(der: Uint8Array, certificate: Certificate, isParsed: boolean): CertificateSummary {
  return {
    sha256: fingerprint(der),
    der: Buffer.from(der.buffer, der.byteOffset, der.length).toString('base64'),
    parsed: isParsed,
    subject: certificate.subject.text,
    issuer: certificate.issuer.text,
    serialNumber: certificate.serialNumber.toString(16),
    notBefore: formatTime(certificate.notBefore),
    notAfter: formatTime(certificate.notAfter),
    ...summarizeNames(certificate),
    publicKey: describePublicKey(certificate.publicKey, certificate.publicKeyOid),
    signatureAlgorithm: certificate.signatureAlgorithm.name === '0' ? certificate.signatureOid : certificate.signatureAlgorithm.name,
    isCa: certificate.hasBasicConstraints && certificate.isCa,
    keyUsage: nameKeyUsages(certificate.keyUsage),
    extKeyUsage: certificate.extKeyUsages.map(nameExtKeyUsage),
    nameConstraints: describeNameConstraints(certificate.nameConstraints),
    subjectKeyId: hexOrNull(certificate.subjectKeyId),
    authorityKeyId: hexOrNull(certificate.authorityKeyId),
    aia: { caIssuers: certificate.caIssuers, ocsp: certificate.ocspServers },
  }
}

/** SHA-256 in lower-case hex. */
export function fingerprint(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex')
}

/** All names that Go prints, DNS names and addresses apart. */
export function summarizeNames(certificate: Certificate): { readonly dnsNames: string[]; readonly ipAddresses: string[] } {
  const dnsNames: string[] = []
  const ipAddresses: string[] = []
  for (const name of certificate.subjectAltNames) {
    if (name.kind === 'dns') dnsNames.push(name.text)
    if (name.kind === 'ip') ipAddresses.push(formatIpAddress(name.octets))
  }
  return { dnsNames, ipAddresses }
}

/** ISO 8601; null where there is no such time. */
export function formatTime(time: ValidityTime): string | null {
  return Number.isFinite(time.at.getTime()) ? time.at.toISOString() : null
}

function hexOrNull(octets: Uint8Array): string | null {
  return octets.length === 0 ? null : hex(octets)
}

/** Permitted and excluded subtrees in words; null without the extension. */
export function describeNameConstraints(constraints: NameConstraints | null): string | null {
  if (constraints === null) return null
  const permitted = describeSubtrees('permitted', constraints.permitted)
  const excluded = describeSubtrees('excluded', constraints.excluded)
  const others = constraints.hasOtherKinds ? ['other kinds of names'] : []
  return [...permitted, ...excluded, ...others].join('; ')
}

function describeSubtrees(side: string, trees: Subtrees): readonly string[] {
  const parts = [
    ...trees.dns.map((name) => `DNS:${name}`),
    ...trees.ips.map((network) => `IP:${formatIpNetwork(network)}`),
    ...trees.emails.map((name) => `email:${name}`),
    ...trees.uris.map((name) => `URI:${name}`),
  ]
  return parts.length === 0 ? [] : [`${side} ${parts.map(showGoString).join(', ')}`]
}
