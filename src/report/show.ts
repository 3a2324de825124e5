/** `whytls show`: one handshake, or one run. */
import type { Diagnosis } from '../contract/diagnosis.ts'
import type { Document, Run } from '../contract/document.ts'
import type { Handshake } from '../contract/handshake.ts'
import { counted, inTime } from '../diagnosis/units.ts'
import type { SeenMessage } from '../handshake/transcript.ts'
import { printable } from './escape.ts'
import { wrap } from './layout.ts'
import { chainLines, chainSummary } from './show-chain.ts'
import { fieldLines } from './show-fields.ts'
import { diagnosisLines } from './show-fixes.ts'
import { httpLines } from './show-http.ts'
import { negotiationLines } from './show-negotiation.ts'
import { parentChainLines, parentTlsLines } from './show-parent.ts'
import { timingLines } from './show-timing.ts'
import { glyphs, paint, type Style } from './style.ts'
import { trialTable } from './trial-lines.ts'
import { legName, routeOf, STAGE_NAMES, targetOf } from './words.ts'

export interface ShowInput {
  readonly handshake: Handshake
  readonly diagnosis: Diagnosis | null
  readonly run: Run | null
  /** Its messages with their octets, for all fields; absent where they are not asked for. */
  readonly messages?: readonly SeenMessage[]
}

export interface ShowOptions {
  /** Draw the chain only. */
  readonly chain: boolean
  /** Whole lists, every certificate field, records. */
  readonly full: boolean
}

/** Everything about one handshake. Ends in a line break. */
export function showHandshake(input: ShowInput, options: ShowOptions, style: Style): string {
  const { handshake, diagnosis } = input
  const head = headLines(input, style)
  const sections = options.chain
    ? [chainLines(handshake, options.full, style), parentChainLines(handshake, options.full, style)]
    : [
        timingLines(handshake, style),
        diagnosis === null ? [] : diagnosisLines(diagnosis, style),
        handshake.trials.length === 0 ? [] : trialTable(handshake.trials, style).map((line, at) => (at === 0 ? `  ${line}` : line)),
        parentTlsLines(handshake, options.full, style),
        httpLines(handshake, options.full, style),
        [...negotiationLines(handshake, options.full, style), ...tail(handshake, options.full, style)],
        options.full
          ? [...chainLines(handshake, true, style), ...recordLines(handshake), ...fieldLines(handshake, input.messages ?? [], style)]
          : [],
      ]
  const drawn = [head, ...sections].filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
  return `${drawn.join('\n\n')}\n`
}

/** A run: its command, each cause, each handshake on a line. Ends in a line break. */
export function showRun(document: Document, style: Style): string {
  const { run, diagnoses, handshakes, warnings } = document
  const head = run === null ? [] : [runLine(run, style)]
  const causes = diagnoses.flatMap((diagnosis) => [
    paint(
      printable(
        `error[${diagnosis.cause}]: ${diagnosis.host}:${diagnosis.port}, ${counted(diagnosis.count, 'handshake')}: ${listedIds(diagnosis.handshakes)}`,
        style,
      ),
      'bad',
      style,
    ),
    ...diagnosisLines(diagnosis, style),
    '',
  ])
  const notes = warnings.map(({ code, text, host }) => printable(`warning[${code}]: ${host === null ? '' : `${host}, `}${text}`, style))
  const lines = handshakes.map((handshake) => handshakeLine(handshake, style))
  return `${[...head, ...(head.length > 0 ? [''] : []), ...causes, ...notes, ...lines].join('\n')}\n`
}

function headLines({ handshake, diagnosis, run }: ShowInput, style: Style): readonly string[] {
  const started = handshake.startedAt.slice(0, 19).replace('T', ' ')
  const of = run === null ? '' : `  run ${run.id}: ${run.argv.join(' ')}`
  const probe = handshake.probeOf === null ? '' : `  ${handshake.mode === 'intercept' ? 'client leg' : 'probe'} of #${handshake.probeOf}`
  const first = wrap(printable(`#${handshake.id}  ${targetOf(handshake)}  ${started}${of}${probe}`, style), Math.max(40, style.columns))
  return [...first, ...verdictLines(handshake, diagnosis, style)]
}

