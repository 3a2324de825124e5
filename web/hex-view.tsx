/** Hex on the left, fields on the right: hover or focus of one marks the other. Long opaque fields are folded. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Field } from '../src/handshake/fields.ts'
import type { SegmentEdge } from './reason-bytes.ts'
import { count } from './time-words.ts'

interface HexProps {
  readonly octets: Uint8Array
  readonly fields: readonly Field[]
  /** "12-40": the field that holds these octets is marked. */
  readonly place: string | null
  /** Fields that hold the reason of the failure are red. */
  readonly isReason: (field: Field) => boolean
  readonly edge?: SegmentEdge | null
  readonly onPick?: (field: Field) => void
}

const FOLD_OVER = 96
const FOLD_HEAD = 24
const FOLD_TAIL = 8

export function HexView({ octets, fields, place, isReason, edge = null, onPick }: HexProps) {
  const [marked, mark] = useState(() => fieldAt(fields, place))
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (place === null) return
    mark(fieldAt(fields, place))
    requestAnimationFrame(() => list.current?.querySelector('.on')?.scrollIntoView({ block: 'nearest' }))
  }, [place])
  const pick = (at: number): void => {
    mark(at)
    const field = fields[at]
    if (field !== undefined) onPick?.(field)
  }
  /** One tab stop for all fields (ARIA Authoring Practices, toolbar): arrows move. */
  const move = (event: KeyboardEvent): void => {
    const from = Math.max(marked, 0)
    const next = { ArrowDown: from + 1, ArrowUp: from - 1, Home: 0, End: fields.length - 1 }[event.key]
    const button = next === undefined ? undefined : list.current?.querySelectorAll('button')[next]
    if (button === undefined) return
    event.preventDefault()
    event.stopPropagation()
    button.focus()
  }
  return (
    <div class="hex-frame">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section class="hex" tabIndex={0} aria-label="Octets in hexadecimal">
        {fields.map((field, at) =>
          piecesOf(field, edge).map(([from, to], piece) => (
            <>
              {from === edge?.at && <Edge edge={edge} />}
              {/* biome-ignore lint/a11y/useKeyWithClickEvents: the list beside it does the same by keyboard */}
              {/* biome-ignore lint/a11y/noStaticElementInteractions: the list beside it does the same by keyboard */}
              <span
                key={`${field.offset} ${piece}`}
                class={`k${at % 3}${isReason(field) ? ' hot' : ''}${at === marked ? ' on' : ''}`}
                onMouseEnter={() => mark(at)}
                onClick={() => pick(at)}
              >
                {hexOf(octets.subarray(from, to))}
              </span>
            </>
          )),
        )}
      </section>
      <div class="fields" ref={list} role="toolbar" aria-label="Fields" aria-orientation="vertical" onKeyDown={move}>
        {fields.map((field, at) => (
          <button
            type="button"
            tabIndex={at === Math.max(marked, 0) ? 0 : -1}
            key={field.offset}
            class={`${isReason(field) ? 'hot' : ''}${at === marked ? ' on' : ''}`}
            onMouseEnter={() => mark(at)}
            onFocus={() => mark(at)}
            onClick={() => pick(at)}
          >
            <span class="num">{count(field.offset)}</span>
            <span>
              <b>{field.name}</b>
              {isReason(field) && <span class="sr"> holds the reason of the failure</span>}
              <small>{field.text}</small>
            </span>
          </button>
        ))}
      </div>
    </div>
  )
}

function Edge({ edge }: { readonly edge: SegmentEdge }) {
  return (
    <p class={edge.isReason ? 'edge hot' : 'edge'} data-testid="segment-edge">
      ▲ {edge.words}
    </p>
  )
}

/** From and to of the parts of a field before and behind the edge. */
function piecesOf({ offset, length }: Field, edge: SegmentEdge | null): readonly (readonly [number, number])[] {
  const end = offset + length
  if (edge === null || edge.at <= offset || edge.at >= end) return [[offset, end]]
  return [
    [offset, edge.at],
    [edge.at, end],
  ]
}

function fieldAt(fields: readonly Field[], place: string | null): number {
  const from = /^(\d+)-\d+$/.exec(place ?? '')?.[1]
  return from === undefined ? -1 : fields.findIndex((field) => Number(from) >= field.offset && Number(from) < field.offset + field.length)
}

function hexOf(octets: Uint8Array): string {
  const all = [...octets].map((octet) => octet.toString(16).padStart(2, '0'))
  if (all.length <= FOLD_OVER) return `${all.join(' ')} `
  const folded = all.length - FOLD_HEAD - FOLD_TAIL
  return `${all.slice(0, FOLD_HEAD).join(' ')} … ${count(folded)} bytes … ${all.slice(-FOLD_TAIL).join(' ')} `
}
