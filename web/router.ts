/** Where the page is: views, tabs and the filter live in the fragment, so that every one of them has a link. */
import { signal } from '@preact/signals'
import { dropAddress, writeAddress, writeAddressSoon } from './address.ts'

export const TABS = ['negotiation', 'certificates', 'bytes', 'http', 'events'] as const
export type Tab = (typeof TABS)[number]

/** Parts of a handshake above its tabs that a link can name. */
const SECTIONS: readonly (string | undefined)[] = ['fix', 'evidence', 'trials', 'stages']

export type Route =
  | { readonly view: 'list'; readonly q: string }
  | { readonly view: 'setup'; readonly q: string }
  | { readonly view: 'pick'; readonly q: string }
  | { readonly view: 'compare'; readonly q: string; readonly a: number; readonly b: number }
  /** Without a tab `place` is a section. */
  | { readonly view: 'handshake'; readonly q: string; readonly id: number; readonly tab: Tab | null; readonly place: string | null }

/** The route of a fragment; anything unknown is the list. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#/, '').split('?', 2)
  const q = new URLSearchParams(search).get('q') ?? ''
  const [, view, id, tab, ...place] = path.split('/')
  if (view === 'setup') return { view: 'setup', q }
  if (view === 'cmp' && isId(id) && isId(tab)) return { view: 'compare', q, a: Number(id), b: Number(tab) }
  if (view === 'cmp') return { view: 'pick', q }
  if (view !== 'h' || !isId(id)) return { view: 'list', q }
  const known = TABS.find((each) => each === tab) ?? null
  const section = SECTIONS.includes(tab) ? (tab ?? null) : null
  return { view: 'handshake', q, id: Number(id), tab: known, place: known === null ? section : place.join('/') || null }
}

function isId(text: string | undefined): boolean {
  return /^\d{1,15}$/.test(text ?? '')
}

/** The fragment of a route. */
export function linkTo(route: Route): string {
  const search = route.q === '' ? '' : `?q=${encodeURIComponent(route.q)}`
  if (route.view === 'compare') return `#/cmp/${route.a}/${route.b}${search}`
  if (route.view !== 'handshake') return `#/${{ setup: 'setup', pick: 'cmp', list: '' }[route.view]}${search}`
  const parts = [String(route.id), route.tab, route.place].filter((part) => part !== null)
  return `#/h/${parts.join('/')}${search}`
}

export const route = signal<Route>({ view: 'list', q: '' })

/** The link of one handshake under the filter of now. */
export function linkToHandshake(id: number, tab: Tab | null = null, place: string | null = null): string {
  return linkTo({ view: 'handshake', q: route.value.q, id, tab, place })
}

/** Go somewhere; `replace` leaves no step in the history, and the address bar follows when the page has been drawn. */
export function goTo(next: Route, replace = false): void {
  const link = linkTo(next)
  if (replace) {
    writeAddressSoon(link)
  } else {
    writeAddress()
    history.pushState(null, '', link)
  }
  follow(parseRoute(link))
}

/** Read the route from the address bar again. */
export function readRoute(): void {
  dropAddress()
  follow(parseRoute(location.hash))
}

/** What stays the same (`popstate` and `hashchange` tell of one step) draws nothing. */
function follow(next: Route): void {
  if (linkTo(next) !== linkTo(route.value)) route.value = next
}

/** Bring the tabs of the open handshake into view once the next frame is drawn. */
export function showTabs(): void {
  showSection('tabs')
}

/** Bring a part of the open handshake into view once the next frame is drawn. */
export function showSection(id: string): void {
  requestAnimationFrame(() => {
    const part = document.getElementById(id)
    const pane = part?.closest('.detail')
    if (!part || !pane) return
    const isNarrow = pane.scrollHeight <= pane.clientHeight
    // Beside the list only the pane may scroll: the head of the page stays.
    if (isNarrow) part.scrollIntoView({ block: 'start' })
    else pane.scrollTop += part.getBoundingClientRect().top - pane.getBoundingClientRect().top
  })
}
