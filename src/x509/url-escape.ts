import { decodeGoString, quoteGo } from './go-text.ts'

/** A part of a URI; each has its own characters that need no escape. */
export type UrlPart = 'path' | 'host' | 'zone' | 'user' | 'fragment'

/** Octets of a part with its escapes undone, as Go's net/url does. @param text one character an octet @returns the octets likewise, or Go's text */
export function unescapeUrl(text: string, part: UrlPart): string | { readonly problem: string } {
  const isHost = part === 'host' || part === 'zone'
  for (const { 0: found, index } of text.matchAll(isHost ? HOST_SUSPECTS : ESCAPE)) {
    if (!found.startsWith('%')) return { problem: `invalid character ${quoteOctets(found)} in host name` }
    if (found.length < 3 || isForbidden(found, undo(found), part)) {
      return { problem: `invalid URL escape ${quoteOctets(text.slice(index, index + 3))}` }
    }
  }
  return text.includes('%') ? text.replace(ESCAPE, undo) : text
}

/** A sound escape, or the percent sign alone where none follows. */
const ESCAPE = /%(?:[0-9A-Fa-f]{2})?/g
/** The same, and what may not stand in a host as it is. */
const HOST_SUSPECTS = /%(?:[0-9A-Fa-f]{2})?|[^A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"\x80-\uffff]/g

function undo(written: string): string {
  return String.fromCharCode(Number.parseInt(written.slice(1), 16))
}

/** In a host only octets beyond ASCII and the percent sign may be escaped, in a zone what could stand there as it is, and a blank. */
function isForbidden(written: string, octet: string, part: UrlPart): boolean {
  if (written === '%25') return false
  return part === 'host' ? octet < '\x80' : part === 'zone' && octet !== ' ' && !PLAIN_IN_HOST.test(octet)
}

/** Octets of a part with the escapes that Go writes. */
export function escapeUrl(octets: string, part: UrlPart): string {
  return octets.replace(ESCAPED[part], escapeOctets)
}

/**
 * What Go prints for a part of which it knows both forms.
 * @param raw as it was written @param octets its octets without escapes
 */
export function chooseEscaped(raw: string, octets: string, part: 'path' | 'fragment'): string {
  return UNSOUND[part].test(raw) ? escapeUrl(octets, part) : raw
}

/** Go's `%q` of octets. */
export function quoteOctets(octets: string): string {
  return quoteGo(decodeGoString(Buffer.from(octets, 'latin1')))
}

/** Octets that stand side by side, all at once: a URI may hold 60,000 of them. */
function escapeOctets(run: string): string {
  return Buffer.from(run, 'latin1').toString('hex').toUpperCase().replace(/../g, '%$&')
}

/** What is written as an escape in each part. */
const ESCAPED = {
  path: /[^A-Za-z0-9\-_.~$&+,/:;=@]+/g,
  host: /[^A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]+/g,
  zone: /[^A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]+/g,
  user: /[^A-Za-z0-9\-_.~$&+,;=]+/g,
  fragment: /[^A-Za-z0-9\-_.~$&+,/:;=?@!()*]+/g,
} as const

/** What keeps Go from printing a part as it was written. */
const UNSOUND = {
  path: /[^A-Za-z0-9\-_.~$&+,/:;=@!'()*[\]%]/,
  fragment: /[^A-Za-z0-9\-_.~$&+,/:;=?@!'()*[\]%]/,
} as const

/** Octets that need no escape in a host. */
const PLAIN_IN_HOST = /^[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]$/
