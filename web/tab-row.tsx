/** A row of tabs (ARIA Authoring Practices): one tab stop, arrows move. */

interface TabRowProps {
  readonly name: string
  readonly labels: readonly string[]
  readonly picked: number
  readonly onPick: (at: number) => void
  /** Id of the panel that the tabs switch. */
  readonly panel?: string
  readonly class?: string
  /** Positions that hold the reason of a failure. */
  readonly marked?: ReadonlySet<number>
}

export function TabRow({ name, labels, picked, onPick, panel, class: look = 'tabs', marked }: TabRowProps) {
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    event.stopPropagation()
    const next = (picked + step + labels.length) % labels.length
    onPick(next)
    const row = event.currentTarget
    if (row instanceof HTMLElement) row.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus()
  }
  return (
    <div class={look} role="tablist" aria-label={name} tabIndex={-1} onKeyDown={move}>
      {labels.map((label, at) => (
        <button
          key={label}
          type="button"
          role="tab"
          aria-selected={at === picked}
          aria-controls={panel}
          tabIndex={at === picked ? 0 : -1}
          onClick={() => onPick(at)}
        >
          {label}
          {marked?.has(at) && (
            <em>
              {' '}
              ✕<span class="sr"> reason of the failure</span>
            </em>
          )}
        </button>
      ))}
    </div>
  )
}
