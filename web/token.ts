/** The page's token: it comes in the fragment, leaves the address bar at once and stays in sessionStorage, which is bound to origin and port. */

const PLACE = 'whytls.token'
const IN_FRAGMENT = /[?&]?\bt=([A-Za-z0-9_-]{8,})&?/

/** What a fragment holds: a token, and where to go once it is taken out. */
export function splitFragment(hash: string): { readonly token: string | null; readonly rest: string } {
  const found = IN_FRAGMENT.exec(hash)
  const rest = found === null ? hash : hash.replace(found[0], '')
  return { token: found?.[1] ?? null, rest: rest === '' || rest === '#' ? '#/' : rest }
}

/** Where the browser keeps nothing, the token lasts as long as the page. */
let held = ''

/** Take a token out of the address bar; true when there was one. */
export function takeToken(): boolean {
  const { token, rest } = splitFragment(location.hash)
  if (token === null) return false
  try {
    sessionStorage.setItem(PLACE, token)
  } catch {
    held = token
  }
  history.replaceState(null, '', location.pathname + rest)
  return true
}

/** The token of this tab, "" when it never had one. */
export function currentToken(): string {
  try {
    return sessionStorage.getItem(PLACE) ?? ''
  } catch {
    return held
  }
}
