/** The large stage track of the detail view: a button per cell, transposed on narrow screens by the style sheet, and a bar that is true to time. */
import type { Handshake } from '../src/contract/handshake.ts'
import { goTo, route, showTabs, type Tab } from './router.ts'
import { type Cell, type Column, describeTrack, hasProxySession, layTrack, type Track } from './stage-cells.ts'
import { TimeBar } from './time-bar.tsx'
import { offset } from './time-words.ts'
import { legWords } from './words.ts'

export function StageTrack({ handshake }: { readonly handshake: Handshake }) {
  const track = layTrack({ ...handshake, version: handshake.serverHello?.selectedVersion.name ?? null })
  const lanes = track.lanes.length
  return (
    <section class="card ladder" id="stages" aria-labelledby="stages-title">
      <div class="bar">
        <h2 class="h4" id="stages-title">
          {lanes === 1 ? 'Stages' : 'Stages on both legs'}
        </h2>
        <span class="sr">{describeTrack(track, handshake.outcome)}</span>
        <span class="grow" />
        <span class="hint">
          {hasProxySession(handshake) ? 'TLS with the proxy first; go’s own TLS runs inside it' : SESSION_WORDS[handshake.mode]}
        </span>
      </div>
      <div class="lg" style={{ '--lanes': String(lanes) }}>
        {track.lanes.map((lane, at) => (
          <LaneHead key={lane.leg} leg={lane.leg} row={at + 2} handshake={handshake} />
        ))}
        {track.columns.map((column, at) => (
          <ColumnCells key={column.label} track={track} column={column} at={at} handshake={handshake} />
        ))}
      </div>
      <TimeBar handshake={handshake} track={track} />
      <div class="key" aria-hidden="true">
        <Legend kind="passed" words="seen on the wire" />
        <Legend
          kind="hidden"
          words={handshake.mode === 'intercept' ? 'encrypted: decrypted here' : 'encrypted: inferred or from a probe'}
        />
        <Legend kind="failed" words="failed here" />
        <Legend kind="not-reached" words="not reached" />
      </div>
    </section>
  )
}

const SESSION_WORDS: Readonly<Record<Handshake['mode'], string>> = {
  observe: 'TLS runs end to end through the tunnel, so it spans both legs',
  intercept: 'Two TLS sessions, one on each leg',
  probe: 'A connection that whytls made itself',
}

function Legend({ kind, words }: { readonly kind: string; readonly words: string }) {
  return (
    <span>
      <i class={`cell ${kind}`} />
      {words}
    </span>
  )
}

function LaneHead({ leg, row, handshake }: { readonly leg: string; readonly row: number; readonly handshake: Handshake }) {
  return (
    <div class="lane" style={{ '--c': '1', '--r': String(row) }}>
      <b>{legWords(leg)}</b>
      <span class="address">{laneAddress(leg, handshake)}</span>
    </div>
  )
}

function laneAddress(leg: string, handshake: Handshake): string {
  if (leg === 'client') return handshake.client?.process ?? handshake.client?.address ?? ''
  const hop = handshake.route.at(-1)
  if (leg === 'parent') return hop?.address ?? ''
  return hop === undefined ? (handshake.target.address ?? 'direct') : 'through the proxy'
}

interface ColumnProps {
  readonly track: Track
  readonly column: Column
  readonly at: number
  readonly handshake: Handshake
}

function ColumnCells({ track, column, at, handshake }: ColumnProps) {
  const shared = track.spanning[at]
  const place = (row: number, rows: number) => ({ '--c': String(at + 2), '--r': String(row), '--s': String(rows) })
  return (
    <>
      <div class="head" style={place(1, 1)}>
        {column.label}
      </div>
      {shared && <StageCell cell={shared} column={column} handshake={handshake} place={place(2, track.lanes.length)} />}
      {!shared &&
        track.lanes.map((lane, row) => {
          const cell = lane.cells[at]
          return cell && <StageCell key={lane.leg} cell={cell} column={column} handshake={handshake} place={place(row + 2, 1)} />
        })}
    </>
  )
}

interface StageCellProps {
  readonly cell: Cell
  readonly column: Column
  readonly handshake: Handshake
  readonly place: Record<string, string>
}

function StageCell({ cell, column, handshake, place }: StageCellProps) {
  if (cell.status === 'absent') return <div class="cell absent" style={place} />
  const small = smallWords(cell, column, handshake)
  return (
    <button
      type="button"
      class={`cell ${cell.status}`}
      style={place}
      data-testid="stage"
      data-stage={cell.stage}
      data-leg={cell.leg}
      data-status={cell.status}
      onClick={() => openStage(handshake.id, column)}
    >
      <span class="sr">
        {column.label}, {legWords(cell.leg)}: {STATUS_WORDS[cell.status]}{' '}
      </span>
      {cell.status === 'failed' && <b aria-hidden="true">✕</b>}
      <span>{mainWords(cell)}</span>
      {small !== '' && <small>{small}</small>}
    </button>
  )
}

const STATUS_WORDS: Readonly<Record<Cell['status'], string>> = {
  passed: 'done',
  hidden: 'done, not seen in clear',
  failed: 'failed',
  waiting: 'waiting',
  'not-reached': 'not reached',
  absent: 'does not apply',
}

function mainWords(cell: Cell): string {
  if (cell.status === 'not-reached') return '–'
  if (cell.status === 'waiting') return 'waiting'
  if (cell.status === 'failed') return cell.atMs === null ? 'failed' : offset(cell.atMs)
  return cell.atMs === null ? 'done' : offset(cell.atMs)
}

function smallWords(cell: Cell, column: Column, handshake: Handshake): string {
  if (cell.status === 'failed') return failureWords(cell, handshake)
  if (cell.status !== 'passed' && cell.status !== 'hidden') return ''
  if (cell.status === 'hidden' && cell.source !== null && cell.source !== 'wire') return cell.source
  if (column.stage === 'client-hello') return 'go →'
  return column.stage === 'server-hello' || column.stage === 'certificate' ? '← server' : ''
}

/** How the failing stage ended, from who closed the connection. */
function failureWords(cell: Cell, handshake: Handshake): string {
  const { closed } = handshake
  if (cell.stage === 'dns' || cell.stage === 'tcp' || cell.stage === 'proxy-connect') return 'no way through'
  if (closed === null) return ''
  if (closed.how === 'timeout') return 'no answer'
  if (closed.by === 'us') return 'whytls ends it'
  if (closed.by === 'client') return cell.stage === 'client-hello' ? 'no answer' : 'go rejects'
  return closed.how === 'rst' ? 'reset' : 'closed'
}

function openStage(id: number, column: Column): void {
  const tab: Tab = STAGE_TABS[column.stage] ?? 'events'
  goTo({ view: 'handshake', q: route.value.q, id, tab, place: null })
  showTabs()
}

const STAGE_TABS: Readonly<Partial<Record<Column['stage'], Tab>>> = {
  'client-hello': 'bytes',
  'server-hello': 'bytes',
  certificate: 'certificates',
}
