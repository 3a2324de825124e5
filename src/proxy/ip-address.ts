import { isIP } from 'node:net'

/**
 * Octets of an IP address in text, as Go's net/netip reads it: 4 for IPv4 and IPv4-mapped IPv6, else 16. The zone (`%eth0`) is dropped.
 * @returns undefined when the text is no IP address
 */
export function parseIpAddress(text: string): Uint8Array | undefined {
  const bare = text.replace(/%.*$/s, '')
  const family = isIP(bare)
  if (family === 4) return Uint8Array.from(bare.split('.'), Number)
  if (family !== 6) return undefined
  const octets = expandIpv6(bare)
  return isMapped(octets) ? octets.subarray(12) : octets
}

/** An address block such as `10.0.0.0/8`, as NO_PROXY has it. */
export interface AddressBlock {
  readonly octets: Uint8Array
  readonly prefixBits: number
}

/**
 * Parse CIDR notation (RFC 4632) as Go's net.ParseCIDR does.
 * @returns undefined when the text is no such block
 */
export function parseAddressBlock(text: string): AddressBlock | undefined {
  const [address = '', bits = '', ...rest] = text.split('/')
  const octets = parseIpAddress(address)
  if (octets === undefined || rest.length > 0 || address.includes('%') || !/^\d{1,3}$/.test(bits)) return undefined
  const prefixBits = Number(bits)
  return prefixBits <= octets.length * 8 ? { octets, prefixBits } : undefined
}

/** Whether an address lies in a block; never across families. */
export function isInBlock(octets: Uint8Array, block: AddressBlock): boolean {
  return octets.length === block.octets.length && commonPrefixBits(octets, block.octets) >= block.prefixBits
}

/** Number of leading bits that two addresses share. */
export function commonPrefixBits(a: Uint8Array, b: Uint8Array): number {
  const differing = a.findIndex((octet, i) => octet !== b[i])
  if (differing < 0) return a.length * 8
  const difference = (a[differing] ?? 0) ^ (b[differing] ?? 0)
  return differing * 8 + Math.clz32(difference) - 24
}

/** Whether two addresses are the same, octet for octet. */
export function isSameAddress(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, i) => octet === b[i])
}

/** Whether an address is this machine talking to itself (127.0.0.0/8, ::1). */
export function isLoopback(octets: Uint8Array): boolean {
  if (octets.length === 4) return octets[0] === 127
  return octets.every((octet, i) => octet === (i === 15 ? 1 : 0))
}

/** Whether an address is the unspecified one (0.0.0.0, ::), which a connect takes for loopback. */
export function isUnspecified(octets: Uint8Array): boolean {
  return octets.every((octet) => octet === 0)
}

/** Join host and port as Go's net.JoinHostPort does: an IPv6 address in brackets. */
export function joinHostPort(host: string, port: number | string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function expandIpv6(text: string): Uint8Array {
  const [head = '', tail] = text.split('::')
  const front = readGroups(head)
  const back = tail === undefined ? [] : readGroups(tail)
  const gap = new Array<number>(16 - front.length - back.length).fill(0)
  return Uint8Array.from([...front, ...gap, ...back])
}

function readGroups(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number)
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
}

function isMapped(octets: Uint8Array): boolean {
  return octets.subarray(0, 10).every((octet) => octet === 0) && octets[10] === 0xff && octets[11] === 0xff
}
