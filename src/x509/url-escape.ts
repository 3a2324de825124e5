import { decodeGoString, quoteGo } from './go-text.ts'

/** A part of a URI; each has its own characters that need no escape. */
export type UrlPart = 'path' | 'host' | 'zone' | 'user' | 'fragment'

/** Octets of a part with its escapes undone, as Go's net/url does. @param text one character an octet @returns the octets likewise, or Go's text */
export function unescapeUrl(text: string, part: UrlPart): string | { readonly problem: string } {
  const isHost = part === 'host' || part === 'zone'
  let octets = ''
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? ''
    if (char !== '%') {
      if (isHost && char < '\x80' && needsEscape(char, part)) {
        return { problem: `invalid character ${quoteOctets(char)} in host name` }
      }
      octets += char
      continue
    }
    const written = text.slice(at, at + 3)
    const octet = String.fromCharCode(Number.parseInt(written.slice(1), 16))
    if (!/^%[0-9A-Fa-f]{2}$/.test(written) || isForbidden(written, octet, part))
      return { problem: `invalid URL escape ${quoteOctets(written)}` }
    octets += octet
    at += 2
  }
  return octets
}

/** In a host only octets beyond ASCII and the percent sign may be escaped, in a zone what could stand there as it is, and a blank. */
function isForbidden(written: string, octet: string, part: UrlPart): boolean {
  if (written === '%25') return false
  return part === 'host' ? octet < '\x80' : part === 'zone' && octet !== ' ' && needsEscape(octet, 'host')
}

/** Octets of a part with the escapes that Go writes. */
export function escapeUrl(octets: string, part: UrlPart): string {
  return octets.replace(/./gs, (char) => (needsEscape(char, part) ? escapeOctet(char) : char))
}

/**
 * What Go prints for a part of which it knows both forms.
 * @param raw as it was written @param octets its octets without escapes
 */
export function chooseEscaped(raw: string, octets: string, part: 'path' | 'fragment'): string {
  const isSound = [...raw].every((char) => /[!$&'()*+,;=:@[\]%]/.test(char) || !needsEscape(char, part))
  return isSound ? raw : escapeUrl(octets, part)
}

/** Go's `%q` of octets. */
export function quoteOctets(octets: string): string {
  return quoteGo(decodeGoString(Buffer.from(octets, 'latin1')))
}

function escapeOctet(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

function needsEscape(char: string, part: UrlPart): boolean {
  return !/[A-Za-z0-9\-_.~]/.test(char) && !ALLOWED[part].includes(char)
}

/** Beyond letters, digits and `-_.~`. */
const ALLOWED: Readonly<Record<UrlPart, string>> = {
  path: '$&+,/:;=@',
  host: '!$&\'()*+,;=:[]<>"',
  zone: '!$&\'()*+,;=:[]<>"',
  user: '$&+,;=',
  fragment: '$&+,/:;=?@!()*',
}
