import { domainToASCII } from 'node:url'
import { type AddressBlock, isInBlock, isLoopback, isSameAddress, parseAddressBlock, parseIpAddress } from './ip-address.ts'

/**
 * Whether go sends requests for `host:port` through its proxy, by NO_PROXY's rules of golang.org/x/net/http/httpproxy:
 * `localhost` (exactly so) and loopback addresses never are; addresses and CIDR match only hosts that are IP literals.
 * @param noProxy value of NO_PROXY or no_proxy
 */
export function isProxied(host: string, port: number, noProxy: string): boolean {
  if (host === 'localhost') return false
  const ip = parseIpAddress(host)
  if (ip !== undefined && isLoopback(ip)) return false
  const name = host.trim().toLowerCase()
  return !noProxy.split(',').some((entry) => isExempt(name, ip, String(port), entry.trim().toLowerCase()))
}

function isExempt(name: string, ip: Uint8Array | undefined, port: string, entry: string): boolean {
  if (entry === '') return false
  if (entry === '*') return true
  const block = parseAddressBlock(entry)
  if (block !== undefined) return isInIpBlock(ip, block)
  const wanted = splitPort(entry)
  if (wanted.host === '' || (wanted.port !== '' && wanted.port !== port)) return false
  const address = wanted.host.includes('%') ? undefined : parseIpAddress(wanted.host)
  if (address !== undefined) return ip !== undefined && isSameAddress(ip, address)
  return ip === undefined && isDomainMatch(name, wanted.host)
}

function isInIpBlock(ip: Uint8Array | undefined, block: AddressBlock): boolean {
  return ip !== undefined && isInBlock(ip, block)
}

/** `a.b` matches itself and below, `.a.b` and `*.a.b` only below. */
function isDomainMatch(name: string, pattern: string): boolean {
  const suffix = pattern.startsWith('*.') ? pattern.slice(1) : pattern
  if (suffix.startsWith('.')) return name.endsWith(toAscii(suffix))
  const ascii = toAscii(suffix)
  return name === ascii || name.endsWith(`.${ascii}`)
}

function toAscii(name: string): string {
  if (/^[\u0000-\u007f]*$/.test(name)) return name
  const dot = name.startsWith('.') ? '.' : ''
  const ascii = domainToASCII(name.slice(dot.length))
  return ascii === '' ? name : dot + ascii
}

/** As Go's net.SplitHostPort, where a text that it refuses is a host without a port. */
function splitPort(entry: string): { readonly host: string; readonly port: string } {
  const bracketed = /^\[([^[\]]*)\]:([^:[\]]*)$/.exec(entry)
  if (bracketed !== null) return { host: bracketed[1] ?? '', port: bracketed[2] ?? '' }
  const plain = /^([^:[\]]*):([^:[\]]*)$/.exec(entry)
  return plain === null ? { host: entry, port: '' } : { host: plain[1] ?? '', port: plain[2] ?? '' }
}
