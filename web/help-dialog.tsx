/** The keys of this page, and the switch that turns the single-letter ones off (WCAG 2.1.4). */
import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { keep, recall } from './kept.ts'

const PLACE = 'whytls.keys'

export const isHelpShown = signal(false)
export const hasLetterKeys = signal(true)

const KEYS: readonly (readonly [string, string])[] = [
  ['j, k or ↓, ↑', 'next, previous handshake'],
  ['Enter', 'open'],
  ['Esc', 'back to the list'],
  ['n, N', 'next, previous failure'],
  ['/', 'filter'],
  ['1 to 5', 'tabs of the handshake'],
  ['c', 'compare with the nearest that passed'],
  ['y', 'copy the fix'],
  ['e', 'export'],
  ['t', 'theme: system, light, dark'],
  ['g s', 'set up'],
  ['?', 'this help'],
]

/** Take the choice of last time. */
export function recallLetterKeys(): void {
  hasLetterKeys.value = recall(PLACE) !== 'off'
}

function chooseLetterKeys(isOn: boolean): void {
  hasLetterKeys.value = isOn
  keep(PLACE, isOn ? 'on' : 'off')
}

export function HelpDialog() {
  const dialog = useRef<HTMLDialogElement>(null)
  const isShown = isHelpShown.value
  useEffect(() => {
    if (isShown) dialog.current?.showModal?.()
    else dialog.current?.close?.()
  }, [isShown])
  return (
    <dialog ref={dialog} class="card help" aria-labelledby="help-title" onClose={() => (isHelpShown.value = false)}>
      <h2 id="help-title">Keys</h2>
      <dl>
        {KEYS.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input type="checkbox" checked={hasLetterKeys.value} onChange={(event) => chooseLetterKeys(event.currentTarget.checked)} />
        Single-letter keys
      </label>
      <form method="dialog">
        <button type="submit" class="btn primary">
          Close
        </button>
      </form>
    </dialog>
  )
}
