import { isIP } from 'node:net'

/** What resolv.conf says, with Go's defaults. */
export interface ResolverSettings {
  /** IP addresses, at most three. */
  readonly servers: readonly string[]
  /** Suffixes with a trailing dot. */
  readonly search: readonly string[]
  readonly ndots: number
  /** Of one query to one server. */
  readonly timeoutMs: number
  readonly attempts: number
}

/**
 * Parse resolv.conf as Go's resolver does.
 * @param text the file, "" when there is none: then the servers are 127.0.0.1 and ::1
 * @param hostname this machine's name, whose domain is the search list where the file gives none
 */
export function parseResolvConf(text: string, hostname: string): ResolverSettings {
  const rows = text
    .split('\n')
    .filter((line) => !/^[;#]/.test(line))
    .map((line) => line.split(/[ \t\r\n]+/).filter((word) => word !== ''))
  const servers = rows.flatMap(([key, address]) => (key === 'nameserver' && address !== undefined && isIP(address) > 0 ? [address] : []))
  const search = readSearch(rows)
  const options = rows.flatMap(([key, ...words]) => (key === 'options' ? words : []))
  return {
    servers: servers.length > 0 ? servers.slice(0, 3) : ['127.0.0.1', '::1'],
    search: search.length > 0 ? search : defaultSearch(hostname),
    ndots: Math.min(15, readOption(options, 'ndots:', 1, 0)),
    timeoutMs: readOption(options, 'timeout:', 5, 1) * 1000,
    attempts: readOption(options, 'attempts:', 2, 1),
  }
}

/** The names to ask for, in order, all with a trailing dot (Go's dnsConfig.nameList). */
export function listNames(name: string, settings: ResolverSettings): readonly string[] {
  if (name.endsWith('.')) return isAvoided(name) ? [] : [name]
  const plain = `${name}.`
  const suffixed = settings.search.map((suffix) => plain + suffix)
  const isPlainFirst = name.split('.').length - 1 >= settings.ndots
  return (isPlainFirst ? [plain, ...suffixed] : [...suffixed, plain]).filter((each) => each.length <= 254 && !isAvoided(each))
}

/** Go never asks DNS for onion services (RFC 7686). */
function isAvoided(name: string): boolean {
  return /\.onion\.?$/i.test(name)
}

/** The last `domain` or `search` line wins. */
function readSearch(rows: readonly (readonly string[])[]): readonly string[] {
  const last = rows.findLast(([key, value]) => key === 'search' || (key === 'domain' && value !== undefined)) ?? []
  const words = last[0] === 'domain' ? last.slice(1, 2) : last.slice(1)
  return words.map(ensureRooted).filter((suffix) => suffix !== '.')
}

function defaultSearch(hostname: string): readonly string[] {
  const dot = hostname.indexOf('.')
  return dot >= 0 && dot < hostname.length - 1 ? [ensureRooted(hostname.slice(dot + 1))] : []
}

function ensureRooted(name: string): string {
  return name.endsWith('.') ? name : `${name}.`
}

function readOption(options: readonly string[], prefix: string, fallback: number, least: number): number {
  const found = options.findLast((option) => option.startsWith(prefix))
  if (found === undefined) return fallback
  const value = Number.parseInt(found.slice(prefix.length), 10)
  return Number.isNaN(value) ? least : Math.max(least, value)
}
