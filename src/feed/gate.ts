/** Who may ask: Host, Origin and token of a request (viewer design, section 6). */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Problem } from './protocol.ts'

/** Sent with every answer, of page and API alike. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/** The name part of the Host header is one of ours. A foreign name that resolves to this machine (DNS rebinding) is refused. */
export function isHostAllowed(headers: IncomingHttpHeaders, allowedHosts: readonly string[]): boolean {
  const name = /^(\[[0-9a-f:]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/i.exec(headers.host ?? '')?.[1]
  return name !== undefined && allowedHosts.includes(name.toLowerCase())
}

/** The page that asks was served from here: its Origin is the scheme and Host that it talks to. */
export function isSameOrigin(headers: IncomingHttpHeaders): boolean {
  return headers.origin !== undefined && headers.origin === `http://${headers.host}`
}

/** The token of `Authorization: Bearer TOKEN`, "" when there is none. */
export function bearerToken(headers: IncomingHttpHeaders): string {
  return /^Bearer ([\w-]{1,200})$/i.exec(headers.authorization ?? '')?.[1] ?? ''
}

/** Compare two tokens in a time that does not depend on where they differ. */
export function isSameToken(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected))
}

/** Names under which this machine reaches itself. */
export const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', '[::1]', 'localhost']

export const HOST_REFUSED: Problem = {
  code: 'host-not-allowed',
  detail: 'the Host header of this request does not name this machine',
  hint: 'open the page by the address that whytls printed',
}

export const ORIGIN_REFUSED: Problem = {
  code: 'origin-not-allowed',
  detail: 'this request comes from a page of another origin',
  hint: 'open the page by the address that whytls printed',
}

export const TOKEN_REFUSED: Problem = {
  code: 'token-refused',
  detail: 'this request has no token, or not the one of this whytls',
  hint: 'open the page by the link that whytls printed; it ends in #t=…',
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
