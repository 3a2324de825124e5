/** The stages of one handshake along true time: ten seconds of silence look like ten seconds of silence. */
import type { Handshake } from '../src/contract/handshake.ts'
import type { Track } from './stage-cells.ts'
import { took } from './time-words.ts'

interface Segment {
  readonly fromMs: number
  readonly toMs: number
  readonly isFailure: boolean
  readonly label: string
}

export function TimeBar({ handshake, track }: { readonly handshake: Handshake; readonly track: Track }) {
  const segments = segmentsOf(handshake, track)
  const endMs = Math.max(0, ...segments.map((segment) => segment.toMs))
  if (endMs <= 0) return null
  const percent = (ms: number): string => `${(ms / endMs) * 100}%`
  const longest = segments.reduce<Segment | null>((best, each) => (lengthOf(each) > lengthOf(best) ? each : best), null)
  return (
    <div class="timebar">
      <div class="rail" aria-hidden="true">
        {segments.map((segment) => (
          <i
            key={segment.fromMs}
            class={segment.isFailure ? 'wait' : ''}
            style={{ left: percent(segment.fromMs), width: `max(2px, calc(${percent(lengthOf(segment))} - 2px))` }}
          />
        ))}
      </div>
      <p>
        {longest !== null && (
          <span>
            longest: {longest.label}, {took(lengthOf(longest))}
          </span>
        )}
        <span class="grow" />
        <span>{[took(handshake.durationMs ?? endMs), describeEnd(handshake)].filter((part) => part !== '').join(': ')}</span>
      </p>
    </div>
  )
}

function lengthOf(segment: Segment | null): number {
  return segment === null ? 0 : segment.toMs - segment.fromMs
}

/** One segment from each passed stage to the next, and the wait in the failing one until the end. */
function segmentsOf(handshake: Handshake, track: Track): readonly Segment[] {
  const passed = handshake.stages
    .filter((state) => state.status === 'passed' && state.atMs !== null)
    .map((state) => ({ atMs: state.atMs ?? 0, label: labelOf(track, state.stage) }))
    .sort((a, b) => a.atMs - b.atMs)
  const segments = passed.map((state, at) => ({
    fromMs: passed[at - 1]?.atMs ?? 0,
    toMs: state.atMs,
    isFailure: false,
    label: `until ${state.label}`,
  }))
  const lastMs = passed.at(-1)?.atMs ?? 0
  const endMs = handshake.durationMs ?? lastMs
  const isWaiting = handshake.outcome === 'failed' && endMs > lastMs
  const tail: readonly Segment[] = isWaiting ? [{ fromMs: lastMs, toMs: endMs, isFailure: true, label: failureLabel(track) }] : []
  return [...segments, ...tail].filter((segment) => segment.toMs > segment.fromMs)
}

function failureLabel(track: Track): string {
  return track.failing === null ? 'until the end' : `in ${track.failing.column.label}`
}

function labelOf(track: Track, stage: string): string {
  return track.columns.find((column) => column.stage === stage)?.label ?? stage
}

/** Who ended the connection, how and when, in one sentence; "" while it is open. */
function describeEnd(handshake: Handshake): string {
  const { closed } = handshake
  if (closed === null) return ''
  const who = { client: 'go', server: 'the server', parent: 'the parent proxy', us: 'whytls' }[closed.by]
  const how = { fin: 'closed it (FIN)', rst: 'reset it (RST)', timeout: 'gave up waiting' }[closed.how]
  return `${who} ${how} after ${took(closed.atMs)}`
}
