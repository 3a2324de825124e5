import { isIPv6 } from 'node:net'

/** The parts of a URL that a proxy setting uses, read as Go's net/url reads them (go1.26). */
export interface GoUrl {
  /** Lower case; "" for a reference without one. */
  readonly scheme: string
  /** Decoded octets before and after the first colon; null when there is no `@`. */
  readonly userinfo: { readonly username: Buffer; readonly password: Buffer | null } | null
  /** Without brackets and port. */
  readonly hostname: string
  /** Digits after the colon, "" when there are none. */
  readonly port: string
}

/**
 * Parse a URL with Go's rules, which are not WHATWG's: what Go refuses must be refused here, since go then ignores a proxy setting in silence.
 * @returns undefined where url.Parse of Go returns an error
 */
export function parseGoUrl(text: string): GoUrl | undefined {
  const hash = text.indexOf('#')
  const beforeFragment = hash < 0 ? text : text.slice(0, hash)
  if (CONTROL.test(beforeFragment)) return undefined
  if (hash >= 0 && !hasSoundEscapes(text.slice(hash + 1))) return undefined
  const split = splitScheme(beforeFragment)
  if (split === undefined) return undefined
  return parseReference(split.scheme.toLowerCase(), split.rest.replace(/\?.*$/s, ''))
}

const CONTROL = /[\u0000-\u001f\u007f]/
/** Octets below 0x80 that a host may hold unescaped. */
const HOST = /^[A-Za-z0-9\-._~!$&'()*+,;=:[\]<>"%\u0080-\uffff]*$/
const USERINFO = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/
const NO_AUTHORITY = { userinfo: null, hostname: '', port: '' } as const

function parseReference(scheme: string, rest: string): GoUrl | undefined {
  if (!rest.startsWith('/')) return parseRootless(scheme, rest)
  if (!rest.startsWith('//') || (scheme === '' && rest.startsWith('///'))) {
    return hasSoundEscapes(rest) ? { scheme, ...NO_AUTHORITY } : undefined
  }
  const slash = rest.indexOf('/', 2)
  const path = slash < 0 ? '' : rest.slice(slash)
  const authority = parseAuthority(scheme, slash < 0 ? rest.slice(2) : rest.slice(2, slash))
  return authority !== undefined && hasSoundEscapes(path) ? { scheme, ...authority } : undefined
}

function parseRootless(scheme: string, rest: string): GoUrl | undefined {
  if (scheme !== '') return { scheme, ...NO_AUTHORITY }
  const [segment = ''] = rest.split('/')
  return segment.includes(':') || !hasSoundEscapes(rest) ? undefined : { scheme, ...NO_AUTHORITY }
}

function splitScheme(text: string): { readonly scheme: string; readonly rest: string } | undefined {
  if (text.startsWith(':')) return undefined
  const found = /^([A-Za-z][A-Za-z0-9+\-.]*):/.exec(text)
  return found?.[1] === undefined ? { scheme: '', rest: text } : { scheme: found[1], rest: text.slice(found[0].length) }
}

function parseAuthority(scheme: string, authority: string): Omit<GoUrl, 'scheme'> | undefined {
  const at = authority.lastIndexOf('@')
  const host = parseHost(scheme, authority.slice(at + 1))
  if (host === undefined) return undefined
  if (at < 0) return { userinfo: null, ...host }
  const raw = authority.slice(0, at)
  if (!USERINFO.test(raw) || !hasSoundEscapes(raw)) return undefined
  const colon = raw.indexOf(':')
  const username = decodePercent(colon < 0 ? raw : raw.slice(0, colon))
  return { userinfo: { username, password: colon < 0 ? null : decodePercent(raw.slice(colon + 1)) }, ...host }
}

function parseHost(scheme: string, text: string): { readonly hostname: string; readonly port: string } | undefined {
  if (!HOST.test(text) || !hasHostEscapes(text)) return undefined
  if (text.lastIndexOf('[') > 0) return undefined
  if (text.startsWith('[')) return parseBracketed(text)
  // http and https take the first colon (go1.26), others the last one.
  const colon = scheme === 'http' || scheme === 'https' ? text.indexOf(':') : text.lastIndexOf(':')
  if (colon < 0) return { hostname: decodePercent(text).toString(), port: '' }
  const port = text.slice(colon + 1)
  return /^\d*$/.test(port) ? { hostname: decodePercent(text.slice(0, colon)).toString(), port } : undefined
}

function parseBracketed(text: string): { readonly hostname: string; readonly port: string } | undefined {
  const end = text.lastIndexOf(']')
  const found = /^(?::(\d*))?$/.exec(text.slice(end + 1))
  if (end < 0 || found === null) return undefined
  const hostname = decodePercent(text.slice(1, end)).toString()
  return isIPv6(hostname) ? { hostname, port: found[1] ?? '' } : undefined
}

function hasSoundEscapes(text: string): boolean {
  return !/%(?![0-9A-Fa-f]{2})/.test(text)
}

/** In a host only octets from 0x80 on, and `%25` before a zone, may be escaped. */
function hasHostEscapes(text: string): boolean {
  return !/%(?![89A-Fa-f][0-9A-Fa-f]|25)/.test(text)
}

function decodePercent(text: string): Buffer {
  const octets = Buffer.from(text, 'utf8').toString('latin1')
  return Buffer.from(
    octets.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )
}
