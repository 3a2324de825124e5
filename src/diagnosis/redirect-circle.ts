/** Redirects that lead back to where they came from, over one host or several, as far as masked addresses tell. Pure. */
import type { HttpExchange } from '../contract/handshake.ts'

/** net/http stops at the eleventh request. */
const MOST_REDIRECTS = 10

/**
 * Look for circles among exchanges. The test is true only where all that was asked for on the way was redirected, again and again, and always to
 * where only redirects came from: false wherever the client may have arrived somewhere.
 * @param all every exchange that may be part of one; called once, at the first redirect
 */
export function watchCircles(all: () => readonly HttpExchange[]): (exchange: HttpExchange) => boolean {
  let index: ReadonlyMap<string, readonly HttpExchange[]> | undefined
  const known = new Map<string, boolean>()
  return ({ url }) => {
    index ??= indexBySpot(all())
    const spot = spotOf(url)
    const isClosed = known.get(spot) ?? isCircle(spot, index)
    known.set(spot, isClosed)
    return isClosed && (index.get(spot) ?? []).filter((each) => each.url === url).length > 1
  }
}

/** Whether an answer sends the client elsewhere. */
export function isRedirect({ status }: HttpExchange): boolean {
  return status !== null && status >= 300 && status < 400
}

/** The value of a field of the answer, "" where it has none. @param name in lower case */
export function readAnswerField({ responseHeaders = [] }: HttpExchange, name: string): string {
  return responseHeaders.find(([each]) => each.toLowerCase() === name)?.[1] ?? ''
}

function indexBySpot(exchanges: readonly HttpExchange[]): ReadonlyMap<string, readonly HttpExchange[]> {
  const index = new Map<string, HttpExchange[]>()
  for (const exchange of exchanges) {
    const spot = spotOf(exchange.url)
    const there = index.get(spot)
    if (there === undefined) index.set(spot, [exchange])
    else there.push(exchange)
  }
  return index
}

function isCircle(start: string, index: ReadonlyMap<string, readonly HttpExchange[]>): boolean {
  const spots = new Set([start])
  let redirects = 0
  // It grows while it is walked over.
  for (const spot of spots) {
    const there = index.get(spot) ?? []
    if (there.length === 0) return false
    redirects += there.length
    for (const exchange of there) {
      const next = isRedirect(exchange) ? targetOf(exchange) : null
      if (next === null) return false
      spots.add(next)
    }
  }
  return redirects >= MOST_REDIRECTS
}

/** Host and length of what follows: of a Location nothing more is kept. */
function spotOf(url: string): string {
  const [, host = '', rest = ''] = /^https:\/\/([^/?#]+)(.*)$/i.exec(url) ?? []
  const at = rest.indexOf('?')
  const [path, query] = at < 0 ? [rest, ''] : [rest.slice(0, at), rest.slice(at)]
  const sent = query.replace(MASKED, (_, length: string) => 'x'.repeat(Number(length)))
  return nameSpot(host, path.length + sent.length)
}

/** Where a redirect leads; null where that is no https address, or cannot be told. */
function targetOf(exchange: HttpExchange): string | null {
  const location = readAnswerField(exchange, 'location')
  const [, host, length] = /^https:\/\/([^/?#]+)\/\[(\d+) bytes\]$/i.exec(location) ?? []
  if (host !== undefined) return nameSpot(host, Number(length))
  // A path alone: at the same host. One that does not begin with "/" leads to another length, where nothing was asked for.
  const [, ownLength] = /^\[(\d+) bytes\]$/.exec(location) ?? []
  const [, ownHost] = /^https:\/\/([^/?#]+)/i.exec(exchange.url) ?? []
  return ownLength === undefined || ownHost === undefined ? null : nameSpot(ownHost, Number(ownLength))
}

function nameSpot(host: string, lengthBytes: number): string {
  return `${host.toLowerCase().replace(/:443$/, '')} ${lengthBytes}`
}

const MASKED = /\[(\d{1,5}) bytes\]/g
