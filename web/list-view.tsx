// biome-ignore-all lint/a11y/useFocusableInteractive: rows lie absolute in a virtual grid, which has the focus and names its active row
// biome-ignore-all lint/a11y/useSemanticElements: rows lie absolute in a virtual grid, which has the focus and names its active row
/** The list of handshakes: filter, grid of virtual rows, and the line beneath. */
import { useComputed, useSignal } from '@preact/signals'
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { announce } from './announce.ts'
import { FilterBox } from './filter-box.tsx'
import { isHelpShown } from './help-dialog.tsx'
import { inlined } from './inlined.ts'
import type { ListItem } from './list-lines.ts'
import { GroupLine, HandshakeLine } from './list-row.tsx'
import { countedRows, lines, listedRows, toggleGroup } from './listed.ts'
import { fetchOlderRows, findOlderFailure, isBehindList, older } from './older.ts'
import { OlderNote } from './older-note.tsx'
import { goTo, linkToHandshake, route } from './router.ts'
import { isFilled, newestFirst, total } from './rows.ts'
import { count } from './time-words.ts'
import { ROW_HEIGHT, useVirtualRows } from './virtual-rows.ts'

/** More than are ever drawn at once. */
const RING = 64

export function ListView() {
  return (
    <section class="pane list" aria-label="Handshakes">
      <FilterBox />
      <Grid />
      <Foot />
    </section>
  )
}

function Grid() {
  const scroller = useRef<HTMLDivElement>(null)
  const list = lines.value
  const rows = useVirtualRows(scroller, list)
  const active = useSignal<string | null>(null)
  const selectedId = useComputed(() => (route.value.view === 'handshake' ? route.value.id : null))
  const [activeKey, openId] = [active.value, selectedId.value]
  const activeAt = useMemo(() => (activeKey === null ? -1 : list.placeOfKey(activeKey)), [list, activeKey])
  const selectedAt = useMemo(() => (openId === null ? -1 : list.placeOf(openId)), [list, openId])
  const selectedKey = list.at(selectedAt)?.key ?? null

  useLayoutEffect(() => {
    if (selectedKey === null) return
    active.value = selectedKey
    rows.scrollTo(selectedAt)
  }, [selectedKey])

  const moveTo = (at: number): void => {
    const nextAt = Math.max(0, Math.min(list.length - 1, at))
    active.value = list.at(nextAt)?.key ?? null
    rows.scrollTo(nextAt)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const item = list.at(activeAt)
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2)
    const target = {
      ArrowDown: activeAt + 1,
      ArrowUp: activeAt - 1,
      PageDown: activeAt + page,
      PageUp: activeAt - page,
      Home: 0,
      End: list.length - 1,
    }[event.key]
    if (target !== undefined) moveTo(target)
    else if (event.key === 'Enter' && item !== undefined) openItem(item)
    else if (event.key === 'ArrowLeft' && item?.kind === 'group' && item.isOpen) toggleGroup(item.key)
    else if (event.key === 'ArrowRight' && item?.kind === 'group' && !item.isOpen) toggleGroup(item.key)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <div class="grid-frame">
      {rows.unseenAbove > 0 && (
        <button type="button" class="unseen" data-testid="unseen" onClick={rows.scrollToTop}>
          {count(rows.unseenAbove)} new ↑
        </button>
      )}
      <div
        class="grid"
        ref={scroller}
        role="grid"
        tabIndex={0}
        aria-label="Handshakes, newest first"
        aria-rowcount={list.length + 1}
        aria-colcount={7}
        aria-activedescendant={activeAt >= 0 ? `line-${activeKey}` : undefined}
        onKeyDown={onKeyDown}
        onFocus={() => {
          if (activeAt < 0) active.value = (list.at(0)?.kind === 'group' ? list.at(1) : list.at(0))?.key ?? null
        }}
        onScroll={(event) => fetchAtEnd(event.currentTarget)}
      >
        <Heads />
        <div class="lines" role="rowgroup" style={{ height: `${rows.height}px` }}>
          {rows.drawn.map((index) => {
            const item = list.at(index)
            if (item === undefined) return null
            const place = { at: index, top: index * ROW_HEIGHT, isActive: item.key === activeKey }
            // Keyed by place in a ring, not by row: a row that scrolls out becomes the one that scrolls in, and only texts change.
            const slot = `${item.kind}${index % RING}`
            if (item.kind === 'group') return <GroupLine key={slot} item={item} {...place} />
            return <HandshakeLine key={slot} item={item} isSelected={index === selectedAt} {...place} />
          })}
        </div>
        {list.length === 0 && (
          <div role="row" class="nothing">
            <span role="gridcell">{emptyWords()}</span>
          </div>
        )}
      </div>
    </div>
  )
}

