/** What `whytls explain` says of pasted errors. */
import { shown } from '../diagnosis/captured.ts'
import type { PasteExplanation } from '../diagnosis/explain-paste.ts'
import { counted } from '../diagnosis/units.ts'
import { printable } from './escape.ts'
import { wrap } from './layout.ts'
import { paint, type Style } from './style.ts'

/** One block for each reading; a sentence where nothing is known. Ends in a line break. */
export function explanationText(explanations: readonly PasteExplanation[], style: Style): string {
  if (explanations.length === 0) return `${NOTHING.join('\n')}\n`
  return explanations.map((one) => block(one, style)).join('\n')
}

const NOTHING = [
  'nothing in this text is known: no error of go, git or curl about a connection.',
  '',
  '  fix       let whytls see the failure itself',
  '  whytls run -- go mod download',
]

function block(one: PasteExplanation, style: Style): string {
  const width = Math.max(40, Math.min(style.columns, 80))
  const times = one.count > 1 ? `  (${counted(one.count, 'line')})` : ''
  const where = one.host === null ? '' : `${shown(one.host)}${one.port === null || one.port === 443 ? '' : `:${one.port}`}: `
  const said = wrap(printable(`${where}${shown(one.text) || '(nothing after the URL)'}${times}`, style), width - 12)
  return [
    ...said.map((line, at) => `${at === 0 ? '  read      ' : ' '.repeat(12)}${line}`),
    '',
    ...one.candidates.flatMap((candidate, at) => candidateLines(candidate, at, width, style)),
    '',
    `  to decide (${one.decide.because})`,
    paint(`  ${printable(one.decide.command, style)}`, 'command', style),
    ...one.notes.flatMap((note) =>
      wrap(printable(note, style), width - 12).map((line, at) => `${at === 0 ? '\n  note      ' : ' '.repeat(12)}${line}`),
    ),
    '',
  ].join('\n')
}

function candidateLines(
  { cause, why }: PasteExplanation['candidates'][number],
  at: number,
  width: number,
  style: Style,
): readonly string[] {
  const lead = `${String(at + 1).padStart(3)} ${cause}`
  return [
    at === 0 ? paint(printable(lead, style), 'where', style) : printable(lead, style),
    ...wrap(printable(why, style), width - 6).map((line) => `      ${line}`),
  ]
}
