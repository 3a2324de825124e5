/** What `doctor` prints: one paragraph a fact, the sum at the end. */
import type { Check } from '../contract/document.ts'
import { printable } from './escape.ts'
import { cells, padEnd, wrap } from './layout.ts'
import { glyphs, type Ink, paint, type Style } from './style.ts'
import { formatCount } from './units.ts'

const SUBJECT = 14
const WIDEST = 80

/** The lines of all checks; commands are never wrapped. */
export function doctorText(head: string, checks: readonly Check[], style: Style): string {
  const sum = summarize(checks)
  return `${[printable(head, style), '', ...checks.flatMap((each) => drawCheck(each, style)), '', sum].join('\n')}\n`
}

/** "1 problem, 2 warnings" */
function summarize(checks: readonly Check[]): string {
  const count = (status: Check['status']) => checks.filter((each) => each.status === status).length
  const [problems, warnings, unknown] = [count('problem'), count('warning'), count('unknown')]
  const parts = [
    ...(problems === 0 ? [] : [formatCount(problems, 'problem')]),
    ...(warnings === 0 ? [] : [formatCount(warnings, 'warning')]),
    ...(unknown === 0 ? [] : [`${unknown} could not be told`]),
  ]
  return parts.length === 0 ? 'nothing is wrong here' : parts.join(', ')
}

function drawCheck(check: Check, style: Style): readonly string[] {
  const sign = signOf(check.status, style)
  const width = Math.min(style.columns, WIDEST)
  const indent = cells(sign) + 1 + SUBJECT
  const code = check.code === null ? '' : ` [${check.code}]`
  const place = check.place === null ? '' : ` (${check.place})`
  const text = wrap(printable(`${check.text}${place}${code}`, style), width - indent)
  const advice = check.advice === null ? [] : wrap(printable(`do: ${check.advice}`, style), width - indent)
  const subject = padEnd(printable(check.subject, style), SUBJECT - 1)
  return [
    ...text.map((line, at) => (at === 0 ? `${paint(sign, INKS[check.status], style)} ${subject} ${line}` : `${' '.repeat(indent)}${line}`)),
    ...advice.map((line) => `${' '.repeat(indent)}${line}`),
    ...check.commands.map((command) => `  ${paint(printable(command, style), 'command', style)}`),
  ]
}

function signOf(status: Check['status'], style: Style): string {
  const signs = glyphs(style)
  const sign = { fine: signs.passed, note: '-', warning: '!', problem: signs.failed, unknown: '?' }[status]
  return padEnd(sign, style.unicode ? 1 : 4)
}

const INKS: Readonly<Record<Check['status'], Ink>> = { fine: 'good', note: 'dim', warning: 'warn', problem: 'bad', unknown: 'warn' }