function emptyWords(): string {
  if (newestFirst.value.length === 0) return isFilled.value ? 'No handshake yet.' : ''
  return older.value === 'none' ? 'Nothing matches this filter.' : 'Nothing among the newest matches this filter.'
}

function Heads() {
  const heads = ['', 'Time', 'Stages, both legs', 'Host', 'Why', 'Version', 'Took']
  const classes = ['c-status', 'c-time', 'c-track', 'c-host', 'c-why', 'num c-version', 'num c-took']
  return (
    <div class="heads row" role="rowgroup">
      <div role="row" class="contents" aria-rowindex={1}>
        {heads.map((head, at) => (
          <span key={head} role="columnheader" class={classes[at]}>
            {head || <span class="sr">Outcome</span>}
          </span>
        ))}
      </div>
    </div>
  )
}

function Foot() {
  const shown = listedRows.value.length
  const repeatingProbes = newestFirst.value.length - countedRows.value.length
  return (
    <footer class="foot">
      <span data-testid="count">
        {count(shown)} of {count(Math.max(total.value - repeatingProbes, shown))} handshakes
      </span>
      <OlderNote />
      <CutNote />
      <span class="grow" />
      <span class="hide-narrow">
        <kbd>↑</kbd> <kbd>↓</kbd> move, <kbd>n</kbd> next failure,{' '}
        <button type="button" class="link" onClick={() => (isHelpShown.value = true)}>
          <kbd>?</kbd> keys
        </button>
      </span>
    </footer>
  )
}

/** What a report does not hold. */
function CutNote() {
  if (inlined?.cut === undefined) return null
  const { of, inFull } = inlined.cut
  return (
    <span data-testid="cut">
      this file: {count(inFull)} in full, of {count(of)}
    </span>
  )
}

function openItem(item: ListItem): void {
  if (item.kind === 'group') toggleGroup(item.key)
  else location.hash = linkToHandshake(item.row.id)
}

/** Open the row `step` lines from the one that is open; with `onlyFailed` the next failure. */
export function openNeighbour(step: 1 | -1, onlyFailed: boolean): void {
  const list = lines.value
  const openId = route.value.view === 'handshake' ? route.value.id : null
  const before = step < 0 && onlyFailed ? trail[trail.indexOf(openId ?? 0) - 1] : undefined
  if (before !== undefined) {
    open(before)
    return
  }
  const from = openId === null ? -1 : isBehindList(openId) ? list.length : list.placeOf(openId)
  for (let at = from + step; at >= 0 && at < list.length; at += step) {
    const item = list.at(at)
    if (item?.kind !== 'row' || (onlyFailed && item.row.outcome !== 'failed')) continue
    open(item.row.id)
    return
  }
  if (onlyFailed && step === 1) void openOlderFailure()
}

function open(id: number): void {
  goTo({ view: 'handshake', q: route.value.q, id, tab: null, place: null })
}

/** Failures that were found one behind the other: the way back. */
let trail: readonly number[] = []

/** Behind what this page holds, the server knows the next failure. */
async function openOlderFailure(): Promise<void> {
  const from = route.value
  const row = await findOlderFailure(from.view === 'handshake' ? from.id : null)
  if (row === null) announce('No older failure')
  else if (route.value === from) {
    trail = [...trail.slice(0, trail.indexOf(from.view === 'handshake' ? from.id : 0) + 1), row.id]
    open(row.id)
  }
}

/** Near the end of what this page holds, fetch what is older. */
function fetchAtEnd({ scrollTop, clientHeight, scrollHeight }: HTMLElement): void {
  const isNearEnd = scrollTop + clientHeight > scrollHeight - 10 * ROW_HEIGHT
  if (isNearEnd && older.value === 'more') void fetchOlderRows()
}
