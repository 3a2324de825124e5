import type { HttpExchange } from '../../contract/handshake.ts'
import { lengthOf, maskText, PLAIN_QUERY } from '../../http/mask-text.ts'
import { maskHeaders } from '../mask.ts'

/** Mask an exchange before anything keeps it: header values by allow-list, query values and credentials in text. */
export function maskExchange(exchange: HttpExchange): HttpExchange {
  const { requestHeaders, responseHeaders, responseBody } = exchange
  return {
    ...exchange,
    url: maskUrl(exchange.url),
    ...(requestHeaders === undefined ? {} : { requestHeaders: maskHeaders(requestHeaders) }),
    ...(responseHeaders === undefined ? {} : { responseHeaders: maskHeaders(responseHeaders) }),
    ...(responseBody === undefined ? {} : { responseBody: maskText(responseBody) }),
  }
}

/** The value of a query goes, whatever its form; those that only say what git and go ask for stay. */
function maskUrl(url: string): string {
  const at = url.indexOf('?')
  if (at < 0) return url
  const parts = url
    .slice(at + 1)
    .split('&')
    .map((part) => (PLAIN_QUERY.has(part) ? part : maskPart(part)))
  return `${url.slice(0, at)}?${parts.join('&')}`
}

function maskPart(part: string): string {
  const sign = part.indexOf('=')
  return `${sign < 0 ? '' : part.slice(0, sign + 1)}${lengthOf(part.slice(sign + 1))}`
}
