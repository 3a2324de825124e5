/** Where the page is: views, tabs and the filter live in the fragment, so that every one of them has a link. */
import { signal } from '@preact/signals'
import { dropAddress, writeAddress, writeAddressSoon } from './address.ts'

export const TABS = ['negotiation', 'certificates', 'bytes', 'http', 'events'] as const
export type Tab = (typeof TABS)[number]

/** Parts of a handshake above its tabs that a link can name. */
const SECTIONS: readonly (string | undefined)[] = ['fix', 'evidence', 'trials', 'stages']

/** What was chosen within a view: a way to fix it (from 1), the time of another verdict (ISO 8601), groups that are closed. */
const CHOICES = { fix: /^\d{1,3}$/, at: /^\d{4}-\d\d-\d\dT[\d:.]{5,12}Z$/, fold: /^.{1,1000}$/ }
export type Choice = keyof typeof CHOICES
type Chosen = Readonly<Partial<Record<Choice, string>>>

export type Route =
  | { readonly view: 'list'; readonly q: string; readonly chosen?: Chosen }
  | { readonly view: 'setup'; readonly q: string }
  | { readonly view: 'pick'; readonly q: string }
  | { readonly view: 'compare'; readonly q: string; readonly a: number; readonly b: number }
  /** Without a tab `place` is a section. */
  | {
      readonly view: 'handshake'
      readonly q: string
      readonly id: number
      readonly tab: Tab | null
      readonly place: string | null
      readonly chosen?: Chosen
    }

/** The route of a fragment; anything unknown is the list. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#/, '').split('?', 2)
  const params = new URLSearchParams(search)
  const q = params.get('q') ?? ''
  const chosen = readChosen(params)
  const [, view, id, tab, ...place] = path.split('/')
  if (view === 'setup') return { view: 'setup', q }
  if (view === 'cmp' && isId(id) && isId(tab)) return { view: 'compare', q, a: Number(id), b: Number(tab) }
  if (view === 'cmp') return { view: 'pick', q }
  if (view !== 'h' || !isId(id)) return { view: 'list', q, ...chosen }
  const known = TABS.find((each) => each === tab) ?? null
  const section = SECTIONS.includes(tab) ? (tab ?? null) : null
  return { view: 'handshake', q, id: Number(id), tab: known, place: known === null ? section : place.join('/') || null, ...chosen }
}

/** Only what can have been chosen: a link may come from anybody. */
function readChosen(params: URLSearchParams): { readonly chosen?: Chosen } {
  const found = Object.entries(CHOICES).flatMap(([name, grammar]) => {
    const value = params.get(name)
    return value !== null && grammar.test(value) ? [[name, value] as const] : []
  })
  return found.length === 0 ? {} : { chosen: Object.fromEntries(found) }
}

function isId(text: string | undefined): boolean {
  return /^\d{1,15}$/.test(text ?? '')
}

/** The fragment of a route. */
export function linkTo(route: Route): string {
  const chosen = 'chosen' in route ? Object.entries(route.chosen ?? {}) : []
  const pairs = [...(route.q === '' ? [] : [['q', route.q] as const]), ...chosen]
  const search = pairs.length === 0 ? '' : `?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`
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

/** What was chosen in the view of now. */
export function chosenIn(choice: Choice): string | undefined {
  const now = route.value
  return 'chosen' in now ? now.chosen?.[choice] : undefined
}

/** Choose something in the view of now; null = as it was at first. */
export function choose(choice: Choice, value: string | null): void {
  const now = route.peek()
  if (now.view !== 'handshake' && (now.view !== 'list' || choice !== 'fold')) return
  const { [choice]: _, ...others } = now.chosen ?? {}
  const usable = value !== null && CHOICES[choice].test(value)
  goTo({ ...now, chosen: usable ? { ...others, [choice]: value } : others }, true)
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
