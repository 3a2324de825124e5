/** Tries with changed ClientHellos as a table, and one line for each as it ends. */
import type { Trial } from '../contract/handshake.ts'
import type { HelloTry } from '../diagnosis/observation.ts'
import { counted, inCount, inTime } from '../diagnosis/units.ts'
import { printable } from './escape.ts'
import { padEnd, padStart } from './layout.ts'
import { glyphs, paint, type Style } from './style.ts'
import { firstThatHelps, nameChange, nameEnd } from './trial-words.ts'

const NAME = 26
const SIZE = 8

/** `  no ML-KEM                   300 B  ✓  41 ms` */
export function tryLine(trial: Pick<Trial, 'change' | 'wireBytes'>, met: HelloTry, style: Style): string {
  const isPassed = met.met === 'server-hello'
  const signs = glyphs(style)
  const how = isPassed
    ? inTime(met.afterMs)
    : `${nameEnd(met.alert === null ? met.met : `${met.met} ${met.alert}`)}, ${inTime(met.afterMs)}`
  return `${head(trial, style)}  ${paint(isPassed ? signs.passed : signs.failed, isPassed ? 'good' : 'bad', style)}  ${how}`
}

/** The table of all changes; the first that always passes is pointed at. */
export function trialTable(trials: readonly Trial[], style: Style, durationMs: number | null = null): readonly string[] {
  const total = trials.reduce((sum, { results }) => sum + results.length, 0)
  const took = durationMs === null ? '' : `, ${inTime(durationMs)}`
  const helps = firstThatHelps(trials)
  return [
    `bisect: what makes it pass? ${counted(total, 'try').replace(/trys$/, 'tries')}${took}`,
    ...trials.map((trial) => row(trial, helps, style)),
  ]
}

function row(trial: Trial, helps: Trial | undefined, style: Style): string {
  const signs = glyphs(style)
  const marks = trial.results.map((result) => (result === 'passed' ? signs.passed : signs.failed)).join(' ')
  const told = trial.results.every((result) => result === 'passed') ? '' : (trial.met ?? '').split(', ').map(nameEnd).join(', ')
  const time = trial.medianMs === null ? '' : inTime(trial.medianMs)
  const how = [told, time].filter((word) => word !== '').join(', ')
  const line = `${head(trial, style)}  ${padEnd(marks, style.unicode ? 5 : 14)}  ${printable(how, style)}`
  return trial === helps ? `${padEnd(line, 62)}  <- first change that works` : line.trimEnd()
}

function head({ change, wireBytes }: Pick<Trial, 'change' | 'wireBytes'>, style: Style): string {
  return `  ${padEnd(printable(nameChange(change), style), NAME)}${padStart(`${inCount(wireBytes)} B`, SIZE)}`
}
