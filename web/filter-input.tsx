// biome-ignore-all lint/a11y/useFocusableInteractive: options of a listbox are named by the input, which keeps the focus (APG combobox)
// biome-ignore-all lint/a11y/useKeyWithClickEvents: options of a listbox are named by the input, which keeps the focus (APG combobox)
/** The filter's text with its completions (ARIA Authoring Practices, editable combobox with list autocomplete). */
import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { CLOSED_LISTS } from '../src/filter/closed-lists.ts'
import type { HandshakeRow } from '../src/store/store.ts'
import { type Completion, type Completions, completeFilter, type ValuesOf } from './completions.ts'
import { countedRows } from './listed.ts'
import { goTo, route } from './router.ts'

const CLOSED: Completions = { from: 0, to: 0, options: [] }

export function FilterInput({ isInvalid }: { readonly isInvalid: boolean }) {
  const input = useRef<HTMLInputElement>(null)
  const shown = useSignal<Completions>(CLOSED)
  const at = useSignal(-1)
  const { options } = shown.value
  const close = (): void => {
    shown.value = CLOSED
    at.value = -1
  }
  const suggest = (): void => {
    const { value = '', selectionStart } = input.current ?? {}
    shown.value = completeFilter(value, selectionStart ?? value.length, valuesHere)
    at.value = -1
  }
  const accept = ({ text, isOpen }: Completion): void => {
    const { value = '' } = input.current ?? {}
    const { from, to } = shown.value
    const rest = value.slice(to)
    const filled = `${value.slice(0, from)}${text}${isOpen || rest.startsWith(' ') ? '' : ' '}`
    if (input.current !== null) {
      // At once, not with the next drawing: who types on must not type into the old text.
      input.current.value = filled + rest
      input.current.setSelectionRange(filled.length, filled.length)
    }
    goTo({ ...route.value, q: filled + rest }, true)
    if (isOpen) suggest()
    else close()
  }
  const press = (event: KeyboardEvent): void => {
    const chosen = options[at.value]
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      if (options.length === 0) suggest()
      else at.value = (at.value + step + options.length + (at.value < 0 && step < 0 ? 1 : 0)) % options.length
    } else if (event.key === 'Enter' && chosen !== undefined) accept(chosen)
    else if (event.key === 'Escape' && options.length > 0) close()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <>
      <input
        id="filter"
        ref={input}
        value={route.value.q}
        placeholder="host:*.example stage:certificate  (press / )"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={options.length > 0}
        aria-controls="completions"
        aria-activedescendant={at.value < 0 ? undefined : `completion-${at.value}`}
        aria-invalid={isInvalid}
        aria-describedby={isInvalid ? 'filter-error' : undefined}
        onInput={(event) => {
          goTo({ ...route.value, q: event.currentTarget.value }, true)
          if (event.currentTarget.value === '') close()
          else suggest()
        }}
        onKeyDown={press}
        onBlur={close}
      />
      <div id="completions" role="listbox" aria-label="Completions" class="completions" hidden={options.length === 0}>
        {options.map((option, index) => (
          <div
            key={option.text}
            id={`completion-${index}`}
            role="option"
            aria-selected={index === at.value}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => accept(option)}
          >
            <code>{option.text}</code>
            <small>{option.note}</small>
          </div>
        ))}
      </div>
    </>
  )
}

/** Columns whose values a row has. */
const COLUMNS: Readonly<Record<string, (row: HandshakeRow) => string | number | null>> = {
  host: ({ host }) => host,
  cause: ({ cause }) => cause,
  run: ({ runId }) => runId,
  version: ({ version }) => version,
  alpn: ({ alpn }) => alpn,
  group: ({ group }) => group,
  issuer: ({ issuer }) => issuer,
  ja4: ({ ja4 }) => ja4,
  route: ({ route: via }) => via || null,
  port: ({ port }) => port,
}

/** Closed lists as the language has them; else what is among the rows. */
const valuesHere: ValuesOf = (field) => {
  const closed = Object.entries(CLOSED_LISTS).find(([name]) => name === field)?.[1]
  if (closed !== undefined) return closed.map((value) => [value, null] as const)
  const column = Object.hasOwn(COLUMNS, field) ? COLUMNS[field] : undefined
  if (column === undefined) return []
  const { rows, values } = counted.get(field) ?? {}
  if (values !== undefined && rows === countedRows.value) return values
  const fresh = countValues(column)
  counted.set(field, { rows: countedRows.value, values: fresh })
  return fresh
}

/** Values of a column by how often they come, kept while the rows are the same: a field is asked for with each key. */
const counted = new Map<string, { readonly rows: readonly HandshakeRow[]; readonly values: readonly (readonly [string, number])[] }>()

function countValues(column: (row: HandshakeRow) => string | number | null): readonly (readonly [string, number])[] {
  const counts = new Map<string | number, number>()
  for (const row of countedRows.value) {
    const value = column(row)
    if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([value, many]) => [String(value), many])
}