function verdictLines(handshake: Handshake, diagnosis: Diagnosis | null, style: Style): readonly string[] {
  const lines = wrap(printable(verdict(handshake, diagnosis, style), style), Math.max(40, style.columns))
  return diagnosis === null ? lines : lines.map((line) => paint(line, 'bad', style))
}

function verdict(handshake: Handshake, diagnosis: Diagnosis | null, style: Style): string {
  const signs = glyphs(style)
  if (diagnosis === null) return `${outcomeSign(handshake, style)} ${handshake.outcome}, ${routeOf(handshake)}`
  const stage = diagnosis.stage === null ? '' : STAGE_NAMES[diagnosis.stage]
  const leg = diagnosis.leg === null ? '' : `, leg ${legName(diagnosis.leg, style)}`
  return `${signs.failed} ${stage}${leg}: ${diagnosis.cause} (${diagnosis.confidence})`
}

function outcomeSign({ outcome }: Handshake, style: Style): string {
  const signs = glyphs(style)
  if (outcome === 'passed') return signs.passed
  return outcome === 'failed' ? signs.failed : signs.notReached
}

function tail(handshake: Handshake, full: boolean, style: Style): readonly string[] {
  const alerts = handshake.alerts.map(({ sender, name, code, how }) => `${sender} ${name} (${code ?? '?'}, ${how})`).join('; ')
  const closed =
    handshake.closed === null ? '' : `by ${handshake.closed.by}, ${handshake.closed.how}, after ${inTime(handshake.closed.atMs)}`
  const reply = handshake.proxyConnect
  const rows: readonly (readonly [string, string])[] = [
    ['chain', `${chainSummary(handshake)}${full || handshake.certificates === null ? '' : `: whytls show ${handshake.id} --chain`}`],
    ['alerts', alerts],
    ['closed', closed],
    ['CONNECT', reply === null ? '' : `${reply.status} ${reply.reason}`],
    ['export', `whytls export ${handshake.id} --json`],
  ]
  return rows
    .filter(([, value]) => value !== '')
    .flatMap(([label, value]) =>
      wrap(printable(value, style), Math.max(28, Math.min(style.columns, 80) - 12)).map(
        (line, at) => `${(at === 0 ? `  ${label}` : '').padEnd(12)}${line}`,
      ),
    )
}

function recordLines(handshake: Handshake): readonly string[] {
  if (handshake.records.length === 0) return []
  const rows = handshake.records.map(({ n, dir, atMs, contentType, version, lengthBytes }) => {
    const way = dir === 'client-to-server' ? 'go -> server' : 'server -> go'
    return `  ${String(n).padStart(4)}  ${inTime(atMs).padStart(9)}  ${way}  type ${contentType}  version ${version}  ${lengthBytes} bytes`
  })
  return ['', '  records', ...rows]
}

function runLine(run: Run, style: Style): string {
  const ended = run.exitCode === null ? (run.signal ?? 'running') : `exit ${run.exitCode}`
  const took = run.durationMs === null ? '' : `, ${inTime(run.durationMs)}`
  const go = run.go === null ? '' : `, ${run.go.version}`
  return printable(`run ${run.id}  ${run.startedAt.slice(0, 19).replace('T', ' ')}  ${run.argv.join(' ')}  (${ended}${took}${go})`, style)
}

function handshakeLine(handshake: Handshake, style: Style): string {
  const version = handshake.serverHello?.selectedVersion.name ?? 'no ServerHello'
  const probe = handshake.probeOf === null ? '' : `  probe of #${handshake.probeOf}`
  return printable(`  ${outcomeSign(handshake, style)} #${handshake.id}  ${targetOf(handshake)}  ${version}${probe}`, style)
}

const MOST_IDS = 6

/** "#3 #4 #5 and 27 more" */
function listedIds(ids: readonly number[]): string {
  const shown = ids
    .slice(0, MOST_IDS)
    .map((id) => `#${id}`)
    .join(' ')
  return ids.length > MOST_IDS ? `${shown} and ${ids.length - MOST_IDS} more` : shown
}
