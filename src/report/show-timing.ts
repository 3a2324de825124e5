/** The times of each stage as a small table: when it was passed, in ms since the connection's start. */
import type { Handshake, StageState } from '../contract/handshake.ts'
import { type Leg, STAGES, type Stage } from '../contract/terms.ts'
import { padEnd, padStart } from './layout.ts'
import { glyphs, type Style } from './style.ts'
import { legName, STAGE_NAMES } from './words.ts'

const LABEL = 22
const NARROW = 76

/** The table; below 76 columns a list. */
export function timingLines(handshake: Handshake, style: Style): readonly string[] {
  const legs = LEGS.filter((leg) => handshake.stages.some((state) => state.leg === leg))
  if (legs.length === 0) return []
  if (style.columns < NARROW) return listLines(handshake, style)
  const head = `${' '.repeat(LABEL)}${STAGES.map((stage) => padStart(SHORT[stage], WIDTHS[stage])).join('')}`
  return [head.trimEnd(), ...legs.map((leg) => row(leg, handshake, style))]
}

function row(leg: Leg, handshake: Handshake, style: Style): string {
  const label = padEnd(`  ${legName(leg, style)}${leg === 'client' ? ' ms' : ''}`, LABEL)
  const drawn = STAGES.map((stage) => padStart(cell(find(handshake, leg, stage), style), WIDTHS[stage]))
  return (label + drawn.join('')).trimEnd()
}

function listLines(handshake: Handshake, style: Style): readonly string[] {
  return handshake.stages
    .filter(({ status }) => status === 'passed' || status === 'failed')
    .map((state) => `  ${padEnd(STAGE_NAMES[state.stage], 13)} ${padStart(cell(state, style), 9)}  ${legName(state.leg, style)}`)
}

function cell(state: StageState | undefined, style: Style): string {
  if (state === undefined) return ''
  const signs = glyphs(style)
  const time = state.atMs === null ? '' : shortTime(state.atMs)
  if (state.status === 'failed') return `${time}${style.unicode || time === '' ? '' : ' '}${signs.failed}`
  if (state.status === 'passed') return time || signs.passed
  return state.status === 'not-reached' ? signs.notReached : '-'
}

function shortTime(ms: number): string {
  return ms < 1000 ? ms.toFixed(1) : `${(ms / 1000).toFixed(1)}s`
}

function find(handshake: Handshake, leg: Leg, stage: Stage): StageState | undefined {
  return handshake.stages.find((state) => state.leg === leg && state.stage === stage)
}

const LEGS: readonly Leg[] = ['client', 'parent', 'upstream']
const SHORT: Readonly<Record<Stage, string>> = {
  dns: 'DNS',
  tcp: 'TCP',
  'proxy-connect': 'CONN',
  'client-hello': 'CHello',
  'server-hello': 'SHello',
  certificate: 'Cert',
  'key-exchange': 'KeyEx',
  finished: 'Fin',
  'application-data': 'App',
}
const WIDTHS: Readonly<Record<Stage, number>> = {
  dns: 5,
  tcp: 6,
  'proxy-connect': 6,
  'client-hello': 8,
  'server-hello': 8,
  certificate: 6,
  'key-exchange': 7,
  finished: 6,
  'application-data': 5,
}
