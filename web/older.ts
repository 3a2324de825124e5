/** What the server has behind the rows of this page: fetched on scrolling, and searched as soon as a filter is set. */
import { batch, computed, effect, signal } from '@preact/signals'
import type { HandshakeRow } from '../src/store/store.ts'
import { fetchOlder, RequestFailed } from './api.ts'
import { listedRows, listedText, listedTo, searched } from './listed.ts'
import { edge, holdRows, rowOf, snapshots } from './rows.ts'

const AT_ONCE = 500
/** Keys in a row ask once. */
const SETTLED_MS = 200

const work = signal<'more' | 'busy' | 'failed'>('more')
/** Raised by another filter or another snapshot: what was asked before is then no answer. */
let round = 0

/** `none`: the list has every row, or every match. */
export const older = computed(() => (listedTo.value === 'all' || listedTo.value === null ? 'none' : work.value))

/** From now on search for older matches of each filter. @returns what ends it */
export function searchOlder(): () => void {
  return effect(() => {
    snapshots.value
    const isWanted = listedText.value !== '' && typeof edge.peek() === 'object'
    round++
    searched.value = null
    work.value = isWanted ? 'busy' : 'more'
    if (!isWanted) return
    const timer = setTimeout(() => void fetchOlderRows(), SETTLED_MS)
    return () => clearTimeout(timer)
  })
}

/** Fetch, page by page, until about a page more is listed or nothing is left. */
export async function fetchOlderRows(): Promise<void> {
  const mine = ++round
  const goal = listedRows.peek().length + AT_ONCE
  work.value = 'busy'
  try {
    while (older.peek() !== 'none' && listedRows.peek().length < goal) {
      if (!(await fetchPage(() => mine === round))) return
    }
    work.value = 'more'
  } catch (failure) {
    if (!(failure instanceof RequestFailed)) throw failure
    if (mine === round) work.value = 'failed'
  }
}

/** Whether a handshake began before what the list has. */
export function isBehindList(id: number): boolean {
  const [last, row] = [listedTo.peek(), rowOf(id)]
  return row !== undefined && last !== null && last !== 'all' && row.startedAt < last.startedAt
}

/** The next failure behind the open row, or behind what the list has; null when there is none. */
export async function findOlderFailure(openId: number | null): Promise<HandshakeRow | null> {
  const last = listedTo.peek()
  if (last === 'all' || last === null) return null
  const from = openId !== null && isBehindList(openId) ? { id: openId } : last
  const text = listedText.peek()
  try {
    const [row = null] = await fetchOlder(from.id, 1, `status:failed -mode:probe${text === '' ? '' : ` (${text})`}`)
    if (row !== null) holdRows([row], [])
    return row
  } catch (failure) {
    if (!(failure instanceof RequestFailed)) throw failure
    return null
  }
}

/** One page behind what the list has. @returns false when it came too late */
async function fetchPage(isWanted: () => boolean): Promise<boolean> {
  const [text, from] = [listedText.peek(), listedTo.peek()]
  if (from === null || from === 'all') return true
  const rows = await fetchOlder(from.id, AT_ONCE, text)
  if (!isWanted()) return false
  const last = rows.at(-1)
  const to = last === undefined || rows.length < AT_ONCE ? 'all' : { id: last.id, startedAt: last.startedAt }
  batch(() => {
    if (text === '') edge.value = to
    else searched.value = { text, to }
    holdRows(rows, [])
  })
  return true
}
