/** Hex on the left, fields on the right: hover or focus of one marks the other. Long opaque fields are folded. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Field } from '../src/handshake/fields.ts'
import { count } from './time-words.ts'

interface HexProps {
  readonly octets: Uint8Array
  readonly fields: readonly Field[]
  /** "12-40": the field that holds these octets is marked at first. */
  readonly place: string | null
}

const FOLD_OVER = 96
const FOLD_HEAD = 24
const FOLD_TAIL = 8

export function HexView({ octets, fields, place }: HexProps) {
  const [marked, mark] = useState(() => fieldAt(fields, place))
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (place !== null) list.current?.querySelector('.on')?.scrollIntoView({ block: 'nearest' })
  }, [place])
  return (
    <div class="hex-frame">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section class="hex" tabIndex={0} aria-label="Octets in hexadecimal">
        {fields.map((field, at) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: the list beside it does the same by keyboard
          <span key={field.offset} class={at === marked ? 'on' : `k${at % 3}`} onMouseEnter={() => mark(at)}>
            {hexOf(octets.subarray(field.offset, field.offset + field.length))}
          </span>
        ))}
      </section>
      <div class="fields" ref={list}>
        {fields.map((field, at) => (
          <button
            type="button"
            key={field.offset}
            class={at === marked ? 'on' : ''}
            onMouseEnter={() => mark(at)}
            onFocus={() => mark(at)}
            onClick={() => mark(at)}
          >
            <span class="num">{count(field.offset)}</span>
            <span>
              <b>{field.name}</b>
              <small>{field.text}</small>
            </span>
          </button>
        ))}
      </div>
    </div>
  )
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
