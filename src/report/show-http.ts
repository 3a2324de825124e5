/** What intercept mode saw: whether the connection was decrypted, and the HTTP in it. Pure. */
import type { Handshake, HttpExchange } from '../contract/handshake.ts'
import { counted, inTime } from '../diagnosis/units.ts'
import { printable } from './escape.ts'
import { wrap } from './layout.ts'
import type { Style } from './style.ts'

/** Exchanges that are shown where not all are asked for; those that failed come first. */
const MOST_SHOWN = 20
/** Lines of an answer's text that are shown. */
const BODY_LINES = 4

/** Lines of the HTTP section; none in observe mode. */
export function httpLines({ interception, http }: Handshake, isFull: boolean, style: Style): readonly string[] {
  if (interception === undefined) return []
  if (interception.kind === 'passed-through') {
    return wrap(printable(`HTTP  not decrypted, because ${interception.because}`, style), Math.max(40, style.columns - 8)).map(
      (line) => `  ${line}`,
    )
  }
  const ordered = isFull ? http : [...http.filter(isBad), ...http.filter((each) => !isBad(each))]
  const chosen = isFull ? ordered : ordered.slice(0, MOST_SHOWN)
  const left = http.length - chosen.length
  return [
    `  HTTP  ${counted(http.length, 'exchange')} decrypted`,
    ...chosen.flatMap((exchange) => exchangeLines(exchange, style)),
    ...(left > 0 ? [`    ${left} more: --full`] : []),
  ]
}

function isBad({ status, failure }: HttpExchange): boolean {
  return status === null || status >= 400 || failure !== undefined
}

function exchangeLines(exchange: HttpExchange, style: Style): readonly string[] {
  const { method, status, durationMs, failure, responseBody } = exchange
  const time = durationMs === null ? '' : `  ${inTime(durationMs)}`
  const words = failure === undefined ? '' : `  ${failure}`
  const body = (responseBody ?? '').split('\n').filter((line) => line.trim() !== '')
  return [
    printable(`    ${status ?? '---'}  ${method} ${nameOf(exchange)}${time}${words}`, style),
    ...(isBad(exchange) ? body.slice(0, BODY_LINES).map((line) => printable(`         ${line.slice(0, 200)}`, style)) : []),
  ]
}

/** Module and version where the request is one of go's, else the URL. */
function nameOf({ asks, url }: HttpExchange): string {
  if (asks === undefined || asks.module === null) return url
  return `${asks.module}${asks.version === null ? '' : `@${asks.version}`} (${asks.kind})`
}
