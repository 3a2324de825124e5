/** The list as a flat sequence of group heads and rows, in the order in which they are drawn. Pure. */
import type { Run } from '../src/contract/document.ts'
import type { HandshakeRow } from '../src/store/store.ts'

export type GroupBy = 'run' | 'host' | 'none'

export interface GroupHead {
  readonly kind: 'group'
  readonly key: string
  readonly run: Run | null
  /** The host when grouped by host, null otherwise. */
  readonly host: string | null
  readonly rows: number
  readonly failed: number
  /** Distinct causes of its failed rows. */
  readonly causes: readonly string[]
  readonly isOpen: boolean
}

export interface ListedRow {
  readonly kind: 'row'
  readonly key: string
  readonly row: HandshakeRow
  /** Ids of the attempts of the same run, host and cause that this row stands for, newest first. */
  readonly attempts: readonly number[]
}

export type ListItem = GroupHead | ListedRow

interface Grouping {
  readonly by: GroupBy
  readonly collapsed: ReadonlySet<string>
  readonly runOf: (id: number) => Run | undefined
}

/** Lay out rows (newest first) as list items: groups in the order of their newest row, retries folded into one row. */
export function layList(rows: readonly HandshakeRow[], grouping: Grouping): readonly ListItem[] {
  if (grouping.by === 'none') return foldRetries(rows)
  const groups = new Map<string, HandshakeRow[]>()
  for (const row of rows) {
    const key = grouping.by === 'host' ? `host ${row.host}` : ownerKey(row)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  return [...groups].flatMap(([key, group]) => layGroup(key, group, grouping))
}

/** Group of handshakes that `whytls probe` made. */
export const PROBES = 'probe'

/** Group of handshakes that came out of capture files. */
export const IMPORTS = 'import'

/** The run; else whether whytls itself made the handshake, or a client that was pointed at it. */
function ownerKey({ runId, mode, imported }: HandshakeRow): string {
  if (runId !== null) return `run ${runId}`
  if (imported !== undefined) return IMPORTS
  return mode === 'probe' ? PROBES : 'run none'
}

/** Distinct causes of failed rows, most frequent first, with how often each was met. */
export function countCauses(rows: readonly HandshakeRow[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>()
  for (const row of rows) {
    if (row.outcome === 'failed' && row.cause !== null) counts.set(row.cause, (counts.get(row.cause) ?? 0) + 1)
  }
  return [...counts].sort((a, b) => b[1] - a[1])
}

function layGroup(key: string, rows: readonly HandshakeRow[], grouping: Grouping): readonly ListItem[] {
  const runId = rows[0]?.runId ?? null
  const isOpen = !grouping.collapsed.has(key)
  const head: GroupHead = {
    kind: 'group',
    key,
    run: grouping.by === 'run' && runId !== null ? (grouping.runOf(runId) ?? null) : null,
    host: grouping.by === 'host' ? (rows[0]?.host ?? null) : null,
    rows: rows.length,
    failed: rows.filter((row) => row.outcome === 'failed').length,
    causes: countCauses(rows).map(([cause]) => cause),
    isOpen,
  }
  return isOpen ? [head, ...foldRetries(rows)] : [head]
}

function foldRetries(rows: readonly HandshakeRow[]): readonly ListedRow[] {
  const lines: ListedRow[] = []
  const attemptsOf = new Map<string, number[]>()
  for (const row of rows) {
    const key = retryKey(row)
    const known = key === null ? undefined : attemptsOf.get(key)
    if (known !== undefined) {
      known.push(row.id)
      continue
    }
    const attempts = [row.id]
    if (key !== null) attemptsOf.set(key, attempts)
    lines.push({ kind: 'row', key: `h${row.id}`, row, attempts })
  }
  return lines
}

/** Attempts of one run at one host that failed for one cause share a key; null for every other row. */
function retryKey(row: HandshakeRow): string | null {
  const isRetry = row.runId !== null && row.outcome === 'failed' && row.cause !== null
  return isRetry ? `${row.runId} ${row.host}:${row.port} ${row.cause}` : null
}
