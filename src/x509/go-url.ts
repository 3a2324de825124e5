import { quoteGo } from './go-text.ts'
import { parseIpLiteral } from './ip-literal.ts'
import type { GoRules } from './rules.ts'
import { chooseEscaped, escapeUrl, quoteOctets, unescapeUrl } from './url-escape.ts'

/** A URI as Go's net/url understands it, as far as name constraints need it. */
export interface GoUrl {
  /** Host with port, "" without one; one character an octet. */
  readonly host: string
  /** The URI as Go prints it again. */
  readonly text: string
}

interface Problem {
  readonly problem: string
}

/** Parse an ASCII URI. @returns it, or Go's text ("parse \"…\": invalid port …") */
export function parseGoUrl(raw: string, rules: GoRules): GoUrl | Problem {
  const [bare, fragment] = cut(raw, '#')
  const parsed = parseBare(bare, rules)
  if ('problem' in parsed) return { problem: `parse ${quoteGo(bare)}: ${parsed.problem}` }
  if (fragment === '') return parsed
  const octets = unescapeUrl(fragment, 'fragment')
  if (typeof octets === 'object') return { problem: `parse ${quoteGo(raw)}: ${octets.problem}` }
  return { host: parsed.host, text: `${parsed.text}#${chooseEscaped(fragment, octets, 'fragment')}` }
}

/** Before and after the first separator; "" after it when there is none. */
function cut(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

function parseBare(raw: string, rules: GoRules): GoUrl | Problem {
  if (/[\x00-\x1f\x7f]/.test(raw)) return { problem: 'net/url: invalid control character in URL' }
  if (raw.startsWith(':')) return { problem: 'missing protocol scheme' }
  const scheme = /^([A-Za-z][A-Za-z0-9+\-.]*):/.exec(raw)?.[1]?.toLowerCase() ?? ''
  const afterScheme = scheme === '' ? raw : raw.slice(scheme.length + 1)
  const [rest] = cut(afterScheme, '?')
  const query = afterScheme.slice(rest.length)
  if (rest.startsWith('/')) return parseHierarchy(rest, query, scheme, rules)
  if (scheme !== '') return { host: '', text: `${scheme}:${rest}${query}` }
  if (cut(rest, '/')[0].includes(':')) return { problem: 'first path segment in URL cannot contain colon' }
  const path = readPath(rest)
  if (typeof path === 'object') return path
  // A first segment in which an escaped colon was undone would read as a scheme.
  return { host: '', text: `${cut(path, '/')[0].includes(':') ? './' : ''}${path}${query}` }
}

/** What starts with a slash: perhaps an authority, and a path. */
function parseHierarchy(rest: string, query: string, scheme: string, rules: GoRules): GoUrl | Problem {
  const hasAuthority = rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'))
  const authorityText = hasAuthority ? cut(rest.slice(2), '/')[0] : ''
  const authority = hasAuthority ? parseAuthority(authorityText, scheme, rules) : undefined
  if (authority !== undefined && 'problem' in authority) return authority
  const path = readPath(hasAuthority ? rest.slice(2 + authorityText.length) : rest)
  if (typeof path === 'object') return path
  const { host, user } = authority ?? { host: '', user: null }
  const isEmpty = host === '' && path === '' && user === null
  const head = scheme === '' ? '' : `${scheme}:`
  const showsAuthority = authority !== undefined && !isEmpty && (scheme !== '' || host !== '' || user !== null)
  const shown = showsAuthority ? `//${user === null ? '' : `${user}@`}${escapeUrl(host, 'host')}` : ''
  // Behind a scheme alone, a second slash would make a host of what follows.
  const isAmbiguous = rules.escapesSlashPath && !hasAuthority && scheme !== '' && path.startsWith('//')
  return { host, text: head + shown + (isAmbiguous ? `%2F${path.slice(1)}` : path) + query }
}

function readPath(raw: string): string | Problem {
  const octets = unescapeUrl(raw, 'path')
  if (typeof octets === 'object') return octets
  return chooseEscaped(raw, octets, 'path')
}

interface Authority {
  readonly host: string
  /** As Go prints it; null without a user. */
  readonly user: string | null
}

function parseAuthority(authority: string, scheme: string, rules: GoRules): Authority | Problem {
  const at = authority.lastIndexOf('@')
  const host = parseHost(authority.slice(at + 1), scheme, rules)
  if (typeof host === 'object') return host
  if (at < 0) return { host, user: null }
  const userinfo = authority.slice(0, at)
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(userinfo)) return { problem: 'net/url: invalid userinfo' }
  const colon = userinfo.indexOf(':')
  const parts = colon < 0 ? [userinfo] : [userinfo.slice(0, colon), userinfo.slice(colon + 1)]
  const shown: string[] = []
  for (const part of parts) {
    const octets = unescapeUrl(part, 'user')
    if (typeof octets === 'object') return octets
    shown.push(escapeUrl(octets, 'user'))
  }
  return { host, user: shown.join(':') }
}

function parseHost(host: string, scheme: string, rules: GoRules): string | Problem {
  const open = rules.hasStrictIpLiterals ? host.lastIndexOf('[') : host.startsWith('[') ? 0 : -1
  if (open > 0 && rules.refusesInnerBracket) return { problem: 'invalid IP-literal' }
  if (open >= 0) return parseBracketed(host, open, rules)
  const colon = countsFirstColon(scheme, rules) ? host.indexOf(':') : host.lastIndexOf(':')
  const port = colon < 0 ? '' : host.slice(colon)
  return isPort(port) ? unescapeUrl(host, 'host') : { problem: `invalid port ${quoteOctets(port)} after host` }
}

function countsFirstColon(scheme: string, { strictUrlColons }: GoRules): boolean {
  if (strictUrlColons === 'http') return scheme === 'http' || scheme === 'https'
  return strictUrlColons === 'but-postgres' && scheme !== 'postgres' && scheme !== 'postgresql'
}

function parseBracketed(host: string, open: number, rules: GoRules): string | Problem {
  const close = host.lastIndexOf(']')
  if (close < 0) return { problem: "missing ']' in host" }
  const port = host.slice(close + 1)
  if (!isPort(port)) return { problem: `invalid port ${quoteOctets(port)} after host` }
  if (!rules.hasStrictIpLiterals) return unescapeInPieces(host, close)
  const inner = unescapeInPieces(host.slice(open + 1, close))
  if (typeof inner === 'object') return inner
  const literal = parseIpLiteral(inner)
  if ('problem' in literal) return { problem: `invalid host: ${literal.problem}` }
  return literal.family === 4 ? { problem: 'invalid IP-literal' } : `[${inner}]${port}`
}

/** An address with its zone, which `%25` introduces, up to `end`; what follows is read as host again. */
function unescapeInPieces(text: string, end = text.length): string | Problem {
  const zone = text.slice(0, end).indexOf('%25')
  if (zone < 0) return unescapeUrl(text, 'host')
  let octets = ''
  for (const [from, to, part] of [[0, zone, 'host'] as const, [zone, end, 'zone'] as const, [end, text.length, 'host'] as const]) {
    const piece = unescapeUrl(text.slice(from, to), part)
    if (typeof piece === 'object') return piece
    octets += piece
  }
  return octets
}

function isPort(port: string): boolean {
  return /^(:[0-9]*)?$/.test(port)
}
