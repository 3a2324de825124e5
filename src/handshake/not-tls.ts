import { toLatin1 } from '../tls/octets.ts'
import type { NotTlsAnswer } from './transcript.ts'

/** Octets of an answer that are kept. */
export const HEAD_BYTES = 256

/**
 * What a server says instead of TLS: of HTTP the status line only, of anything else its first octets.
 * @param octets from the first octet that is not TLS on
 * @param afterTlsBytes octets of TLS before it
 */
export function describeNotTls(octets: Uint8Array, afterTlsBytes: number): NotTlsAnswer {
  const head = octets.slice(0, HEAD_BYTES)
  const text = toLatin1(head)
  if (!text.startsWith(HTTP_MARK)) return { kind: 'other', head, statusLine: null, afterTlsBytes }
  const statusLine = text.split(/[\r\n]/, 1)[0] ?? ''
  const location = /\r\nLocation: *(https?:\/\/)(?:[^\s/@]*@)?([^\s/?#]+)/i.exec(text)
  const leadsTo = location === null ? {} : { location: `${location[1]}${location[2]}/` }
  return { kind: 'http', head: head.slice(0, statusLine.length), statusLine, afterTlsBytes, ...leadsTo }
}

/** Whether more octets would not change {@link describeNotTls}'s answer. */
export function isWholeHead(octets: Uint8Array): boolean {
  return octets.length >= HEAD_BYTES || (octets.includes(LINE_FEED) && isHttp(octets))
}

/** Whether there is enough to tell people: the whole status line of HTTP, or octets that cannot become one. */
export function isTellable(octets: Uint8Array): boolean {
  return isWholeHead(octets) || (octets.length >= HTTP_MARK.length && !isHttp(octets))
}

function isHttp(octets: Uint8Array): boolean {
  return toLatin1(octets.subarray(0, HTTP_MARK.length)) === HTTP_MARK
}

const HTTP_MARK = 'HTTP/'

const LINE_FEED = 0x0a
