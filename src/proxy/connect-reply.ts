import type { ProxyConnectReply } from '../contract/handshake.ts'
import { maskText } from '../http/mask-text.ts'
import { maskHeaders } from './mask.ts'

/** What a parent proxy's answer to CONNECT turned out to be, once enough of it has come. */
export type ReplyState =
  | { readonly kind: 'incomplete' }
  /** Not a status line of HTTP/1. */
  | { readonly kind: 'not-http' }
  /** `bodyAt`: octet at which the body, or the tunnel, begins. */
  | { readonly kind: 'head'; readonly status: number; readonly bodyAt: number; readonly bodyLength: number | null }

/** Octets of a reply that are looked at: head and body. A longer head is not read as HTTP (it is still passed on); go takes 10 MiB. */
export const HEAD_LIMIT_BYTES = 1024 * 1024
const BODY_LIMIT_BYTES = 4096

/**
 * Read as much of a CONNECT reply as has come, as Go's http.ReadResponse takes it: any first status line is the answer, an interim one too.
 * @param octets all that the proxy has sent, from its first octet
 */
export function readConnectReply(octets: Buffer): ReplyState {
  const start = octets.subarray(0, 5).toString('latin1')
  if (!'HTTP/'.startsWith(start) && start !== 'HTTP/') return { kind: 'not-http' }
  // A long head comes in many parts: it is read once its end is there.
  if (!octets.includes('\n\r\n') && !octets.includes('\n\n'))
    return octets.length > HEAD_LIMIT_BYTES ? { kind: 'not-http' } : { kind: 'incomplete' }
  const text = octets.toString('latin1')
  const end = /\r?\n\r?\n/.exec(text)
  if (end === null) return octets.length > HEAD_LIMIT_BYTES ? { kind: 'not-http' } : { kind: 'incomplete' }
  const status = /^HTTP\/\d\.\d +(\d{3})(?: |\r?\n)/.exec(text)
  if (status === null) return { kind: 'not-http' }
  const head = text.slice(0, end.index)
  if (!hasSoundHeaders(head)) return { kind: 'not-http' }
  const length = /^content-length:[ \t]*(\d+)[ \t]*$/im.exec(head)
  return {
    kind: 'head',
    status: Number(status[1]),
    bodyAt: end.index + end[0].length,
    bodyLength: length === null ? null : Number(length[1]),
  }
}

/** Go refuses a header line without a colon ("malformed MIME header"), and one that begins with blanks before any header. */
function hasSoundHeaders(head: string): boolean {
  const [, ...lines] = head.split(/\r?\n/)
  return lines.every((line, i) => (/^[ \t]/.test(line) ? i > 0 : line.includes(':')))
}

/** The reply as it may be kept: masked, with the first 4 KiB of the body. */
export function describeConnectReply(octets: Buffer, bodyAt: number): ProxyConnectReply {
  const [statusLine = '', ...lines] = octets
    .subarray(0, bodyAt)
    .toString('latin1')
    .split(/\r?\n/)
    .filter((line) => line !== '')
  const found = /^HTTP\/\d\.\d +(\d{3}) ?(.*)$/s.exec(statusLine)
  return {
    status: Number(found?.[1] ?? 0),
    reason: found?.[2] ?? '',
    headers: maskHeaders(lines.map(splitHeader)),
    body: maskText(octets.subarray(bodyAt, bodyAt + BODY_LIMIT_BYTES).toString('utf8')),
  }
}

function splitHeader(line: string): readonly [string, string] {
  const colon = line.indexOf(':')
  return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).trim()]
}
