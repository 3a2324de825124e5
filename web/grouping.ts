/** The list as a flat sequence of group heads and rows, in the order in which they are drawn. Pure. */
import type { Run } from '../src/contract/document.ts'
import type { HandshakeRow } from '../src/store/store.ts'
import { ListLines, type Section } from './list-lines.ts'

export type GroupBy = 'run' | 'host' | 'none'

interface Grouping {
  readonly by: GroupBy
  readonly collapsed: ReadonlySet<string>
  readonly runOf: (id: number) => Run | undefined
}

/** Lay out rows (newest first) as the lines of the list: groups in the order of their newest row, retries folded into one row. */
export function layList(rows: readonly HandshakeRow[], grouping: Grouping): ListLines {
  const { by, collapsed, runOf } = grouping
  if (by === 'none') return new ListLines([{ head: null, rows, ...foldRetries(rows) }])
  const sections: Section[] = []
  for (const [key, group] of groupRows(rows, by === 'host' ? ({ host }) => `host ${host}` : ownerKey)) {
    const isOpen = !collapsed.has(key)
    const { runId = null, host = null } = group[0] ?? {}
    const run = by === 'run' && runId !== null ? (runOf(runId) ?? null) : null
    const head = { key, run, host: by === 'host' ? host : null, isOpen }
    sections.push({ head, rows: group, ...(isOpen ? foldRetries(group) : CLOSED) })
  }
  return new ListLines(sections)
}

const CLOSED = { leads: [], attempts: new Map() }

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

function groupRows(rows: readonly HandshakeRow[], keyOf: (row: HandshakeRow) => string): ReadonlyMap<string, readonly HandshakeRow[]> {
  const groups = new Map<string, HandshakeRow[]>()
  for (const row of rows) {
    const key = keyOf(row)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  return groups
}

/** The newest row of each set of attempts, and the attempts of those that have several. */
function foldRetries(rows: readonly HandshakeRow[]): Pick<Section, 'leads' | 'attempts'> {
  const leads: HandshakeRow[] = []
  const attempts = new Map<number, number[]>()
  const leadOf = new Map<string, number>()
  for (const row of rows) {
    const key = retryKey(row)
    const lead = key === null ? undefined : leadOf.get(key)
    if (lead === undefined) {
      leads.push(row)
      if (key !== null) leadOf.set(key, row.id)
      continue
    }
    const known = attempts.get(lead)
    if (known === undefined) attempts.set(lead, [lead, row.id])
    else known.push(row.id)
  }
  return { leads, attempts }
}

/** Attempts of one run at one host that failed for one cause share a key; null for every other row. */
function retryKey(row: HandshakeRow): string | null {
  const isRetry = row.runId !== null && row.outcome === 'failed' && row.cause !== null
  return isRetry ? `${row.runId} ${row.host}:${row.port} ${row.cause}` : null
}
