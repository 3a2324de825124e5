/** The certificate chain as a tree, leaf first. */
import type { CertificateSummary, Certificates, Handshake, OcspStaple, SignedTimestamp } from '../contract/handshake.ts'
import { describeVersionSplit } from '../diagnosis/go-versions.ts'
import { inDay } from '../diagnosis/units.ts'
import { printable } from './escape.ts'
import { cut, padEnd, wrap } from './layout.ts'
import { glyphs, paint, type Style } from './style.ts'

/** One line in few words: how many, and how they were learned. */
export function chainSummary(handshake: Handshake): string {
  const { certificates } = handshake
  if (certificates === null) return 'none received'
  const n = certificates.chain.length
  const how =
    certificates.source === 'probe'
      ? `by a probe${certificates.sameAsGoSaw ? ', the same as go saw by its record sizes' : ', not shown to be what go saw'}`
      : certificates.source
  const verdict = certificates.verified === null ? '' : certificates.verified.ok ? ', accepted by go' : ', refused by go'
  return `${n} ${n === 1 ? 'certificate' : 'certificates'} (${how})${verdict}`
}

/** The tree: each certificate below the one before it, as served, with validity, key and fingerprint where `full`. */
export function chainLines(handshake: Handshake, full: boolean, style: Style): readonly string[] {
  const { certificates } = handshake
  if (certificates === null) return ['  no certificate was seen']
  const drawn = certificates.chain.flatMap((certificate, index) => certificateLines(certificate, index, full, style))
  const { verified } = certificates
  const beside = [...missingLines(handshake, style), ...stapleLines(certificates, style)]
  if (verified === null) return [...drawn, ...beside]
  const signs = glyphs(style)
  const verdict = verified.ok ? `${signs.passed} go accepts this chain` : `${signs.failed} ${printable(verified.goText, style)}`
  const split = describeVersionSplit(verified.byGoVersion)
  return [
    ...drawn,
    ...wrap(verdict, width(style) - 2).map((line) => `  ${paint(line, verified.ok ? 'good' : 'bad', style)}`),
    ...(split === null ? [] : wrap(printable(split, style), width(style) - 2).map((line) => `  ${line}`)),
    ...wrap(printable(`checked with ${verified.roots}, at ${verified.at}`, style), width(style) - 2).map((line) => `  ${line}`),
    ...beside,
  ]
}

/** What the server should send and does not. */
function missingLines({ id, certificates }: Handshake, style: Style): readonly string[] {
  const missing = certificates?.missing ?? []
  if (missing.length === 0) return []
  const names = missing.map((certificate) => `${nameOf(certificate)} (SHA-256 ${certificate.sha256.slice(0, 16)}…)`).join(', ')
  return indented(
    `missing: ${names}. With it the chain leads to a root that is trusted; for the server's owner: whytls export ${id} --missing -o intermediate.pem`,
    style,
  )
}

/** The stapled OCSP response and the timestamps, as they say of themselves. */
function stapleLines(certificates: Certificates, style: Style): readonly string[] {
  const told = describeStapled(certificates)
  if (told.length === 0) return []
  return [...told, 'go checks neither: it does not ask whether a certificate was revoked, and needs no timestamps'].flatMap((line) =>
    indented(line, style),
  )
}

/** A sentence for the stapled response, and one for each way in which timestamps came. */
export function describeStapled({
  ocspStapled,
  ocsp,
  signedTimestamps = [],
}: Pick<Certificates, 'ocspStapled' | 'ocsp' | 'signedTimestamps'>): readonly string[] {
  return [
    ...(ocsp === undefined ? [] : [describeStaple(ocsp)]),
    ...(ocsp === undefined && ocspStapled === true ? ['OCSP: a response was stapled'] : []),
    ...describeTimestamps(signedTimestamps),
  ]
}

