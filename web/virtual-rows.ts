/** Which rows of a long list are drawn: fixed height, at most about sixty at a time, and a view that stays still when rows arrive above it. */
import { elementScroll, observeElementOffset, observeElementRect, type VirtualItem, Virtualizer } from '@tanstack/virtual-core'
import type { RefObject } from 'preact'
import { useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks'
import type { ListItem } from './grouping.ts'

/** Height of a row in CSS pixels; the style sheet says the same. */
export const ROW_HEIGHT = 40
const MOST_DRAWN = 60
const MOST_OVERSCAN = 8

export interface VirtualRows {
  readonly drawn: readonly VirtualItem[]
  readonly height: number
  /** Rows that arrived above the view since it left the top. */
  readonly unseenAbove: number
  readonly scrollTo: (at: number) => void
  readonly scrollToTop: () => void
}

export function useVirtualRows(scroller: RefObject<HTMLElement | null>, items: readonly ListItem[]): VirtualRows {
  const [, redraw] = useReducer((n: number) => n + 1, 0)
  const [unseenAbove, countUnseen] = useState(0)
  const anchor = useRef<{ key: string; top: number; newestId: number } | null>(null)
  const [virtualizer] = useState(
    () => new Virtualizer<HTMLElement, HTMLElement>(optionsOf(scroller, items.length, () => redraw(undefined))),
  )
  virtualizer.setOptions(optionsOf(scroller, items.length, () => redraw(undefined)))

  useLayoutEffect(() => virtualizer._didMount(), [virtualizer])
  useLayoutEffect(() => virtualizer._willUpdate())

  useLayoutEffect(() => {
    const element = scroller.current
    const held = anchor.current
    if (element === null || held === null) return
    const at = items.findIndex((item) => item.key === held.key)
    if (at > 0) element.scrollTop = at * ROW_HEIGHT + held.top
    countUnseen(items.filter((item) => item.kind === 'row' && item.row.id > held.newestId).length)
  }, [items, scroller])

  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return undefined
    const remember = (): void => {
      anchor.current = anchorOf(element, items, anchor.current?.newestId)
      if (anchor.current === null) countUnseen(0)
    }
    element.addEventListener('scroll', remember, { passive: true })
    return () => element.removeEventListener('scroll', remember)
  }, [items, scroller])

  return {
    drawn: virtualizer.getVirtualItems(),
    height: items.length * ROW_HEIGHT,
    unseenAbove,
    scrollTo: (at) => virtualizer.scrollToIndex(at),
    scrollToTop: () => scroller.current?.scrollTo({ top: 0 }),
  }
}

/** The first row in view, null at the top of the list, where new rows simply appear. */
function anchorOf(element: HTMLElement, items: readonly ListItem[], newestId: number | undefined) {
  if (element.scrollTop < ROW_HEIGHT / 2) return null
  const at = Math.floor(element.scrollTop / ROW_HEIGHT)
  const item = items[at]
  if (item === undefined) return null
  const newest = newestId ?? items.reduce((most, each) => (each.kind === 'row' ? Math.max(most, each.row.id) : most), 0)
  return { key: item.key, top: element.scrollTop - at * ROW_HEIGHT, newestId: newest }
}

function optionsOf(scroller: RefObject<HTMLElement | null>, count: number, onChange: () => void) {
  const visible = Math.ceil((scroller.current?.clientHeight ?? 800) / ROW_HEIGHT)
  return {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: Math.max(0, Math.min(MOST_OVERSCAN, Math.floor((MOST_DRAWN - visible) / 2) - 1)),
    initialRect: { width: 1000, height: 800 },
    scrollPaddingStart: ROW_HEIGHT,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange,
  }
}
