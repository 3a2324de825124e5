/** The certificate chain as a tree, leaf first. */
import type { CertificateSummary, Handshake } from '../contract/handshake.ts'
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
  if (verified === null) return drawn
  const signs = glyphs(style)
  const verdict = verified.ok ? `${signs.passed} go accepts this chain` : `${signs.failed} ${printable(verified.goText, style)}`
  const split = describeVersionSplit(verified.byGoVersion)
  return [
    ...drawn,
    ...wrap(verdict, width(style) - 2).map((line) => `  ${paint(line, verified.ok ? 'good' : 'bad', style)}`),
    ...(split === null ? [] : wrap(printable(split, style), width(style) - 2).map((line) => `  ${line}`)),
    ...wrap(printable(`checked with ${verified.roots}, at ${verified.at}`, style), width(style) - 2).map((line) => `  ${line}`),
  ]
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
