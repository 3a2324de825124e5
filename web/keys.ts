/** The keys of the page. They act only while no text field has the focus. */
import { copyText } from './copy-button.tsx'
import { shownDetail } from './detail.ts'
import { hasLetterKeys, isHelpShown } from './help-dialog.tsx'
import { openNeighbour } from './list-view.tsx'
import { goTo, route, TABS } from './router.ts'
import { switchTheme } from './theme.ts'

let awaitsSecond = false

/** Act on a key press; the press is used up when something was done. */
export function pressKey(event: KeyboardEvent): void {
  if (event.altKey || event.ctrlKey || event.metaKey || isHelpShown.value) return
  if (isTextField(event.target)) {
    if (event.key === 'Escape' && event.target instanceof HTMLElement) event.target.blur()
    return
  }
  const isLetter = event.key.length === 1
  if (isLetter && !hasLetterKeys.value) return
  const wasAwaiting = awaitsSecond
  awaitsSecond = event.key === 'g'
  const act = wasAwaiting && event.key === 's' ? () => goTo({ view: 'setup', q: route.value.q }) : actionOf(event.key)
  if (act === undefined) return
  event.preventDefault()
  act()
}

function actionOf(key: string): (() => void) | undefined {
  const actions: Readonly<Record<string, () => void>> = {
    j: () => openNeighbour(1, false),
    k: () => openNeighbour(-1, false),
    ArrowDown: () => openNeighbour(1, false),
    ArrowUp: () => openNeighbour(-1, false),
    n: () => openNeighbour(1, true),
    N: () => openNeighbour(-1, true),
    '/': focusFilter,
    c: openCompare,
    e: openExport,
    y: copyFix,
    t: switchTheme,
    '?': () => {
      isHelpShown.value = true
    },
    Escape: () => goTo({ view: 'list', q: route.value.q }),
  }
  if (key === 'ArrowDown' || key === 'ArrowUp') return arrowAction(actions[key])
  return Object.hasOwn(actions, key) ? actions[key] : tabAction(key)
}

/** Arrows act where nothing has the focus: in the list they go to the grid, which owns them; a detail with the focus scrolls. */
function arrowAction(act: (() => void) | undefined): (() => void) | undefined {
  const { activeElement } = document
  if (activeElement !== null && activeElement !== document.body) return undefined
  const { view } = route.value
  if (view === 'handshake') return act
  return view === 'list' ? () => document.querySelector<HTMLElement>('[role=grid]')?.focus() : undefined
}

function tabAction(key: string): (() => void) | undefined {
  const tab = /^[1-9]$/.test(key) ? TABS[Number(key) - 1] : undefined
  const now = route.value
  if (tab === undefined || now.view !== 'handshake') return undefined
  return () => goTo({ ...now, tab, place: null }, true)
}

function focusFilter(): void {
  if (route.value.view !== 'handshake') goTo({ view: 'list', q: route.value.q })
  requestAnimationFrame(() => document.getElementById('filter')?.focus())
}

function openCompare(): void {
  document.querySelector<HTMLElement>('[data-testid=compare-link]')?.click()
}

function openExport(): void {
  document.querySelector<HTMLElement>('[data-testid=export]')?.click()
}

function copyFix(): void {
  const commands = shownDetail.value?.diagnosis?.fixes.find((fix) => fix.commands.length > 0)?.commands
  if (commands !== undefined) void copyText(commands.join('\n'), 'Fix')
}

function isTextField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.matches('input:not([type=checkbox], [type=range]), textarea, select') || target.isContentEditable)
  )
}
