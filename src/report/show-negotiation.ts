/** What go offered and what the server chose. */
import type { ClientHello, Handshake, ServerHello } from '../contract/handshake.ts'
import type { Named } from '../contract/terms.ts'
import { inBytes, inCount } from '../diagnosis/units.ts'
import { printable } from './escape.ts'
import { cells, padEnd, wrap } from './layout.ts'
import type { Style } from './style.ts'

const LABEL = 12
const OFFERED = 46

/** The table of section 5 of the terminal design; with `full` every list is whole. */
export function negotiationLines(handshake: Handshake, full: boolean, style: Style): readonly string[] {
  const { clientHello, serverHello } = handshake
  if (clientHello === null) return ['  no ClientHello was seen']
  const head = `  ${padEnd('offered', LABEL + OFFERED - 5)}chosen`
  const rows = offeredRows(clientHello, serverHello, full)
  return [
    style.columns < 70 ? '  offered, then chosen' : head,
    ...rows.flatMap(([label, offered, chosen]) => row(label, offered, chosen, style)),
    ...identity(clientHello, style),
    ...rewriteNote(handshake, style),
  ]
}

type Row = readonly [label: string, offered: string, chosen: string]

function offeredRows(hello: ClientHello, answer: ServerHello | null, full: boolean): readonly Row[] {
  const shares = hello.keyShares.map(({ group, lengthBytes }) => `${group.name} ${inCount(lengthBytes)} B`).join('  ')
  const ciphers = full ? names(hello.cipherSuites) : `${hello.cipherSuites.length} (--full lists them)`
  return [
    ['version', names(hello.supportedVersions).replaceAll('TLS ', '') || hello.legacyVersion, answer?.selectedVersion.name ?? 'no answer'],
    ['groups', names(hello.supportedGroups), answer?.keyShareGroup?.name ?? ''],
    ['shares', shares, ''],
    ['ciphers', ciphers, answer?.cipherSuite.name ?? ''],
    ['ALPN', hello.alpn.join(' ') || 'none', answer?.alpn ?? ''],
    ['SNI', hello.serverName ?? 'none', ''],
    ...(full ? fullRows(hello) : []),
  ]
}

function fullRows(hello: ClientHello): readonly Row[] {
  return [
    ['signatures', names(hello.signatureAlgorithms), ''],
    [
      'extensions',
      hello.extensions
        .map(({ name, id, lengthBytes }) => `${name === 'unknown' ? `0x${id.toString(16)}` : name} ${lengthBytes} B`)
        .join(', '),
      '',
    ],
    ['JA3', hello.ja3Hash, ''],
  ]
}

function identity(hello: ClientHello, style: Style): readonly string[] {
  const size = `${inBytes(hello.wireBytes)}${hello.recordCount > 1 ? ` in ${hello.recordCount} records` : ''}`
  return [
    ...row('size', size, '', style),
    ...row('JA4', `${hello.ja4}${hello.looksLike === null ? '' : `   ${hello.looksLike}`}`, '', style),
  ]
}

/** A hello of go's that no go sends was changed on its way to whytls. */
function rewriteNote({ client, clientHello, mode }: Handshake, style: Style): readonly string[] {
  const isGo = mode !== 'probe' && client?.process === 'go'
  if (!isGo || clientHello === null || clientHello.looksLike?.startsWith('go ') === true) return []
  return row(
    'note',
    'go opened this connection, but no known go sends such a hello: an antivirus or a proxy may have rewritten it.',
    '',
    style,
  )
}

/** Offered text wrapped in its column, the choice beside its first line; below 70 columns under it. */
function row(label: string, offered: string, chosen: string, style: Style): readonly string[] {
  const narrow = style.columns < 70
  const lines = wrap(printable(offered, style), narrow ? Math.max(20, style.columns) - LABEL : chosen === '' ? 66 : OFFERED - 4)
  const drawn = lines.map((line, index) => `${padEnd(index === 0 ? `  ${label}` : '', LABEL)}${line}`)
  if (chosen === '') return drawn
  const said = printable(chosen, style)
  const first = drawn[0] ?? ''
  const isTooWide = narrow || cells(said) > 80 - LABEL - OFFERED + 3
  if (isTooWide) return [...drawn, `${' '.repeat(LABEL)}chosen: ${said}`]
  return [`${padEnd(first, LABEL + OFFERED - 3)}${said}`, ...drawn.slice(1)]
}

function names(list: readonly Named[]): string {
  return list.map(({ name, id }) => (name === 'unknown' || name === 'GREASE' ? `0x${id.toString(16).padStart(4, '0')}` : name)).join(' ')
}
