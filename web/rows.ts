/** The rows and runs that this page holds, in the order of the database; one signal tells that they changed. */
import { computed, signal } from '@preact/signals'
import type { Run } from '../src/contract/document.ts'
import type { HandshakeRow } from '../src/store/store.ts'

const rows = new Map<number, HandshakeRow>()
const runs = new Map<number, Run>()
/** The rows once more, by time and then id. New ones come at its end, so that it is hardly ever sorted. */
let oldestFirst: HandshakeRow[] = []
let highestId = 0

/** Raised after each change; reading it makes a component follow the rows. */
export const revision = signal(0)

/** How many handshakes the server has; the page may hold fewer. */
export const total = signal(0)

/** A place in the order of the list. */
export type Place = Pick<HandshakeRow, 'id' | 'startedAt'>

/**
 * Down to where this page holds every row: the last row of a stretch without a hole, or all. Older ones that it holds, too, are those that changed
 * or that a search found. Null while a snapshot is on its way.
 */
export const edge = signal<Place | 'all' | null>(null)

/** Raised by each snapshot that is complete. */
export const snapshots = signal(0)

/** False until the first snapshot is here. */
export const isFilled = signal(false)

/** All rows down to the edge, newest first. */
export const newestFirst = computed<readonly HandshakeRow[]>(() => rowsDownTo(edge.value))

/** Rows down to a place, newest first. */
export function rowsDownTo(last: Place | 'all' | null): readonly HandshakeRow[] {
  revision.value
  return oldestFirst.slice(last === 'all' || last === null ? 0 : placeOf(last)).reverse()
}

/** All runs, newest first. */
export const newestRuns = computed<readonly Run[]>(() => {
  revision.value
  return [...runs.values()].sort((a, b) => b.id - a.id)
})

export function rowOf(id: number): HandshakeRow | undefined {
  return rows.get(id)
}

export function runOf(id: number): Run | undefined {
  return runs.get(id)
}

/** Forget everything: another database, or another server. */
export function dropRows(): void {
  rows.clear()
  runs.clear()
  oldestFirst = []
  highestId = 0
  edge.value = null
  revision.value++
}

/** A snapshot is complete: what is held is the newest there is. */
export function closeSnapshot(): void {
  edge.value = rows.size >= total.value ? 'all' : (oldestFirst[0] ?? 'all')
  snapshots.value++
}

/** Add or replace rows and runs by id. A row with a smaller `seq` than the one held is old news.
 *  @param isMoreComing the list is drawn again only once the rest is here */
export function holdRows(changed: readonly HandshakeRow[], changedRuns: readonly Run[], isMoreComing = false): void {
  const fresh: HandshakeRow[] = []
  let isMoved = false
  for (const row of changed) {
    const held = rows.get(row.id)
    if (held !== undefined && held.seq > row.seq) continue
    rows.set(row.id, row)
    highestId = Math.max(highestId, row.id)
    const at = held === undefined ? -1 : placeOf(held)
    if (held === undefined) fresh.push(row)
    else if (oldestFirst[at] === held && held.startedAt === row.startedAt) oldestFirst[at] = row
    else isMoved = true
  }
  if (isMoved) oldestFirst = [...rows.values()].sort(inTime)
  else addInTime(fresh.sort(inTime))
  for (const run of changedRuns) runs.set(run.id, run)
  total.value = edge.value === 'all' ? rows.size : Math.max(total.value, rows.size)
  if (!isMoreComing) revision.value++
}

/** Raise `total` by the rows that the server did not have yet when it was at `seq`. To be called before they are held. */
export function countNew(changed: readonly HandshakeRow[], seq: number): void {
  total.value += changed.filter((row) => row.seq > seq && row.id > highestId).length
}

function addInTime(fresh: readonly HandshakeRow[]): void {
  const [first] = fresh
  const newest = oldestFirst.at(-1)
  if (first === undefined) return
  if (newest === undefined || inTime(newest, first) < 0) for (const row of fresh) oldestFirst.push(row)
  else oldestFirst = [...fresh, ...oldestFirst].sort(inTime)
}

/** Where a held row stands. */
function placeOf(row: Place): number {
  let low = 0
  let high = oldestFirst.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    const other = oldestFirst[middle]
    if (other !== undefined && inTime(other, row) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** The order of the database: by time, then id. */
function inTime(a: Place, b: Place): number {
  if (a.startedAt !== b.startedAt) return a.startedAt < b.startedAt ? -1 : 1
  return a.id - b.id
}
