/** One line per handshake: `whytls ls`. */
import { inTime } from '../diagnosis/units.ts'
import type { HandshakeRow } from '../store/store.ts'
import { printable } from './escape.ts'
import { cut, padEnd, padStart } from './layout.ts'
import { glyphs, type Ink, paint, type Style } from './style.ts'
import { STAGE_NAMES } from './words.ts'

/** `#418  2026-11-22 13:47:10  ✕  modproxy.example:443  ClientHello  client-hello-too-large` (times in UTC). */
export function listLine(row: HandshakeRow, style: Style): string {
  const start = `${padStart(`#${row.id}`, 6)}  ${row.startedAt.slice(0, 19).replace('T', ' ')}  `
  const sign = statusSign(row, style)
  const host = printable(`${row.host}:${row.port}`, style)
  const rest = `  ${padEnd(cut(host, 32, glyphs(style).ellipsis), 26)}  ${printable(whatHappened(row), style)}`
  return `${start}${paint(padEnd(sign, signWidth(style)), INKS[row.outcome], style)}${rest}`.trimEnd()
}

/** The sign of an outcome, as wide as the widest. */
export function statusSign({ outcome }: Pick<HandshakeRow, 'outcome'>, style: Style): string {
  const signs = glyphs(style)
  if (outcome === 'passed') return signs.passed
  if (outcome === 'failed') return signs.failed
  return outcome === 'open' ? signs.open : signs.notReached
}

/** Cells that the widest sign takes. */
export function signWidth(style: Style): number {
  return style.unicode ? 1 : 4
}

/** What came of it, in a few words: the failing stage and cause, the negotiated version, or what is awaited; imported rows are marked. */
export function whatHappened(row: HandshakeRow): string {
  return row.imported === undefined ? whatCame(row) : `${whatCame(row)}  [imported]`
}

function whatCame(row: HandshakeRow): string {
  const probe = row.probeOf === null ? '' : `probe of #${row.probeOf}: `
  if (row.outcome === 'open') return `${probe}waiting for ${row.waitingFor ?? 'the client'}`
  if (row.outcome === 'aborted') return `${probe}the client left early`
  if (row.outcome === 'failed') return `${probe}${padEnd(stageName(row.stage), 12)} ${row.cause ?? 'failed'}`
  return `${probe}${[row.version, row.alpn].filter((word) => word !== null).join(' ')}${row.durationMs === null ? '' : `, open for ${inTime(row.durationMs)}`}`
}

/** The name of a stage that came out of the database. */
export function stageName(stage: string | null): string {
  const known = Object.entries(STAGE_NAMES).find(([id]) => id === stage)
  return known?.[1] ?? ''
}

/** The colour of each outcome. */
export const INKS: Readonly<Record<HandshakeRow['outcome'], Ink>> = { passed: 'good', failed: 'bad', aborted: 'dim', open: 'dim' }
