/** A button with a menu (ARIA Authoring Practices, menu button): arrows move, Escape closes and gives the focus back. */
import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { announce } from './announce.ts'

export interface MenuItem {
  readonly name: string
  /** What it is for, in small. */
  readonly note: string
  readonly act: () => void
}

interface MenuProps {
  readonly label: string
  readonly items: readonly MenuItem[]
  readonly testId: string
  /** Why there is nothing to choose. */
  readonly refusal?: string
}

export function Menu({ label, items, testId, refusal }: MenuProps) {
  const isOpen = useSignal(false)
  const root = useRef<HTMLDivElement>(null)
  const focusItem = (at: number): void => {
    const all = root.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? []
    all[(at + all.length) % all.length]?.focus()
  }
  const close = (): void => {
    isOpen.value = false
    root.current?.querySelector('button')?.focus()
  }
  useLayoutEffect(() => {
    if (isOpen.value) focusItem(0)
  }, [isOpen.value])
  const press = (event: KeyboardEvent): void => {
    const all = [...(root.current?.querySelectorAll('[role=menuitem]') ?? [])]
    const at = document.activeElement === null ? -1 : all.indexOf(document.activeElement)
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => focusItem(at + 1),
      ArrowUp: () => focusItem(at - 1),
      Home: () => focusItem(0),
      End: () => focusItem(-1),
      Escape: close,
      Tab: close,
    }
    const move = isOpen.value
      ? moves[event.key]
      : event.key === 'ArrowDown' && refusal === undefined
        ? () => (isOpen.value = true)
        : undefined
    if (move === undefined) return
    event.preventDefault()
    event.stopPropagation()
    move()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears the keys of the button and the items within
    <div
      class="menu"
      ref={root}
      onKeyDown={press}
      onFocusOut={(event) => {
        const { relatedTarget } = event
        if (!(relatedTarget instanceof Node && root.current?.contains(relatedTarget))) isOpen.value = false
      }}
    >
      <button
        type="button"
        class="btn"
        aria-haspopup="menu"
        aria-expanded={isOpen.value}
        data-testid={testId}
        aria-disabled={refusal !== undefined}
        title={refusal}
        onClick={() => {
          if (refusal === undefined) isOpen.value = !isOpen.value
          else announce(refusal)
        }}
      >
        {label}
      </button>
      {isOpen.value && (
        <div role="menu" aria-label={label} class="menu-items">
          {items.map((item) => (
            <button
              key={item.name}
              type="button"
              role="menuitem"
              tabIndex={-1}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => {
                close()
                item.act()
              }}
            >
              {item.name}
              <small>{item.note}</small>
            </button>
          ))}
        </div>
      )}
    </div>
  )
}
