/** Failures that the HTTP itself shows, where go's own words were not heard. Pure. What go often meets and copes with is no failure here. */
import type { HttpExchange, ModuleRequest } from '../contract/handshake.ts'
import type { Observation } from './observation.ts'

/** A request of go that was not served, and nothing that came later served it. */
export interface UnservedRequest {
  readonly met: 'status' | 'insecure-redirect' | 'redirect-loop' | 'truncated' | 'page'
  readonly exchange: HttpExchange
  readonly asks: ModuleRequest
}

/** The first request of this connection that go cannot have done without; undefined where there is none, or where that cannot be told. */
export function findUnserved(seen: Observation): UnservedRequest | undefined {
  const { exchanges = [], elsewhere } = seen
  // Go itself was heard; or another host may have served what this one did not, and nobody saw it.
  if (elsewhere === undefined || elsewhere.hasUnseen) return undefined
  for (const [at, exchange] of exchanges.entries()) {
    const { asks } = exchange
    if (asks === undefined) continue
    const met = meetFailure(exchange, at, seen)
    if (met === undefined) continue
    const served = (other: HttpExchange) => other !== exchange && stillServes(other, exchange, asks)
    if (!exchanges.some(served) && !elsewhere.exchanges.some(served)) return { met, exchange, asks }
  }
  return undefined
}

/** @param at its place among the exchanges of the connection */
function meetFailure(exchange: HttpExchange, at: number, seen: Observation): UnservedRequest['met'] | undefined {
  const { status, failure, asks } = exchange
  if (status === null || asks === undefined || !WANTED.has(asks.kind)) return undefined
  if (status >= 400 && failure === undefined) return isMissing(status) && !EXACT.has(asks.kind) ? undefined : 'status'
  if (status >= 300 && status < 400) return meetRedirect(exchange, seen.exchanges?.slice(at) ?? [])
  if (status !== 200) return undefined
  if (failure !== undefined) return isServersDoing(failure, seen) ? 'truncated' : undefined
  return EXACT.has(asks.kind) && /^text\/html\b/i.test(fieldOf(exchange, 'content-type')) ? 'page' : undefined
}

function meetRedirect(exchange: HttpExchange, since: readonly HttpExchange[]): UnservedRequest['met'] | undefined {
  if (/^http:\/\//i.test(fieldOf(exchange, 'location'))) return 'insecure-redirect'
  const redirects = since.filter(({ status }) => status !== null && status >= 300 && status < 400)
  return redirects.length >= MOST_REDIRECTS ? 'redirect-loop' : undefined
}

/** A client that leaves breaks off answers, too. */
function isServersDoing(failure: string, { ending }: Observation): boolean {
  if (/^the server sent /.test(failure)) return true
  return /^the connection ended /.test(failure) && ending !== null && ending.by === 'server'
}

/** Whether go may have got the module another way: the same answer from elsewhere, a module above or below this path, or the repository itself. */
function stillServes(other: HttpExchange, { url }: HttpExchange, wanted: ModuleRequest): boolean {
  const { asks, status, failure } = other
  if (asks === undefined) return false
  if (asks.kind === 'go-get' || asks.kind === 'git') return true
  if (status !== 200 || failure !== undefined || asks.module === null || wanted.module === null) return false
  if (other.url === url) return true
  if (asks.module === wanted.module) return asks.kind === wanted.kind && asks.version === wanted.version
  return asks.module.startsWith(`${wanted.module}/`) || wanted.module.startsWith(`${asks.module}/`)
}

/** go tries the next entry of GOPROXY, or a shorter path. */
function isMissing(status: number): boolean {
  return status === 404 || status === 410
}

function fieldOf({ responseHeaders = [] }: HttpExchange, name: string): string {
  return responseHeaders.find(([each]) => each.toLowerCase() === name)?.[1] ?? ''
}

/** Requests for one version: go asks for them only where it needs them. */
const EXACT: ReadonlySet<ModuleRequest['kind']> = new Set(['info', 'mod', 'zip', 'sumdb-lookup'])
/** Those whose errors end a command; a checksum database that a proxy does not mirror, and pages of `?go-get=1`, do not. */
const WANTED: ReadonlySet<ModuleRequest['kind']> = new Set([...EXACT, 'list', 'latest'])
/** net/http stops at the eleventh request. */
const MOST_REDIRECTS = 10
