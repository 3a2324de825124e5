/** Draws a comparison for the terminal. */
import type { ComparedRow, ComparedSection, Comparison } from '../contract/comparison.ts'
import { printable } from './escape.ts'
import { padEnd, wrap } from './layout.ts'
import { glyphs, paint, type Style } from './style.ts'

const LABEL = 20
const WIDEST = 120

/** Verdict, then field by field; equal fields only when asked for. Ends in a line break. */
export function describeComparison(comparison: Comparison, showsEqual: boolean, style: Style): string {
  const width = Math.min(style.columns, WIDEST)
  const sections = comparison.sections
    .map((section) => ({ ...section, rows: section.rows.filter(({ differs }) => differs || showsEqual) }))
    .filter(({ rows }) => rows.length > 0)
  const lines = [
    ...wrap(printable(comparison.title, style), width).map((line) => paint(line, 'where', style)),
    ...wrap(printable(comparison.lead, style), width),
    '',
    ...sideBySide('', `#${comparison.a.id} ${comparison.a.outcome}`, `#${comparison.b.id} ${comparison.b.outcome}`, width, style),
    ...sections.flatMap((section) => sectionLines(section, width, style)),
    ...commandLines(comparison.command, style),
  ]
  return `${lines.join('\n')}\n`
}

function sectionLines({ title, rows }: ComparedSection, width: number, style: Style): readonly string[] {
  return [paint(title, 'dim', style), ...rows.flatMap((row) => rowLines(row, width, style))]
}

function rowLines(row: ComparedRow, width: number, style: Style): readonly string[] {
  const mark = row.matters ? glyphs(style).failed : row.differs ? '*' : ' '
  const lines = sideBySide(`${mark} ${row.field}`, row.a, row.b, width, style)
  return row.matters ? lines.map((line) => paint(line, 'bad', style)) : lines
}

/** Both values in columns of the same width, each wrapped; below 70 columns under each other. */
function sideBySide(label: string, a: string, b: string, width: number, style: Style): readonly string[] {
  const [left, right] = [printable(a, style), printable(b, style)]
  if (width < 70)
    return [`${label}`, ...wrap(left, width - 6).map((line) => `    a ${line}`), ...wrap(right, width - 6).map((line) => `    b ${line}`)]
  const column = Math.floor((width - LABEL - 2) / 2)
  const [lefts, rights] = [wrap(left, column), wrap(right, column)]
  return Array.from({ length: Math.max(lefts.length, rights.length) }, (_, at) =>
    `${padEnd(at === 0 ? label : '', LABEL)}${padEnd(lefts[at] ?? '', column)}  ${rights[at] ?? ''}`.trimEnd(),
  )
}

function commandLines(command: string | null, style: Style): readonly string[] {
  return command === null ? [] : ['', 'which one matters (tries each change alone):', paint(printable(command, style), 'command', style)]
}
