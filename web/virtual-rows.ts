/** Which rows of a long list are drawn: fixed height, at most about sixty at a time, and a view that stays still when rows arrive above it. */
import type { RefObject } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { ListLines } from './list-lines.ts'

/** Height of a row in CSS pixels; the style sheet says the same. The heads above the rows are as high and stay in view. */
export const ROW_HEIGHT = 40
const MOST_DRAWN = 60
const MOST_OVERSCAN = 8

export interface VirtualRows {
  /** Indices of the rows to draw, from the topmost on. */
  readonly drawn: readonly number[]
  readonly height: number
  /** Rows that arrived above the view since it left the top. */
  readonly unseenAbove: number
  readonly scrollTo: (at: number) => void
  readonly scrollToTop: () => void
}

/** What of the list is in view: index of the first row, and how many fit. */
interface View {
  readonly first: number
  readonly fit: number
}

/** Follow the scroller; the caller draws `drawn`, each at `index * ROW_HEIGHT`. */
export function useVirtualRows(scroller: RefObject<HTMLElement | null>, lines: ListLines): VirtualRows {
  const [view, setView] = useState<View>({ first: 0, fit: Math.ceil(800 / ROW_HEIGHT) })
  const [unseenAbove, countUnseen] = useState(0)
  const anchor = useRef<{ key: string; top: number; newestId: number } | null>(null)

  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return undefined
    const look = (): void => {
      const next = { first: Math.floor(element.scrollTop / ROW_HEIGHT), fit: Math.ceil((element.clientHeight || 800) / ROW_HEIGHT) }
      setView((now) => (now.first === next.first && now.fit === next.fit ? now : next))
    }
    look()
    element.addEventListener('scroll', look, { passive: true })
    const sizes = typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(look)
    sizes?.observe(element)
    return () => {
      element.removeEventListener('scroll', look)
      sizes?.disconnect()
    }
  }, [scroller])

  useLayoutEffect(() => {
    const element = scroller.current
    const held = anchor.current
    if (element === null || held === null) return
    const at = lines.placeOfKey(held.key)
    if (at > 0) element.scrollTop = at * ROW_HEIGHT + held.top
    countUnseen(lines.countNewer(held.newestId))
  }, [lines, scroller])

  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return undefined
    const remember = (): void => {
      anchor.current = anchorOf(element, lines, anchor.current?.newestId)
      if (anchor.current === null) countUnseen(0)
    }
    element.addEventListener('scroll', remember, { passive: true })
    return () => element.removeEventListener('scroll', remember)
  }, [lines, scroller])

  return {
    drawn: rowsAround(view, lines.length),
    height: lines.length * ROW_HEIGHT,
    unseenAbove,
    scrollTo: (at) => bringIntoView(scroller.current, at),
    scrollToTop: () => scroller.current?.scrollTo({ top: 0 }),
  }
}

/** The rows in view and a few on both sides, never more than `MOST_DRAWN`. */
export function rowsAround({ first, fit }: View, count: number): readonly number[] {
  const overscan = Math.max(0, Math.min(MOST_OVERSCAN, Math.floor((MOST_DRAWN - fit) / 2) - 1))
  const from = Math.max(0, Math.min(first, count - fit) - overscan)
  const to = Math.min(count, first + fit + overscan, from + MOST_DRAWN)
  return Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at)
}

/** Scroll as little as shows the whole row between the heads and the lower edge. */
function bringIntoView(element: HTMLElement | null, at: number): void {
  if (element === null) return
  const top = at * ROW_HEIGHT
  const lowest = top + 2 * ROW_HEIGHT - element.clientHeight
  if (element.scrollTop > top) element.scrollTop = top
  else if (element.scrollTop < lowest) element.scrollTop = lowest
}

/** The first row in view, null at the top of the list, where new rows simply appear. */
function anchorOf(element: HTMLElement, lines: ListLines, newestId: number | undefined) {
  if (element.scrollTop < ROW_HEIGHT / 2) return null
  const at = Math.floor(element.scrollTop / ROW_HEIGHT)
  const item = lines.at(at)
  if (item === undefined) return null
  return { key: item.key, top: element.scrollTop - at * ROW_HEIGHT, newestId: newestId ?? lines.newestId() }
}
