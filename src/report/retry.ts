/** What a replay changed: the run before and the run after, beside each other. */
import type { Document } from '../contract/document.ts'
import { counted, inTime } from '../diagnosis/units.ts'
import { printable } from './escape.ts'
import { wrap } from './layout.ts'
import { paint, type Style } from './style.ts'

export interface RetryInput {
  readonly before: Document
  readonly after: Document
  /** What was replayed. */
  readonly argv: readonly string[]
  /** What the fix set; an empty value = taken away. */
  readonly env: Readonly<Record<string, string>>
}

/** Four lines: what was tried, before, after, and what follows from it. */
export function describeRetry({ before, after, argv, env }: RetryInput, style: Style): string {
  const settings = Object.entries(env).map(([name, value]) => (value === '' ? `${name} unset` : `${name}=${value}`))
  const tried = `${argv.join(' ')}${settings.length === 0 ? ', nothing changed' : `, with ${settings.join(', ')}`}`
  const passes = after.run?.exitCode === 0
  return [
    ...labelled('tried', tried, style),
    ...labelled('before', outcome(before), style),
    ...labelled('after', outcome(after), style, passes ? 'good' : 'bad'),
    ...labelled('so', conclusion(before, after, settings.length > 0), style),
  ]
    .join('\n')
    .concat('\n')
}

function outcome({ run, diagnoses, handshakes }: Document): string {
  const [first] = diagnoses
  const name = run === null ? '' : `run ${run.id}: `
  if (first !== undefined) return `${name}${first.cause}: ${first.title}`
  const own = handshakes.filter(({ mode }) => mode !== 'probe')
  const took = run?.durationMs === null || run === null ? '' : `, ${inTime(run.durationMs)}`
  if (run !== null && run.exitCode !== 0) return `${name}failed (exit code ${run.exitCode ?? 'none'}), no TLS problem found`
  return `${name}passed, ${counted(own.length, 'connection')}${took}`
}

function conclusion(before: Document, after: Document, hasFix: boolean): string {
  const [was] = before.diagnoses
  const [is] = after.diagnoses
  if (after.run?.exitCode === 0)
    return hasFix ? 'the fix repairs it: set it as the block says' : 'it is repaired: nothing needs to be changed'
  if (is === undefined) return 'what failed is gone, and something else than the connection fails now: see what go printed'
  if (was?.cause === is.cause && was.host === is.host) return hasFix ? 'the fix does not repair it' : 'nothing has changed'
  return 'that failure is gone and uncovers another: whytls show'
}

function labelled(label: string, text: string, style: Style, ink?: 'good' | 'bad'): readonly string[] {
  const lead = `${label.padEnd(8)}`
  return wrap(printable(text, style), Math.min(style.columns, 80) - lead.length).map((line, index) => {
    const shown = ink === undefined ? line : paint(line, ink, style)
    return `${index === 0 ? paint(lead, 'dim', style) : ' '.repeat(lead.length)}${shown}`
  })
}
