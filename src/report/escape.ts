/** Captured text never reaches a terminal raw: what moves the cursor or turns the reading direction is written out. */
import { escapeCaptured } from '../diagnosis/captured.ts'
import type { Style } from './style.ts'

/** Escape C0, C1, bidirectional and invisible characters as `\u202e`. Escaping twice changes nothing. */
export function escapeText(text: string): string {
  return escapeCaptured(text)
}

/** Text for this terminal: escaped, and in ASCII where nothing else can be drawn. */
export function printable(text: string, style: Style): string {
  const escaped = escapeCaptured(text)
  return style.unicode ? escaped : toAscii(escaped)
}

/** Own signs become their ASCII forms, everything else outside ASCII is escaped by number. */
export function toAscii(text: string): string {
  return text.replace(/[^\u0000-\u007e]/gu, (sign) => PLAIN[sign] ?? `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
}

const PLAIN: Readonly<Record<string, string>> = {
  '…': '...',
  '⇄': '=',
  '✓': 'ok',
  '✕': 'FAIL',
  '·': '-',
  '×': 'x',
  '“': '"',
  '”': '"',
  '’': "'",
  '–': '-',
  '→': '->',
  '←': '<-',
}
