import { toLatin1 } from '../tls/octets.ts'
import type { NotTlsAnswer, PageSigns } from './transcript.ts'

/** Octets of an answer that are kept. */
export const HEAD_BYTES = 256
/** Octets of an HTTP answer that are read for signs of its maker. */
export const READ_BYTES = 2_048

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
  const page = readPageSigns(toLatin1(octets.subarray(0, READ_BYTES)))
  return { kind: 'http', head: head.slice(0, statusLine.length), statusLine, afterTlsBytes, ...leadsTo, ...(page === null ? {} : { page }) }
}

function readPageSigns(text: string): PageSigns | null {
  const end = text.indexOf('\r\n\r\n')
  const fields = end < 0 ? text : text.slice(0, end)
  const field = (name: string) => new RegExp(`\\r\\n${name}:[ \\t]*([^\\r\\n]{1,100})`, 'i').exec(fields)?.[1]?.trim() ?? ''
  const says = end < 0 ? null : (PHRASES.exec(text.slice(end))?.[0].toLowerCase() ?? null)
  const found = { server: field('Server'), via: field('Via'), says }
  return found.server === '' && found.via === '' && says === null ? null : found
}

/** What block pages and sign-in pages say of themselves. An ordinary 403 says "forbidden", which is none of them. */
const PHRASES =
  /\b(?:blocked|access (?:is |has been )?denied|(?:web|content|url)[- ]?filter(?:ing|ed)?|your (?:administrator|organi[sz]ation)|captive portal|sign[- ]?in|log[- ]?in|hot-?spot|wi-?fi|accept the terms|terms of (?:use|service))\b/i

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
