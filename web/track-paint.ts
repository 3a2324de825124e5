/** A stage track as one CSS background: no element and no layer for each cell, which is what makes a list of them scroll. Pure. */
import type { Cell, Track } from './stage-cells.ts'

const COLUMNS = 10
/** Of the width: a cell and the gap behind it. */
const STEP = 100 / COLUMNS
const CELL = (13 / 15) * STEP
const TOP = 4
const INNER_HEIGHT = 18
const GAP = 2

/** The failing cell, drawn larger than its neighbours, with a cross: the one thing to see. Lengths in pixels, `left` in percent. */
export interface Cross {
  readonly left: number
  readonly top: number
  readonly height: number
}

export interface TrackPaint {
  /** Value of `background`. */
  readonly background: string
  readonly cross: Cross | null
}

/** Paint lanes and the cells that span them. */
export function paintTrack({ lanes, spanning }: Track): TrackPaint {
  const height = (INNER_HEIGHT - GAP * (lanes.length - 1)) / lanes.length
  const strips = [
    { cells: spanning, top: TOP, height: INNER_HEIGHT },
    ...lanes.map(({ cells }, lane) => ({ cells, top: TOP + lane * (height + GAP), height })),
  ]
  const failed = strips.flatMap((strip) =>
    strip.cells.flatMap((cell, at) =>
      cell?.status === 'failed' ? [{ left: at * STEP, top: strip.top - 2, height: strip.height + 4 }] : [],
    ),
  )
  const layers = strips.flatMap((strip) => [...fills(strip), ...outlines(strip)])
  return { background: layers.join(','), cross: failed[0] ?? null }
}

interface Strip {
  readonly cells: readonly (Cell | null)[]
  readonly top: number
  readonly height: number
}

const COLOURS: Readonly<Partial<Record<Cell['status'], string>>> = {
  passed: 'var(--cell)',
  hidden: 'var(--cell-faint)',
  failed: 'var(--fail)',
}

function fills({ cells, top, height }: Strip): readonly string[] {
  const stops = cells.flatMap((cell, at) => {
    const colour = cell === null ? undefined : COLOURS[cell.status]
    return colour === undefined ? [] : stopsOf(colour, at)
  })
  return stops.length === 0 ? [] : [`linear-gradient(90deg,${stops.join(',')},#0000 0) 0 ${top}px/100% ${height}px no-repeat`]
}

/** Sharp edges: a stop at 0 takes the place of the one before it. */
function stopsOf(colour: string, at: number): readonly string[] {
  return [`#0000 0 ${percent(at * STEP)}`, `${colour} 0 ${percent(at * STEP + CELL)}`]
}

/** Cells that were not reached: dashes above and below. */
function outlines({ cells, top, height }: Strip): readonly string[] {
  const stops = cells.flatMap((cell, at) => (cell?.status === 'not-reached' || cell?.status === 'waiting' ? dashes(at) : []))
  if (stops.length === 0) return []
  const line = `linear-gradient(90deg,${stops.join(',')},#0000 0)`
  const sides = cells.flatMap((cell, at) => (cell?.status === 'not-reached' ? edges(at) : []))
  return [
    `${line} 0 ${top}px/100% 1px no-repeat`,
    `${line} 0 ${top + height - 1}px/100% 1px no-repeat`,
    ...(sides.length === 0 ? [] : [`linear-gradient(90deg,${sides.join(',')},#0000 0) 0 ${top}px/100% ${height}px no-repeat`]),
  ]
}

function dashes(at: number): readonly string[] {
  const dash = CELL / 5
  return [0, 2, 4].flatMap((n) => [`#0000 0 ${percent(at * STEP + n * dash)}`, `var(--line2) 0 ${percent(at * STEP + (n + 1) * dash)}`])
}

function edges(at: number): readonly string[] {
  const width = CELL / 13
  return [
    `#0000 0 ${percent(at * STEP)}`,
    `var(--line) 0 ${percent(at * STEP + width)}`,
    `#0000 0 ${percent(at * STEP + CELL - width)}`,
    `var(--line) 0 ${percent(at * STEP + CELL)}`,
  ]
}

function percent(n: number): string {
  return `${Math.round(n * 100) / 100}%`
}
