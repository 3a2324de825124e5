/** Draws a block below 60 columns: labels above their text, the track as a list, sources on a line of their own. */
import { STAGES } from '../contract/terms.ts'
import type { Block } from './block.ts'
import { printable } from './escape.ts'
import { wrap } from './layout.ts'
import { glyphs, paint, type Style } from './style.ts'
import { STAGE_NAMES } from './words.ts'

/** The lines of one block. */
export function drawNarrow(block: Block, style: Style, quiet: boolean): readonly string[] {
  const head = wrap(printable(`error[${block.code}]: ${block.title}`, style), style.columns).map((line) => paint(line, 'bad', style))
  if (quiet) return [...head, ...fixLines(block, style)]
  return [
    ...head,
    ...whereLines(block, style),
    ...trackLines(block, style),
    ...section('why', block.why, style),
    ...evidenceLines(block, style),
    ...fixLines(block, style),
    ...section('note', block.notes.join(' '), style),
    ...block.alternatives.flatMap(({ text, command }) => [
      ...section('note', text, style),
      paint(printable(command, style), 'command', style),
    ]),
    ...(block.more === '' ? [] : [`more: ${block.more}`]),
    ...block.next.map(({ command }) => `then: ${command}`),
  ]
}

function whereLines(block: Block, style: Style): readonly string[] {
  const lines = [
    ...wrap(printable(block.where, style), style.columns - 4),
    ...(block.route === '' ? [] : wrap(printable(block.route, style), style.columns - 4)),
  ]
  return lines.map((line, index) => `${index === 0 ? '--> ' : '    '}${paint(line, 'where', style)}`)
}

/** The steps of the leg that failed and of TLS, one a line, and the stage that was not reached. */
function trackLines(block: Block, style: Style): readonly string[] {
  const signs = glyphs(style)
  const isToldElsewhere = block.track.length > 1 && block.track[0]?.steps.every(({ status }) => status === 'passed')
  const steps = block.track.slice(isToldElsewhere ? 1 : 0).flatMap(({ steps: all }) => all)
  const after = nextStage(steps.at(-1)?.name)
  const next = after === undefined ? [] : [{ name: after, status: 'not-reached', note: 'not reached' } as const]
  return [...steps, ...next]
    .map(({ name, status, note }) => {
      const sign = status === 'passed' ? signs.passed : status === 'failed' ? signs.failed : signs.notReached
      return printable(`${sign} ${name}${note === '' ? '' : `  ${note}`}`, style)
    })
    .flatMap((line) => wrap(line, style.columns - 4).map((part, index) => `${index === 0 ? '  ' : '    '}${part}`))
}

/** The name of the stage behind a stage, by their order. */
function nextStage(name: string | undefined): string | undefined {
  const at = STAGES.findIndex((stage) => STAGE_NAMES[stage] === name)
  const next = at === -1 ? undefined : STAGES[at + 1]
  return next === undefined ? undefined : STAGE_NAMES[next]
}

function evidenceLines(block: Block, style: Style): readonly string[] {
  const lines = block.evidence.flatMap(({ text, source }, index) => [
    ...wrap(printable(`${index + 1} ${text}`, style), style.columns - 4).map((line, at) => `${at === 0 ? '  ' : '    '}${line}`),
    `    ${paint(source, 'dim', style)}`,
  ])
  const checked = block.notChecked === '' ? [] : indented(`not checked: ${block.notChecked}`, style)
  return ['evidence', ...lines, ...indented(block.sureness, style), ...checked]
}

function fixLines(block: Block, style: Style): readonly string[] {
  return block.fixes.flatMap(({ lead, commands }) => [
    ...wrap(printable(`fix ${lead}`, style), style.columns),
    ...commands.map((command) => paint(printable(command, style), 'command', style)),
  ])
}

function section(label: string, text: string, style: Style): readonly string[] {
  return text === '' ? [] : [label, ...indented(text, style)]
}

function indented(text: string, style: Style): readonly string[] {
  return wrap(printable(text, style), style.columns - 2).map((line) => `  ${line}`)
}