function describeStaple(ocsp: OcspStaple): string {
  const { responseStatus, certificateStatus, producedAt, thisUpdate, nextUpdate, revokedAt, revocationReason, problem } = ocsp
  if (certificateStatus === null) {
    return `OCSP: a response of ${ocsp.lengthBytes} octets was stapled, ${responseStatus ?? 'unreadable'}${problem === undefined ? '' : `: ${problem}`}`
  }
  const since = revokedAt === null ? '' : ` since ${revokedAt}${revocationReason === null ? '' : ` (${revocationReason})`}`
  const span = `from ${thisUpdate ?? '?'} to ${nextUpdate ?? 'no end'}, made ${producedAt ?? '?'}`
  return `OCSP: the stapled response says ${certificateStatus}${since}, ${span}, by ${ocsp.responder ?? '?'}, of serial ${ocsp.serialNumber ?? '?'}`
}

function describeTimestamps(timestamps: readonly SignedTimestamp[]): readonly string[] {
  return ([undefined, 'tls', 'ocsp'] as const).flatMap((how) => {
    const told = timestamps.filter(({ from }) => from === how).map(({ at, logId }) => `${at} by log ${logId.slice(0, 16)}…`)
    return told.length === 0 ? [] : [`SCTs in ${TIMESTAMP_PLACES[how ?? 'leaf']}: ${told.join(', ')}`]
  })
}

const TIMESTAMP_PLACES = { leaf: 'the leaf', tls: 'the TLS extension', ocsp: 'the OCSP response' } as const

function indented(text: string, style: Style): readonly string[] {
  return wrap(printable(text, style), width(style) - 2).map((line) => `  ${line}`)
}

function certificateLines(certificate: CertificateSummary, index: number, full: boolean, style: Style): readonly string[] {
  const indent = `  ${index === 0 ? '' : `${'   '.repeat(Math.min(index, 8) - 1)}${glyphs(style).branch} `}`
  const role = index === 0 ? 'leaf' : certificate.isCa ? 'CA' : 'no CA'
  const isNarrow = style.columns < 60
  const room = Math.max(12, width(style) - indent.length - (isNarrow ? 6 : 36))
  const name = padEnd(cut(printable(nameOf(certificate), style), room, glyphs(style).ellipsis), room)
  const named = `${indent}${name} ${padEnd(role, 5)}`
  const lines = isNarrow ? [named.trimEnd(), `      ${validity(certificate)}`] : [`${named} ${validity(certificate)}`]
  return full ? [...lines, ...detailLines(certificate, style)] : lines
}

function detailLines(certificate: CertificateSummary, style: Style): readonly string[] {
  const rows: readonly (readonly [string, string])[] = [
    ['subject', certificate.subject],
    ['issuer', certificate.issuer],
    ['names', [...certificate.dnsNames, ...certificate.ipAddresses].join(', ')],
    ['key', `${certificate.publicKey}, signed with ${certificate.signatureAlgorithm}`],
    ['usage', [...certificate.keyUsage, ...certificate.extKeyUsage].join(', ')],
    ['serial', certificate.serialNumber],
    ['key id', certificate.subjectKeyId ?? ''],
    ['signer', certificate.authorityKeyId ?? ''],
    ['issuer at', certificate.aia.caIssuers.join(' ')],
    ['sha-256', certificate.sha256],
    ['parses', certificate.parsed ? '' : 'no, go refuses it'],
  ]
  return rows
    .filter(([, value]) => value !== '')
    .flatMap(([label, value]) =>
      wrap(printable(value, style), width(style) - 18).map((line, at) => `      ${padEnd(at === 0 ? label : '', 12)}${line}`),
    )
}

function nameOf({ subject, dnsNames }: CertificateSummary): string {
  const commonName = /(?:^|,)\s*CN=((?:\\.|[^,+\\])*)/.exec(subject)?.[1]
  return commonName ?? dnsNames[0] ?? (subject || 'no name')
}

function validity({ notBefore, notAfter }: CertificateSummary): string {
  const day = (text: string | null) => (text === null || Number.isNaN(Date.parse(text)) ? '?' : inDay(new Date(text)))
  return `${day(notBefore)} to ${day(notAfter)}`
}

function width(style: Style): number {
  return Math.min(Math.max(style.columns, 40), 80)
}
