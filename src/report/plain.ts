/** Says a block in sentences, for screen readers: no track, no drawing, one thought a line. */
import type { Block } from './block.ts'
import { printable } from './escape.ts'
import { wrap } from './layout.ts'
import { paint, type Style } from './style.ts'
import type { TrackRow } from './track.ts'

/** The lines of one block. */
export function drawPlain(block: Block, style: Style, quiet: boolean): readonly string[] {
  const head = said(`error[${block.code}]: ${block.title}.`, style)
  if (quiet) return [...head, ...fixLines(block, style)]
  return [
    ...head,
    ...said(`Where: ${block.where} ${block.route}.${failedAt(block.track)}`.replace(' .', '.'), style),
    ...said(`Why: ${block.why}`, style),
    ...block.evidence.flatMap(({ text, source }, index) => said(`Evidence ${index + 1}, from ${source}: ${text}.`, style)),
    ...said(`Confidence: ${block.sureness}.${block.notChecked === '' ? '' : ` Not checked: ${block.notChecked}.`}`, style),
    ...fixLines(block, style),
    ...block.notes.flatMap((note) => said(`Note: ${note}`, style)),
    ...block.alternatives.flatMap(({ text, command }) => [
      ...said(`Note: ${text}`, style),
      `  ${paint(printable(command, style), 'command', style)}`,
    ]),
    ...(block.more === '' ? [] : said(`More: ${block.more}`, style)),
    ...block.next.flatMap(({ command, does }) => said(`Then: ${command} (${does})`, style)),
  ]
}

function fixLines(block: Block, style: Style): readonly string[] {
  return block.fixes.flatMap(({ lead, commands }) => [
    ...said(`Fix ${lead}${commands.length === 0 ? '.' : ':'}`, style),
    ...commands.map((command) => `  ${paint(printable(command, style), 'command', style)}`),
  ])
}

function failedAt(track: readonly TrackRow[]): string {
  const steps = track.flatMap(({ steps: all }) => all)
  const failed = steps.find(({ status }) => status === 'failed')
  if (failed === undefined) return ''
  const passed = steps.filter(({ status }) => status === 'passed').map(({ name }) => name)
  const before = passed.length === 0 ? '' : ` ${[...new Set(passed)].join(', ')} passed.`
  return `${before} ${failed.name} failed${failed.note === '' ? '' : `: ${failed.note}`}.`
}

function said(text: string, style: Style): readonly string[] {
  return wrap(printable(text, style), Math.min(style.columns, 80))
}
