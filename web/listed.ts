/** What the list shows now: the filter of the address bar, the grouping, and the items that result. */
import { computed, effect, signal } from '@preact/signals'
import { type Filter, FilterError } from '../src/filter/filter.ts'
import { makeMatcher } from '../src/filter/match.ts'
import { parseFilter } from '../src/filter/parse.ts'
import { type GroupBy, layList } from './grouping.ts'
import { keep, recall } from './kept.ts'
import { choose, chosenIn, route } from './router.ts'
import { edge, newestFirst, type Place, rowsDownTo, runOf } from './rows.ts'

const GROUP_PLACE = 'whytls.group'
const EVERYTHING: Filter = { kind: 'and', of: [] }
let lastValid: { readonly filter: Filter; readonly text: string } = { filter: EVERYTHING, text: '' }

export const groupBy = signal<GroupBy>('run')

/** Keys of the groups that are closed. */
export const collapsed = signal<ReadonlySet<string>>(new Set())

/** Its text: another view with the same filter is not filtered anew. */
const filterText = computed(() => route.value.q)

/** The filter in the address bar, read; an unreadable one keeps the last that could be read. */
export const filter = computed<{ readonly filter: Filter; readonly text: string; readonly error: FilterError | null }>(() => {
  try {
    lastValid = { filter: parseFilter(filterText.value, new Date()), text: filterText.value.trim() }
    return { ...lastValid, error: null }
  } catch (error) {
    if (!(error instanceof FilterError)) throw error
    return { ...lastValid, error }
  }
})

/** An unreadable text after a readable one changes nothing. */
const wanted = computed(() => filter.value.filter)
const matches = computed(() => makeMatcher(wanted.value))

/** Text of the filter that the list shows; "" = everything. */
export const listedText = computed(() => filter.value.text)

/** How far back an older match was searched for, and for which filter. */
export const searched = signal<{ readonly text: string; readonly to: Place | 'all' } | null>(null)

/** Down to where the list has every match. */
export const listedTo = computed(() => {
  const [found, held] = [searched.value, edge.value]
  return held !== null && found?.text === listedText.value ? found.to : held
})

/** Rows that pass the filter, newest first. Probes that repeat a failed connection show on its own page unless asked for. */
export const listedRows = computed(() => {
  const matcher = matches.value
  const showsProbes = /\bmode:probe\b/.test(filterText.value)
  const to = listedTo.value
  const rows = to === edge.value ? newestFirst.value : rowsDownTo(to)
  return rows.filter((row) => (row.probeOf === null || showsProbes) && matcher(row))
})

/** The lines of the list. */
export const lines = computed(() => layList(listedRows.value, { by: groupBy.value, collapsed: collapsed.value, runOf }))

/** All rows but repeating probes: what summary and chips count, whatever the filter. */
export const countedRows = computed(() => newestFirst.value.filter((row) => row.probeOf === null))

/** Open or close a group. */
export function toggleGroup(key: string): void {
  const next = new Set(collapsed.value)
  if (!next.delete(key)) next.add(key)
  collapsed.value = next
  choose('fold', [...next].map(encodeURIComponent).join(',') || null)
}

/** Close the groups that a link closes. @returns what ends it */
export function followFolds(): () => void {
  return effect(() => {
    const keys = chosenIn('fold')?.split(',').map(readKey)
    if (keys === undefined) return
    collapsed.value = new Set(keys)
    if (keys.some((key) => key.startsWith('host '))) groupBy.value = 'host'
  })
}

function readKey(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Choose how the list is grouped and remember it. */
export function groupList(by: GroupBy): void {
  groupBy.value = by
  keep(GROUP_PLACE, by)
}

/** Take the grouping of last time. */
export function recallGrouping(): void {
  const kept = recall(GROUP_PLACE)
  if (kept === 'run' || kept === 'host' || kept === 'none') groupBy.value = kept
}
