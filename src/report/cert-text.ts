/** `whytls cert` as text: one certificate field by field, the octets that are wrong, what each go says. */

import type { Certificates } from '../contract/handshake.ts'
import type { ExtensionSummary, Inspection, WrongRange } from '../x509/inspect.ts'
import { printable } from './escape.ts'
import { padEnd, wrap } from './layout.ts'
import { describeStapled } from './show-chain.ts'
import { glyphs, paint, type Style } from './style.ts'
import { formatCount, formatFromNow } from './units.ts'
import { section, textWidth, versionLines } from './verify-text.ts'

/** Where certificates came from, and what is judged with. */
export interface CertReport {
  /** File name or host:port. */
  readonly source: string
  readonly go: string
  /** The clock, for "expired 3 days ago". */
  readonly now: Date
  readonly certificates: readonly Inspection[]
  /** Of a server only: whether it stapled an OCSP response (null: that could not be seen), what it says, and the timestamps. */
  readonly stapled?: Pick<Certificates, 'ocspStapled' | 'ocsp' | 'signedTimestamps'>
  /** Which clients of this machine have the issuer of the last certificate among their roots; a sentence each. */
  readonly stores: readonly string[]
}

/** All certificates; ends in a line break. */
export function certText(report: CertReport, style: Style): string {
  const { certificates } = report
  const blocks = certificates.map((certificate, i) => certificateLines(certificate, i, report, style).join('\n'))
  const tail = [
    ...section('OCSP', stapleLines(report, style), style),
    ...section(
      'stores',
      report.stores.flatMap((line) => wrap(printable(line, style), textWidth(style))),
      style,
    ),
    ...section(
      'note',
      wrap('go does not check revocation: it asks no OCSP server, reads no list, looks at no SCT', textWidth(style)),
      style,
    ),
  ]
  return `${[...blocks, tail.join('\n')].join('\n\n')}\n`
}

function certificateLines(certificate: Inspection, index: number, report: CertReport, style: Style): readonly string[] {
  const signs = glyphs(style)
  const total = report.certificates.length
  const which = total === 1 ? report.source : `${report.source}, certificate ${index + 1} of ${total}`
  const head = certificate.ok
    ? `${signs.passed} ${which}: go ${report.go} can read it`
    : `${signs.failed} ${which}: go ${report.go} refuses it: ${certificate.goText}`
  const rows = listFields(certificate, report.now).filter(([, value]) => value !== '')
  return [
    ...wrap(printable(head, style), textWidth(style) + 12).map((line) => paint(line, certificate.ok ? 'good' : 'bad', style)),
    ...rows.flatMap(([label, value]) => section(label, wrap(printable(value, style), textWidth(style)), style)),
    ...section(
      'extension',
      certificate.extensions.flatMap((each) => wrap(printable(describeExtension(each), style), textWidth(style))),
      style,
    ),
    ...section(
      'wrong',
      certificate.wrong.flatMap((range) => wrongLines(range, style)),
      style,
    ),
    ...section('versions', versionLines(certificate.byGoVersion, style, 'can parse it'), style),
  ]
}

function listFields(certificate: Inspection, now: Date): readonly (readonly [string, string])[] {
  const { signedTimestamps, aia } = certificate
  return [
    ['subject', certificate.subject || '(empty)'],
    ['issuer', certificate.issuer || '(empty)'],
    ['names', [...certificate.dnsNames, ...certificate.ipAddresses].join(', ')],
    ['valid', validity(certificate, now)],
    ['serial', certificate.serialNumber],
    ['key', certificate.publicKey],
    ['signature', certificate.signatureAlgorithm],
    ['CA', certificate.isCa ? 'yes' : 'no'],
    ['usage', [...certificate.keyUsage, ...certificate.extKeyUsage].join(', ')],
    ['limits', certificate.nameConstraints ?? ''],
    ['key id', certificate.subjectKeyId ?? ''],
    ['signer', certificate.authorityKeyId ?? ''],
    ['issuer at', aia.caIssuers.join(' ')],
    ['OCSP at', aia.ocsp.join(' ')],
    ['staple', certificate.mustStaple ? 'the certificate demands a stapled OCSP response; go does not ask for that' : ''],
    ['SCT', signedTimestamps.map(({ at, logId }) => `${at} log ${logId.slice(0, 16)}`).join(', ')],
    ['form', `version ${certificate.version}, ${formatCount(certificate.lengthBytes, 'octet')}`],
    ['sha-256', certificate.sha256],
  ]
}

function validity({ notBefore, notAfter }: Inspection, now: Date): string {
  const span = `${notBefore ?? 'unreadable'} to ${notAfter ?? 'unreadable'}`
  if (notAfter !== null && Date.parse(notAfter) < now.getTime()) return `${span}, expired ${formatFromNow(new Date(notAfter), now)}`
  if (notBefore !== null && Date.parse(notBefore) > now.getTime()) return `${span}, not valid yet`
  return span
}

function describeExtension({ name, oid, critical, offset, lengthBytes }: ExtensionSummary): string {
  const number = name === oid ? '' : ` (${oid})`
  return `${name}${number}${critical ? ', critical' : ''}, ${octetRange(offset, offset + lengthBytes)}`
}

function wrongLines({ field, offset, end, octets, goText }: WrongRange, style: Style): readonly string[] {
  const width = textWidth(style)
  const shown = `${octets.replace(/(..)(?=.)/g, '$1 ')}${end - offset > 16 ? ' …' : ''}`
  return [
    ...wrap(printable(`${octetRange(offset, end)}, ${field}: ${goText}`, style), width),
    ...(octets === '' ? [] : wrap(printable(`${padEnd('', 2)}${shown}`, style), width)),
  ]
}

/** "octets 12 to 14"; the last one is meant too. */
function octetRange(offset: number, end: number): string {
  if (end <= offset) return `at octet ${offset}, the end`
  return end === offset + 1 ? `octet ${offset}` : `octets ${offset} to ${end - 1}`
}

function stapleLines({ stapled }: CertReport, style: Style): readonly string[] {
  if (stapled === undefined) return []
  const { ocspStapled } = stapled
  const seen =
    ocspStapled === null
      ? 'whether the server stapled a response could not be seen'
      : `the server stapled ${ocspStapled ? 'a response' : 'no response'}`
  // Those in the leaf stand with its other fields.
  const signedTimestamps = stapled.signedTimestamps?.filter(({ from }) => from !== undefined) ?? []
  const told = [...describeStapled({ ...stapled, signedTimestamps }), `${seen}; go would not look at it`]
  return told.flatMap((line) => wrap(printable(line, style), textWidth(style)))
}
