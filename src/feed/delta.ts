/** Read what changed after a `seq`. */
import type { Run } from '../contract/document.ts'
import type { HandshakeRow, Store } from '../store/store.ts'
import { takeFitting } from './fitting.ts'

export interface Delta {
  /** Everything up to here is in this delta or in earlier ones. */
  readonly to: number
  readonly rows: readonly HandshakeRow[]
  readonly runs: readonly Run[]
  readonly isMore: boolean
}

/** At most 200 rows, fewer of long ones, and 50 runs. The upper end is read first: what another process writes between the two queries belongs to the next delta. */
export function readDelta(store: Store, from: number): Delta {
  const now = store.seq()
  if (now <= from) return { to: from, rows: [], runs: [], isMore: false }
  const changed = store.changedSince(from, MAX_ROWS)
  const rows = takeFitting(changed)
  const runs = store.changedRunsSince(from, MAX_RUNS)
  const isCut = rows.length < changed.length
  const to = Math.min(now, fullUpTo(rows, isCut ? 0 : MAX_ROWS), fullUpTo(runs, MAX_RUNS))
  return {
    to,
    rows: rows.filter(({ seq }) => seq <= to),
    runs: runs.filter(({ seq }) => seq <= to).map(({ run }) => run),
    isMore: to < now,
  }
}

function fullUpTo(page: readonly { readonly seq: number }[], limit: number): number {
  return page.length < limit ? Number.POSITIVE_INFINITY : (page.at(-1)?.seq ?? 0)
}

const MAX_ROWS = 200
const MAX_RUNS = 50
