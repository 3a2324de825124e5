/** What failed rows failed of. Pure. */
import type { HandshakeRow } from '../src/store/store.ts'

/** Distinct causes of failed rows, most frequent first, with how often each was met. */
export function countCauses(rows: readonly HandshakeRow[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>()
  for (const row of rows) {
    if (row.outcome === 'failed' && row.cause !== null) counts.set(row.cause, (counts.get(row.cause) ?? 0) + 1)
  }
  return [...counts].sort((a, b) => b[1] - a[1])
}
