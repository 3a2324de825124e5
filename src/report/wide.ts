/** Draws a block for terminals of 60 columns and more: labels in a column of their own, sources at the right edge. */
import type { Block } from './block.ts'
import { printable } from './escape.ts'
import { cells, padEnd, padStart, wrap } from './layout.ts'
import { paint, type Style } from './style.ts'
import { drawSteps } from './track.ts'

const LABEL = 12
const TRACK_LABEL = 20
const WIDEST = 80
const MARGIN = 2

/** The lines of one block. */
export function drawWide(block: Block, style: Style, quiet: boolean): readonly string[] {
  const head = headline(block, style)
  const fix = fixLines(block, style)
  if (quiet) return [...head, ...fix]
  const sections = [whyLines(block, style), evidenceLines(block, style), fix, closingLines(block, style)]
  return [...head, ...whereLines(block, style), ...sections.filter((lines) => lines.length > 0).flatMap((lines) => ['', ...lines])]
}

function headline(block: Block, style: Style): readonly string[] {
  const lead = `error[${block.code}]: `
  return wrap(printable(block.title, style), edge(style) - lead.length).map((line, index) =>
    index === 0 ? paint(lead + line, 'bad', style) : ' '.repeat(lead.length) + paint(line, 'bad', style),
  )
}

function whereLines(block: Block, style: Style): readonly string[] {
  const where = printable(`${block.where} ${block.route}`.trimEnd(), style)
  const lines = wrap(where, edge(style) - 6).map((line, index) => `${index === 0 ? '  --> ' : '      '}${paint(line, 'where', style)}`)
  const track = block.track.map(({ label, steps }) => {
    const drawn = drawSteps(steps, Math.min(style.columns, WIDEST) - 6 - TRACK_LABEL, style)
    return wrap(printable(drawn, style), Math.min(style.columns, WIDEST) - 6 - TRACK_LABEL)
      .map((line, index) => `      ${padEnd(index === 0 ? printable(label, style) : '', TRACK_LABEL)}${line}`)
      .join('\n')
  })
  return [...lines, ...track.flatMap((row) => row.split('\n'))]
}

function whyLines(block: Block, style: Style): readonly string[] {
  const ruler = block.ruler.map((line) => `${' '.repeat(LABEL)}${line}`)
  return [...labelled('why', block.why, style), ...(ruler.length === 0 ? [] : ['', ...ruler])]
}

function evidenceLines(block: Block, style: Style): readonly string[] {
  const numbered = block.evidence.flatMap(({ text, source }, index) => evidenceLine(index + 1, text, source, style))
  const last = [block.sureness, block.notChecked === '' ? '' : `not checked: ${block.notChecked}`].filter((text) => text !== '')
  const all = [...numbered, ...last.flatMap((text) => wrap(printable(text, style), edge(style) - LABEL))]
  return all.map((line, index) => `${index === 0 ? padEnd('  evidence', LABEL) : ' '.repeat(LABEL)}${line}`)
}

function evidenceLine(number: number, text: string, source: string, style: Style): readonly string[] {
  const width = edge(style) - LABEL
  const lines = wrap(printable(text, style), width - 2)
  const drawn = lines.map((line, index) => (index === 0 ? `${number} ${line}` : `  ${line}`))
  const last = drawn.at(-1) ?? ''
  const note = padStart(source, width - cells(last))
  if (cells(last) + 2 + cells(source) > width) return [...drawn, paint(padStart(source, width), 'dim', style)]
  return [...drawn.slice(0, -1), last + paint(note, 'dim', style)]
}

function fixLines(block: Block, style: Style): readonly string[] {
  return block.fixes.flatMap(({ lead, commands }) => [
    ...labelled('fix', lead, style),
    ...commands.map((command) => drawCommand(command, style)),
  ])
}

function closingLines(block: Block, style: Style): readonly string[] {
  const notes = labelled('note', block.notes.join(' '), style)
  const alternatives = block.alternatives.flatMap(({ text, command }) => [...labelled('note', text, style), drawCommand(command, style)])
  const last = [...(block.more === '' ? [] : [{ command: block.more, does: 'the chain, the bytes, other systems' }]), ...block.next]
  const more = last.map(({ command, does }, index) => `${padEnd(index === 0 ? '  more' : '', LABEL)}${padEnd(command, 23)}${does}`)
  return [...notes, ...alternatives, ...more]
}

function labelled(label: string, text: string, style: Style): readonly string[] {
  if (text === '') return []
  return wrap(printable(text, style), edge(style) - LABEL).map((line, index) => `${padEnd(index === 0 ? `  ${label}` : '', LABEL)}${line}`)
}

/** A command is never wrapped and stands behind two blanks, so that a triple click copies it. */
function drawCommand(command: string, style: Style): string {
  return `  ${paint(printable(command, style), 'command', style)}`
}

function edge(style: Style): number {
  return Math.min(style.columns, WIDEST) - MARGIN
}
