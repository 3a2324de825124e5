import { quoteGo } from './go-text.ts'
import { parseIpAddress } from './ip-address.ts'
import type { GoRules } from './rules.ts'

/** A URI as Go's net/url understands it, as far as name constraints need it. */
export interface GoUrl {
  /** Host with port, "" without one. */
  readonly host: string
  /** The URI as Go prints it again. */
  readonly text: string
}

/** Parse an ASCII URI. @returns it, or Go's text ("parse \"…\": invalid port …") */
export function parseGoUrl(raw: string, rules: GoRules): GoUrl | { readonly problem: string } {
  const hash = raw.indexOf('#')
  const bare = hash < 0 ? raw : raw.slice(0, hash)
  const fragment = hash < 0 ? '' : raw.slice(hash + 1)
  const parsed = parseBare(bare, rules)
  if ('problem' in parsed) return { problem: `parse ${quoteGo(bare)}: ${parsed.problem}` }
  const badEscape = findBadEscape(fragment)
  if (badEscape !== undefined) return { problem: `parse ${quoteGo(raw)}: ${badEscape}` }
  return { host: parsed.host, text: fragment === '' ? parsed.text : `${parsed.text}#${fragment}` }
}

type Parsed = GoUrl | { readonly problem: string }

function parseBare(raw: string, rules: GoRules): Parsed {
  if (/[\x00-\x1f\x7f]/.test(raw)) return { problem: 'net/url: invalid control character in URL' }
  if (raw.startsWith(':')) return { problem: 'missing protocol scheme' }
  const scheme = /^([A-Za-z][A-Za-z0-9+\-.]*):/.exec(raw)?.[1]
  const afterScheme = scheme === undefined ? raw : raw.slice(scheme.length + 1)
  const question = afterScheme.indexOf('?')
  const rest = question < 0 ? afterScheme : afterScheme.slice(0, question)
  const text = scheme === undefined ? raw : scheme.toLowerCase() + raw.slice(scheme.length)
  if (!rest.startsWith('/')) return parseOpaque(rest, scheme, text)
  const hasAuthority = rest.startsWith('//') && (scheme !== undefined || !rest.startsWith('///'))
  const slash = hasAuthority ? rest.indexOf('/', 2) : 0
  const path = slash < 0 ? '' : rest.slice(slash)
  const authority = hasAuthority ? rest.slice(2, slash < 0 ? undefined : slash) : ''
  const host = parseAuthority(authority, scheme?.toLowerCase() ?? '', rules)
  if (typeof host !== 'string') return host
  const badEscape = findBadEscape(path)
  return badEscape === undefined ? { host, text } : { problem: badEscape }
}

function parseOpaque(rest: string, scheme: string | undefined, text: string): Parsed {
  if (scheme !== undefined) return { host: '', text }
  const segment = rest.split('/', 1)[0] ?? ''
  if (segment.includes(':')) return { problem: 'first path segment in URL cannot contain colon' }
  const badEscape = findBadEscape(rest)
  return badEscape === undefined ? { host: '', text } : { problem: badEscape }
}

function parseAuthority(authority: string, scheme: string, rules: GoRules): string | { readonly problem: string } {
  const at = authority.lastIndexOf('@')
  const host = parseHost(authority.slice(at + 1), scheme, rules)
  if (at < 0 || typeof host !== 'string') return host
  const user = authority.slice(0, at)
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) return { problem: 'net/url: invalid userinfo' }
  const badEscape = findBadEscape(user)
  return badEscape === undefined ? host : { problem: badEscape }
}

function parseHost(host: string, scheme: string, rules: GoRules): string | { readonly problem: string } {
  const open = rules.hasStrictIpLiterals ? host.lastIndexOf('[') : host.startsWith('[') ? 0 : -1
  if (open > 0 && rules.minor >= 26) return { problem: 'invalid IP-literal' }
  if (open >= 0) return parseIpLiteral(host, open, rules)
  const first = host.indexOf(':')
  const isStrict = rules.hasStrictUrlColons && (scheme === 'http' || scheme === 'https')
  const colon = isStrict ? first : host.lastIndexOf(':')
  const port = colon < 0 ? '' : host.slice(colon)
  return isPort(port) ? unescapeHost(host) : { problem: `invalid port ${quoteGo(port)} after host` }
}

function parseIpLiteral(host: string, open: number, rules: GoRules): string | { readonly problem: string } {
  const close = host.lastIndexOf(']')
  if (close < 0) return { problem: "missing ']' in host" }
  const port = host.slice(close + 1)
  if (!isPort(port)) return { problem: `invalid port ${quoteGo(port)} after host` }
  const inner = unescapeHost(host.slice(open + 1, close).replace(/%25.*/s, ''))
  if (typeof inner !== 'string' || !rules.hasStrictIpLiterals) return typeof inner === 'string' ? host : inner
  if (!inner.includes(':') && parseIpAddress(inner) !== undefined) return { problem: 'invalid IP-literal' }
  if (parseIpAddress(inner) === undefined) return { problem: `invalid host: ParseAddr(${quoteGo(inner)}): unable to parse IP` }
  return host.slice(open)
}

function isPort(port: string): boolean {
  return /^(:[0-9]*)?$/.test(port)
}

function unescapeHost(host: string): string | { readonly problem: string } {
  const badEscape = findBadEscape(host)
  if (badEscape !== undefined) return { problem: badEscape }
  const ascii = /%(?!25)[0-7][0-9A-Fa-f]/.exec(host)?.[0]
  if (ascii !== undefined) return { problem: `invalid URL escape ${quoteGo(ascii)}` }
  const bad = /[^A-Za-z0-9!$&'()*+,;=:[\]<>"\-_.~%]/.exec(host)?.[0]
  if (bad !== undefined) return { problem: `invalid character ${quoteGo(bad)} in host name` }
  return host.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}

/** Go's words for the first `%` that two hex digits do not follow. */
function findBadEscape(text: string): string | undefined {
  const at = text.search(/%(?![0-9A-Fa-f]{2})/)
  return at < 0 ? undefined : `invalid URL escape ${quoteGo(text.slice(at, at + 3))}`
}
