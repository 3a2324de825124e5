/** An address block of a name constraint: both parts 4 or both 16 octets. */
export interface IpNetwork {
  readonly address: Uint8Array
  readonly mask: Uint8Array
}

/** Parse an IPv4 or IPv6 literal as Go's net.ParseIP does (no zone, no leading zeros in IPv4). @returns 4 octets for IPv4 and IPv4-mapped, else 16 */
export function parseIpAddress(text: string): Uint8Array | undefined {
  if (!text.includes(':')) return parseIpv4(text)
  const octets = parseIpv6(text)
  return octets === undefined ? undefined : unmapIpAddress(octets)
}

/** An address as Go prints it: dotted quad (also for IPv4-mapped), or the shortest IPv6 form (RFC 5952). */
export function formatIpAddress(octets: Uint8Array): string {
  const plain = unmapIpAddress(octets)
  if (plain.length === 4) return plain.join('.')
  const groups: number[] = []
  for (let i = 0; i < 16; i += 2) groups.push((plain[i] ?? 0) * 256 + (plain[i + 1] ?? 0))
  const run = findLongestZeros(groups)
  const show = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':')
  return run.length < 2 ? show(groups) : `${show(groups.slice(0, run.start))}::${show(groups.slice(run.start + run.length))}`
}

/** A block as Go's net.IPNet prints it ("10.0.0.0/8"). */
export function formatIpNetwork(network: IpNetwork): string {
  const { address, mask } = unmapNetwork(network)
  const bits = [...mask].map((octet) => octet.toString(2).padStart(8, '0')).join('')
  const ones = bits.indexOf('0') < 0 ? bits.length : bits.indexOf('0')
  return `${formatIpAddress(address)}/${ones}`
}

/** Whether an address lies in a block, as Go's net.IPNet.Contains: IPv4 and IPv4-mapped are the same. */
export function containsIpAddress(network: IpNetwork, octets: Uint8Array): boolean {
  const { address, mask } = unmapNetwork(network)
  const plain = unmapIpAddress(octets)
  return plain.length === address.length && matchesMasked(plain, address, mask)
}

/** Whether `octets` and `address` agree under a mask; all of one length. */
export function matchesMasked(octets: Uint8Array, address: Uint8Array, mask: Uint8Array): boolean {
  return octets.every((octet, i) => (octet & (mask[i] ?? 0)) === ((address[i] ?? 0) & (mask[i] ?? 0)))
}

/** An IPv4-mapped address as its 4 octets; others as they are. */
export function unmapIpAddress(octets: Uint8Array): Uint8Array {
  return isMappedIpAddress(octets) ? octets.subarray(12) : octets
}

/** Whether 16 octets hold an IPv4 address (RFC 4291 section 2.5.5.2). */
export function isMappedIpAddress(octets: Uint8Array): boolean {
  return octets.length === 16 && octets.subarray(0, 10).every((octet) => octet === 0) && octets[10] === 0xff && octets[11] === 0xff
}

function unmapNetwork(network: IpNetwork): IpNetwork {
  const address = unmapIpAddress(network.address)
  return { address, mask: network.mask.subarray(network.mask.length - address.length) }
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.')
  const isPlain = parts.length === 4 && parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) < 256)
  return isPlain ? Uint8Array.from(parts, Number) : undefined
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map(parseGroups)
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined
  const known = head.length + (tail?.length ?? 0)
  if (halves.length === 1 ? known !== 16 : known > 14) return undefined
  return Uint8Array.from([...head, ...new Array<number>(16 - known).fill(0), ...(tail ?? [])])
}

/** The octets of `a:b:c` where the last part may be a dotted quad. */
function parseGroups(text: string): number[] | undefined {
  if (text === '') return []
  const octets: number[] = []
  const parts = text.split(':')
  for (const [i, part] of parts.entries()) {
    const quad = i === parts.length - 1 && part.includes('.') ? parseIpv4(part) : undefined
    if (quad === undefined && !/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined
    const group = Number.parseInt(part, 16)
    octets.push(...(quad ?? [group >> 8, group & 0xff]))
  }
  return octets
}

function findLongestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start++) {
    let length = 0
    while (groups[start + length] === 0) length++
    if (length > best.length) best = { start, length }
  }
  return best
}
