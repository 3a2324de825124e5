/** What to compare: failures with the nearest handshake that passed, or any two by number. */
import { useComputed, useSignal } from '@preact/signals'
import { nearestPassing } from './compare-view.tsx'
import { StatusMark } from './list-row.tsx'
import { countedRows } from './listed.ts'
import { goTo, linkTo, route } from './router.ts'
import { clockTime } from './time-words.ts'
import { causeWords } from './words.ts'

const MOST_PAIRS = 12

export function PickView() {
  const a = useSignal('')
  const b = useSignal('')
  const pairs = useComputed(() => {
    const found = []
    for (const row of countedRows.value) {
      const nearest = row.outcome === 'failed' ? nearestPassing(row) : undefined
      if (nearest !== undefined) found.push({ row, nearest })
      if (found.length === MOST_PAIRS) break
    }
    return found
  })
  const { q } = route.value
  const compare = (event: Event): void => {
    event.preventDefault()
    goTo({ view: 'compare', q, a: Number(a.value), b: Number(b.value) })
  }
  return (
    <section class="page" aria-labelledby="pick-title" data-testid="pick">
      <h1 id="pick-title">Compare two handshakes</h1>
      <p class="lead">What differs between one that fails and one that passes is where to look first.</p>
      <div class="steps">
        <section class="card">
          <h2 class="h4">A failure and the nearest that passed</h2>
          {pairs.value.length === 0 && (
            <p class="note">No host here has both. Look again at a failure, or run the command by another route.</p>
          )}
          <ul class="pairs">
            {pairs.value.map(({ row, nearest }) => (
              <li key={row.id}>
                <a href={linkTo({ view: 'compare', q, a: row.id, b: nearest.id })}>
                  <StatusMark outcome="failed" /> #{row.id}
                  <span class="grow">
                    <b>{row.host}</b> <span class="dim">{row.cause === null ? '' : causeWords(row.cause)}</span>
                  </span>
                  <StatusMark outcome="passed" /> #{nearest.id}
                  <span class="num dim">{clockTime(nearest.startedAt)}</span>
                </a>
              </li>
            ))}
          </ul>
        </section>
        <form class="card bar" onSubmit={compare}>
          <NumberField label="Handshake" value={a.value} onChange={(text) => (a.value = text)} />
          <NumberField label="with" value={b.value} onChange={(text) => (b.value = text)} />
          <button type="submit" class="btn" disabled={a.value === '' || b.value === ''}>
            Compare
          </button>
        </form>
      </div>
    </section>
  )
}

interface NumberProps {
  readonly label: string
  readonly value: string
  readonly onChange: (text: string) => void
}

function NumberField({ label, value, onChange }: NumberProps) {
  return (
    <label class="bar">
      {label}
      <input
        class="field num"
        inputMode="numeric"
        pattern="[0-9]{1,15}"
        size={7}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value.trim())}
      />
    </label>
  )
}
