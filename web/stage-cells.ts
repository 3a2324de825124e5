/** The stage track as data: ten columns, one lane per leg, and which cells span all lanes. Small and large track, text and time bar read it. */
import type { Handshake, StageState } from '../src/contract/handshake.ts'
import type { Leg, Stage } from '../src/contract/terms.ts'

/** `hidden`: happened inside encryption, known from a probe or inferred. `absent`: this leg has no such stage. */
export type CellStatus = 'passed' | 'hidden' | 'failed' | 'waiting' | 'not-reached' | 'absent'

export interface Cell {
  readonly status: CellStatus
  readonly stage: Stage
  readonly leg: Leg
  readonly atMs: number | null
  readonly source: StageState['source'] | null
}

export interface Column {
  readonly label: string
  readonly stage: Stage
  /** The second column of a stage that is drawn as two. */
  readonly isSecond?: true
}

export interface Track {
  readonly columns: readonly Column[]
  readonly lanes: readonly { readonly leg: Leg; readonly cells: readonly (Cell | null)[] }[]
  /** One cell per column that belongs to all lanes (one TLS session end to end), null where lanes have their own. */
  readonly spanning: readonly (Cell | null)[]
  readonly failing: { readonly column: Column; readonly leg: Leg } | null
}

export type TrackSource = Pick<Handshake, 'mode' | 'outcome' | 'stages'> & { readonly version: string | null }

const BEFORE_TLS: readonly Column[] = [
  { label: 'DNS', stage: 'dns' },
  { label: 'TCP', stage: 'tcp' },
  { label: 'CONNECT', stage: 'proxy-connect' },
]
const FIRST_TLS_COLUMN = BEFORE_TLS.length

const TLS13: readonly Column[] = [
  ...BEFORE_TLS,
  { label: 'Client Hello', stage: 'client-hello' },
  { label: 'Server Hello', stage: 'server-hello' },
  { label: 'Encrypted Extensions', stage: 'server-hello', isSecond: true },
  { label: 'Certificate', stage: 'certificate' },
  { label: 'Certificate Verify', stage: 'key-exchange' },
  { label: 'Finished', stage: 'finished' },
  { label: 'App data', stage: 'application-data' },
]

const TLS12: readonly Column[] = [
  ...BEFORE_TLS,
  { label: 'Client Hello', stage: 'client-hello' },
  { label: 'Server Hello', stage: 'server-hello' },
  { label: 'Certificate', stage: 'certificate' },
  { label: 'Server Key Exchange', stage: 'key-exchange' },
  { label: 'Client Key Exchange', stage: 'key-exchange', isSecond: true },
  { label: 'Finished', stage: 'finished' },
  { label: 'App data', stage: 'application-data' },
]

/** The track of a handshake or of a row of the list. */
export function layTrack(seen: TrackSource): Track {
  const isOld = seen.version !== null && /1\.[012]\b|SSL/.test(seen.version) && !/1\.3/.test(seen.version)
  const columns = isOld ? TLS12 : TLS13
  const legs = legsOf(seen)
  const isOneSession = seen.mode !== 'intercept' && !hasProxySession(seen)
  const lanes = legs.map((leg) => ({
    leg,
    cells: columns.map((column, at) => (isOneSession && at >= FIRST_TLS_COLUMN ? null : cellOf(seen, column, [leg], isOld))),
  }))
  const spanning = columns.map((column, at) => (isOneSession && at >= FIRST_TLS_COLUMN ? cellOf(seen, column, legs, isOld) : null))
  return { columns, lanes, spanning, failing: findFailing(columns, lanes, spanning) }
}

/** TLS with an https parent proxy is a session of its own, on its own leg. */
export function hasProxySession({ stages }: Pick<TrackSource, 'stages'>): boolean {
  return stages.some(({ leg, stage }) => leg === 'parent' && stage === 'client-hello')
}

/** "fails at Certificate, leg upstream", "all stages passed", "waiting at Server Hello". */
export function describeTrack(track: Track, outcome: Handshake['outcome']): string {
  if (track.failing !== null) return `fails at ${track.failing.column.label}, leg ${track.failing.leg}`
  if (outcome === 'passed') return 'all stages passed'
  const waitingAt = track.columns.find((_, at) => cellsAt(track, at).some((cell) => cell.status === 'waiting'))
  if (waitingAt !== undefined) return `waiting at ${waitingAt.label}`
  return outcome === 'aborted' ? 'ended before it was done' : 'no stage failed'
}

/** All cells of a column, from the first lane on. */
export function cellsAt(track: Track, at: number): readonly Cell[] {
  const shared = track.spanning[at]
  if (shared) return [shared]
  return track.lanes.flatMap((lane) => lane.cells[at] ?? [])
}

function legsOf(seen: TrackSource): readonly Leg[] {
  const hasParent = seen.stages.some((state) => state.leg === 'parent')
  const fromGo: readonly Leg[] = seen.mode === 'probe' ? [] : ['client']
  return [...fromGo, ...(hasParent ? (['parent'] as const) : []), 'upstream']
}

function cellOf(seen: TrackSource, column: Column, legs: readonly Leg[], isOld: boolean): Cell {
  const states = seen.stages.filter((state) => state.stage === column.stage && legs.includes(state.leg))
  const state = states.find((each) => each.status === 'failed') ?? states.at(-1)
  const leg = state?.leg ?? legs.at(-1) ?? 'upstream'
  if (state === undefined) return { status: 'absent', stage: column.stage, leg, atMs: null, source: null }
  const status = column.isSecond ? secondStatus(state, isOld) : statusOf(seen, state)
  return { status, stage: column.stage, leg, atMs: column.isSecond && !isOld ? null : state.atMs, source: state.source }
}

function statusOf(seen: TrackSource, state: StageState): CellStatus {
  if (state.status === 'failed') return 'failed'
  if (state.status === 'not-seen') return 'hidden'
  if (state.status === 'passed') return state.source === 'wire' ? 'passed' : 'hidden'
  return seen.outcome === 'open' && isNext(seen, state) ? 'waiting' : 'not-reached'
}

/** EncryptedExtensions (1.3) and ClientKeyExchange (1.2) end the stage that their neighbour begins. */
function secondStatus(state: StageState, isOld: boolean): CellStatus {
  if (state.status === 'passed') return isOld && state.source === 'wire' ? 'passed' : 'hidden'
  return state.status === 'not-seen' ? 'hidden' : 'not-reached'
}

/** An open handshake waits for the first stage beyond go's own leg that has not passed. */
function isNext(seen: TrackSource, state: StageState): boolean {
  const ahead = seen.stages.find((each) => each.leg !== 'client' && each.status === 'not-reached')
  return ahead === state
}

function findFailing(columns: readonly Column[], lanes: Track['lanes'], spanning: Track['spanning']): Track['failing'] {
  for (const [at, column] of columns.entries()) {
    const cells = [spanning[at], ...lanes.map((lane) => lane.cells[at])]
    const failed = cells.find((cell) => cell?.status === 'failed')
    if (failed) return { column, leg: failed.leg }
  }
  return null
}
