/** Failures that the HTTP itself shows, where go's own words were not heard. Pure. What go often meets and copes with is no failure here. */
import type { HttpExchange, ModuleRequest } from '../contract/handshake.ts'
import type { Observation } from './observation.ts'
import { isRedirect, readAnswerField, watchCircles } from './redirect-circle.ts'

/** A request of go that was not served, and nothing that came later served it. */
export interface UnservedRequest {
  readonly met: 'status' | 'insecure-redirect' | 'redirect-loop' | 'truncated' | 'page' | 'http2-refused'
  readonly exchange: HttpExchange
  readonly asks: ModuleRequest
}

/** The first request of this connection that go cannot have done without; undefined where there is none, or where that cannot be told. */
export function findUnserved(seen: Observation): UnservedRequest | undefined {
  const { exchanges = [], elsewhere } = seen
  // Go itself was heard; or another host may have served what this one did not, and nobody saw it.
  if (elsewhere === undefined || elsewhere.hasUnseen) return undefined
  const all = [...exchanges, ...elsewhere.exchanges]
  // The client may have read what we could not.
  if (all.some(({ failure }) => failure !== undefined && UNREAD.test(failure))) return undefined
  const signs: RunSigns = { seen, isInCircle: watchCircles(() => all), refusals: countRefusals(all) }
  for (const exchange of exchanges) {
    const { asks } = exchange
    if (asks === undefined || !WANTED.has(asks.kind)) continue
    const met = exchange.status === null ? meetSilence(exchange, signs) : meetAnswer(exchange, exchange.status, signs)
    if (met === undefined) continue
    const served = (other: HttpExchange) => other !== exchange && stillServes(other, exchange, asks)
    if (!exchanges.some(served) && !elsewhere.exchanges.some(served)) return { met, exchange, asks }
  }
  return undefined
}

/** What all exchanges of the run tell of one. */
interface RunSigns {
  readonly seen: Observation
  readonly isInCircle: (exchange: HttpExchange) => boolean
  /** How often each URL was refused by a frame of HTTP/2. */
  readonly refusals: ReadonlyMap<string, number>
}

function meetAnswer(exchange: HttpExchange, status: number, { seen, isInCircle }: RunSigns): UnservedRequest['met'] | undefined {
  const { failure, asks } = exchange
  const isExact = asks !== undefined && EXACT.has(asks.kind)
  if (status >= 400 && failure === undefined) return isMissing(status) && !isExact ? undefined : 'status'
  if (isRedirect(exchange)) {
    if (/^http:\/\//i.test(readAnswerField(exchange, 'location'))) return 'insecure-redirect'
    return isInCircle(exchange) ? 'redirect-loop' : undefined
  }
  if (status !== 200) return undefined
  if (failure !== undefined) return isServersDoing(failure, seen) ? 'truncated' : undefined
  return isExact && /^text\/html\b/i.test(readAnswerField(exchange, 'content-type')) ? 'page' : undefined
}

/**
 * No answer came, and a frame of HTTP/2 says that the server wants it so. go asks the same again behind some of them (`canRetryError` of its
 * HTTP/2 transport): there it takes several in vain.
 */
function meetSilence({ url, failure }: HttpExchange, { seen, refusals }: RunSigns): 'http2-refused' | undefined {
  if (failure === undefined || !REFUSAL.test(failure)) return undefined
  if (BROKEN_OFF.test(failure)) return seen.ending?.by === 'server' ? 'http2-refused' : undefined
  return !RETRIED.test(failure) || (refusals.get(url) ?? 0) >= MANY_TRIES ? 'http2-refused' : undefined
}

function countRefusals(exchanges: readonly HttpExchange[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { url, status, failure } of exchanges) {
    if (status === null && failure !== undefined && REFUSAL.test(failure)) counts.set(url, (counts.get(url) ?? 0) + 1)
  }
  return counts
}

/** A client that leaves breaks off answers, too. */
function isServersDoing(failure: string, { ending }: Observation): boolean {
  if (REFUSAL.test(failure) && !BROKEN_OFF.test(failure)) return true
  return BROKEN_OFF.test(failure) && ending !== null && ending.by === 'server'
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

/** Requests for one version: go asks for them only where it needs them. */
const EXACT: ReadonlySet<ModuleRequest['kind']> = new Set(['info', 'mod', 'zip', 'sumdb-lookup'])
/** Those whose errors end a command; a checksum database that a proxy does not mirror, and pages of `?go-get=1`, do not. */
const WANTED: ReadonlySet<ModuleRequest['kind']> = new Set([...EXACT, 'list', 'latest'])
/** Our own limits, or what our readers take for broken. */
const UNREAD = /\b(?:could not|can) be read\b/
/** As the reader of the frames says it. */
const REFUSAL = /^the server sent (?:GOAWAY|RST_STREAM) \(/
const BROKEN_OFF = /\bthe connection ended before the answer was whole$/
/** Streams that the server says it did not look at, and codes that mean no more. */
const RETRIED = /^the server sent (?:GOAWAY |RST_STREAM \((?:PROTOCOL_ERROR|REFUSED_STREAM)\))/
/** A server that is started anew sends a client away once or twice. */
const MANY_TRIES = 6
