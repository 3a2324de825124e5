/** The stage track of a list row: one canvas, copied from one drawing per distinct track, with its meaning in words beside it. */
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { HandshakeRow } from '../src/store/store.ts'
import { type Cell, describeTrack, layTrack, type Track } from './stage-cells.ts'
import { type Palette, palette } from './theme.ts'

const STEP = 15
const CELL_WIDTH = 13
const TOP = 4
const INNER_HEIGHT = 18
const HEIGHT = 26
const WIDTH = 10 * STEP

export function SmallTrack({ row }: { readonly row: HandshakeRow }) {
  const track = trackOf(row)
  const canvas = useRef<HTMLCanvasElement>(null)
  const colours = palette.value
  useLayoutEffect(() => {
    if (canvas.current !== null) paint(canvas.current, track, colours)
  }, [track, colours])
  const waitingAt = row.outcome === 'open' ? track.columns.findIndex((_, at) => isWaiting(track, at)) : -1
  return (
    <span class="track">
      {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas without tabindex takes no focus */}
      <canvas ref={canvas} width={WIDTH} height={HEIGHT} aria-hidden="true" />
      {waitingAt >= 0 && <i class="pulse" style={{ left: `${((waitingAt * STEP) / WIDTH) * 100}%` }} />}
      <span class="sr">{describeTrack(track, row.outcome)}</span>
    </span>
  )
}

function isWaiting(track: Track, at: number): boolean {
  return track.spanning[at]?.status === 'waiting' || track.lanes.some((lane) => lane.cells[at]?.status === 'waiting')
}

const tracks = new WeakMap<HandshakeRow, Track>()

/** Laid out once for each state of a row. */
function trackOf(row: HandshakeRow): Track {
  const known = tracks.get(row)
  if (known !== undefined) return known
  const track = layTrack(row)
  tracks.set(row, track)
  return track
}

const drawings = new Map<string, HTMLCanvasElement>()
let drawnWith: Palette | null = null

/** What stands on a canvas now: rows that follow each other mostly have the same track. */
const painted = new WeakMap<HTMLCanvasElement, HTMLCanvasElement>()

function paint(canvas: HTMLCanvasElement, track: Track, colours: Palette): void {
  const ratio = globalThis.devicePixelRatio || 1
  if (drawnWith !== colours) drawings.clear()
  drawnWith = colours
  const key = `${ratio} ${track.lanes.map((lane) => lane.cells.map(initial).join('')).join('/')} ${track.spanning.map(initial).join('')}`
  const drawing = drawings.get(key) ?? draw(track, colours, ratio)
  if (drawing === null || painted.get(canvas) === drawing) return
  drawings.set(key, drawing)
  painted.set(canvas, drawing)
  canvas.width = WIDTH * ratio
  canvas.height = HEIGHT * ratio
  canvas.getContext('2d')?.drawImage(drawing, 0, 0)
}

function initial(cell: Cell | null): string {
  return cell?.status.charAt(0) ?? '.'
}

function draw(track: Track, colours: Palette, ratio: number): HTMLCanvasElement | null {
  const canvas = document.createElement('canvas')
  canvas.width = WIDTH * ratio
  canvas.height = HEIGHT * ratio
  const pen = canvas.getContext('2d')
  if (pen === null) return null
  pen.scale(ratio, ratio)
  const laneHeight = (INNER_HEIGHT - 2 * (track.lanes.length - 1)) / track.lanes.length
  for (const [at, cell] of track.spanning.entries()) if (cell) drawCell(pen, cell, at * STEP, TOP, INNER_HEIGHT, colours)
  for (const [lane, { cells }] of track.lanes.entries()) {
    for (const [at, cell] of cells.entries()) if (cell) drawCell(pen, cell, at * STEP, TOP + lane * (laneHeight + 2), laneHeight, colours)
  }
  return canvas
}

function drawCell(pen: CanvasRenderingContext2D, cell: Cell, x: number, y: number, height: number, colours: Palette): void {
  if (cell.status === 'absent') return
  if (cell.status === 'failed') {
    drawFailure(pen, x, y, height, colours)
    return
  }
  pen.beginPath()
  if (cell.status === 'passed' || cell.status === 'hidden') {
    pen.roundRect(x, y, CELL_WIDTH, height, 2)
    pen.fillStyle = cell.status === 'passed' ? colours.cell : colours.faint
    pen.fill()
    return
  }
  pen.roundRect(x + 0.5, y + 0.5, CELL_WIDTH - 1, height - 1, 2)
  pen.strokeStyle = cell.status === 'waiting' ? colours.accent : colours.line
  pen.setLineDash(cell.status === 'waiting' ? [] : [2, 2])
  pen.lineWidth = 1
  pen.stroke()
  pen.setLineDash([])
}

/** A square with a cross, larger than its neighbours: the one thing to see. */
function drawFailure(pen: CanvasRenderingContext2D, x: number, y: number, height: number, colours: Palette): void {
  pen.beginPath()
  pen.roundRect(x - 1, y - 2, CELL_WIDTH + 2, height + 4, 2)
  pen.fillStyle = colours.fail
  pen.fill()
  const arm = Math.min(3, height / 2 - 0.5)
  const middleX = x + CELL_WIDTH / 2
  const middleY = y + height / 2
  pen.beginPath()
  pen.moveTo(middleX - arm, middleY - arm)
  pen.lineTo(middleX + arm, middleY + arm)
  pen.moveTo(middleX + arm, middleY - arm)
  pen.lineTo(middleX - arm, middleY + arm)
  pen.strokeStyle = colours.onFail
  pen.lineWidth = 1.8
  pen.stroke()
}
