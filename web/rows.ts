/** The rows and runs that this page holds. Plain maps; one signal tells that they changed. */
import { computed, signal } from '@preact/signals'
import type { Run } from '../src/contract/document.ts'
import type { HandshakeRow } from '../src/store/store.ts'

const rows = new Map<number, HandshakeRow>()
const runs = new Map<number, Run>()

/** Raised after each change; reading it makes a component follow the rows. */
export const revision = signal(0)

/** How many handshakes the server has; the page may hold fewer. */
export const total = signal(0)

/** False until the first snapshot is here. */
export const isFilled = signal(false)

/** All rows, newest first. */
export const newestFirst = computed<readonly HandshakeRow[]>(() => {
  revision.value
  return [...rows.values()].sort((a, b) => b.id - a.id)
})

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
  revision.value++
}

/** Add or replace rows and runs by id. A row with a smaller `seq` than the one held is old news.
 *  @param isMoreComing the list is drawn again only once the rest is here */
export function holdRows(changed: readonly HandshakeRow[], changedRuns: readonly Run[], isMoreComing = false): void {
  for (const row of changed) {
    if ((rows.get(row.id)?.seq ?? -1) <= row.seq) rows.set(row.id, row)
  }
  for (const run of changedRuns) runs.set(run.id, run)
  total.value = Math.max(total.value, rows.size)
  if (!isMoreComing) revision.value++
}
