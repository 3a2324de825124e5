/** The address bar, written a moment after the page: a browser takes longer for it than the list for a new filter, and allows it only so often. */

const DELAY_MS = 100

let waiting: { readonly link: string; readonly instead: string; readonly timer: ReturnType<typeof setTimeout> } | null = null

/** Put a link into the address bar soon, in place of the one that stands there. */
export function writeAddressSoon(link: string): void {
  dropAddress()
  waiting = { link, instead: location.hash, timer: setTimeout(writeAddress, DELAY_MS) }
}

/** Write now what waits, unless somebody went elsewhere meanwhile. */
export function writeAddress(): void {
  if (waiting !== null && location.hash === waiting.instead) history.replaceState(null, '', waiting.link)
  dropAddress()
}

/** Forget what waits. */
export function dropAddress(): void {
  clearTimeout(waiting?.timer)
  waiting = null
}
