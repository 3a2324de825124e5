/** One line of the live list of `whytls serve`. */
import { inTime } from '../diagnosis/units.ts'
import type { HandshakeRow } from '../store/store.ts'
import { printable } from './escape.ts'
import { cells, cut, padEnd } from './layout.ts'
import { INKS, signWidth, stageName, statusSign } from './ls.ts'
import { glyphs, paint, type Style } from './style.ts'

const WIDEST = 80
const HOST = 18

/**
 * `13:42:45  ✕  modproxy.example   Certificate   CA not trusted by go       ×4`: local time of the process, sign, host, what happened, and at the right edge
 * how often (`count` > 1) or how long. Never wider than 80 cells or the terminal.
 */
export function serveLine(row: HandshakeRow, count: number, style: Style): string {
  const clock = localTime(row.startedAt)
  const sign = paint(padEnd(statusSign(row, style), signWidth(style)), INKS[row.outcome], style)
  const width = Math.max(30, Math.min(style.columns, WIDEST) - clock.length - 2 - signWidth(style) - 2)
  const right = rightEdge(row, count, style)
  const { ellipsis } = glyphs(style)
  const host = padEnd(
    cut(printable(row.port === 443 ? row.host : `${row.host}:${row.port}`, style), Math.max(HOST, width - 40), ellipsis),
    HOST,
  )
  const left = cut(`${host} ${printable(words(row), style)}`, width - cells(right) - 2, ellipsis)
  return `${clock}  ${sign}  ${padEnd(left, width - cells(right))}${right}`.trimEnd()
}

function words(row: HandshakeRow): string {
  if (row.outcome === 'open') return `waiting for ${row.waitingFor ?? 'the client'}`
  if (row.outcome === 'aborted') return 'the client left early'
  if (row.outcome === 'passed') return [row.version ?? 'no TLS', row.alpn ?? ''].join(' ').trimEnd()
  const stage = padEnd(stageName(row.stage), 13)
  return `${stage} ${SHORT[row.cause ?? ''] ?? row.cause ?? 'failed'}`
}

function rightEdge(row: HandshakeRow, count: number, style: Style): string {
  if (count > 1) return `${glyphs(style).times}${count}`
  if (row.outcome === 'passed') return handshakeTime(row)
  return row.durationMs === null ? '' : inTime(row.durationMs)
}

/** When Finished was there; the connection itself stays open much longer. */
function handshakeTime({ stages }: HandshakeRow): string {
  const finished = stages.find(({ stage }) => stage === 'finished')?.atMs ?? null
  return finished === null ? '' : inTime(finished)
}

/** HH:MM:SS in the time zone of the process. */
function localTime(startedAt: string): string {
  const moment = new Date(startedAt)
  if (Number.isNaN(moment.getTime())) return '--:--:--'
  return [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')
}

const SHORT: Readonly<Record<string, string>> = {
  'unknown-authority': 'CA not trusted by go',
  'cert-self-signed': 'self-signed, not trusted',
  'missing-intermediate': 'intermediate not sent',
  'client-roots-missing': 'go has no roots',
  'cert-expired': 'certificate expired',
  'cert-not-yet-valid': 'certificate not valid yet',
  'cert-name-mismatch': 'certificate for another name',
  'proxy-auth-required': 'proxy wants a login',
  'proxy-forbidden': 'proxy does not allow it',
  'client-cert-required': 'client certificate wanted',
  'peer-reset': 'reset',
  'peer-closed': 'closed',
  'peer-silent': 'no answer',
  'dns-nxdomain': 'no such name',
  'tcp-refused': 'refused',
}
