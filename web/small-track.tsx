/** The stage track of a list row: one background, with its meaning in words beside it. */
import type { HandshakeRow } from '../src/store/store.ts'
import { describeTrack, layTrack } from './stage-cells.ts'
import { paintTrack, type TrackPaint } from './track-paint.ts'

interface Drawn extends TrackPaint {
  readonly words: string
  /** Column that is awaited, -1 where none is. */
  readonly waitingAt: number
}

export function SmallTrack({ row }: { readonly row: HandshakeRow }) {
  const { background, cross, words, waitingAt } = drawn(row)
  return (
    <span class="track" style={{ background }}>
      {cross !== null && <i class="cross" style={{ left: `${cross.left}%`, top: `${cross.top}px`, height: `${cross.height}px` }} />}
      {waitingAt >= 0 && <i class="pulse" style={{ left: `${waitingAt * 10}%` }} />}
      <span class="sr">{words}</span>
    </span>
  )
}

const known = new WeakMap<HandshakeRow, Drawn>()

/** Laid out once for each state of a row. */
function drawn(row: HandshakeRow): Drawn {
  const before = known.get(row)
  if (before !== undefined) return before
  const track = layTrack(row)
  const isWaiting = (at: number) =>
    [track.spanning, ...track.lanes.map(({ cells }) => cells)].some((cells) => cells[at]?.status === 'waiting')
  const waitingAt = row.outcome === 'open' ? track.columns.findIndex((_, at) => isWaiting(at)) : -1
  const result = { ...paintTrack(track), words: describeTrack(track, row.outcome), waitingAt }
  known.set(row, result)
  return result
}
