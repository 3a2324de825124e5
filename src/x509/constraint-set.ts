import { type Mailbox, parseMailbox } from './domain.ts'
import { containsIpAddress, type IpNetwork } from './ip-address.ts'
import type { GoRules } from './rules.ts'

/** Ask whether a name lies in one of the subtrees. @returns the subtree as Go prints it, undefined when none fits */
export type ConstraintSet<Name> = (name: Name) => string | undefined

/** Subtrees of DNS names (also of URIs and of mail domains) as Go 1.26 searches them; undefined when there are none. */
export function makeDnsSet(subtrees: readonly string[], isPermitted: boolean, rules: GoRules): ConstraintSet<string> | undefined {
  if (subtrees.length === 0) return undefined
  if (subtrees.includes('')) return () => ''
  const keyed = subtrees.map((domain) => ({ domain, key: sortKey(domain) })).sort((a, b) => compareKeys(a.key, b.key))
  const sorted = pruneSorted(keyed, (wide, narrow) => isUnderDomain(wide.domain, narrow.domain))
  const fold = (text: string) => (rules.foldsWildcards ? text.toLowerCase() : text)
  const parents = isPermitted ? new Map<string, string>() : mapParents(sorted.map(({ domain }) => fold(domain)))
  return (name) => {
    const wanted = sortKey(name)
    const found = searchSorted(
      sorted,
      ({ key }) => compareKeys(key, wanted),
      ({ domain }) => isUnderDomain(domain, name),
    )
    return found?.domain ?? (name.startsWith('*') ? parents.get(dropFirstLabel(fold(name))) : undefined)
  }
}

/** Subtrees of mailboxes: whole addresses, and domains; undefined when there are none. */
export function makeEmailSet(subtrees: readonly string[], isPermitted: boolean, rules: GoRules): ConstraintSet<Mailbox> | undefined {
  if (subtrees.length === 0) return undefined
  const domains = makeDnsSet(
    subtrees.filter((subtree) => !subtree.includes('@')),
    isPermitted,
    rules,
  )
  const mailboxes = subtrees.map((subtree) => (subtree.includes('@') ? parseMailbox(subtree, rules) : undefined))
  const addresses = new Set(mailboxes.flatMap((mailbox) => (mailbox === undefined ? [] : [identify(mailbox)])))
  return (mailbox) => (addresses.has(identify(mailbox)) ? `${mailbox.local}@${mailbox.domain}` : domains?.(mailbox.domain))
}

/** Address blocks, IPv4 and IPv6 apart. */
export function makeIpSet(networks: readonly IpNetwork[], show: (network: IpNetwork) => string, rules: GoRules): ConstraintSet<Uint8Array> {
  const counted = rules.masksNetworks ? networks.map(maskNetwork) : networks
  const sortedOf = (length: number) => {
    const sameLength = counted.filter((network) => network.address.length === length)
    return pruneSorted([...sameLength].sort(compareNetworks), isSubnet)
  }
  const [v4, v6] = [sortedOf(4), sortedOf(16)]
  return (octets) => {
    const found = searchSorted(
      octets.length === 4 ? v4 : v6,
      (network) => Buffer.compare(network.address, octets),
      (network) => containsIpAddress(network, octets),
    )
    return found === undefined ? undefined : show(found)
  }
}

/** Go looks at one subtree only: the equal one, or the last that sorts before the name. */
function searchSorted<T>(sorted: readonly T[], compare: (subtree: T) => number, matches: (subtree: T) => boolean): T | undefined {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const subtree = sorted[middle]
    if (subtree !== undefined && compare(subtree) < 0) low = middle + 1
    else high = middle
  }
  const equal = sorted[low]
  if (equal !== undefined && compare(equal) === 0) return equal
  const before = sorted[Math.max(0, low - 1)]
  return before !== undefined && matches(before) ? before : undefined
}

function pruneSorted<T>(sorted: readonly T[], covers: (wide: T, narrow: T) => boolean): readonly T[] {
  const kept: T[] = []
  for (const subtree of sorted) {
    const last = kept.at(-1)
    if (last === undefined || !covers(last, subtree)) kept.push(subtree)
  }
  return kept
}

function maskNetwork({ address, mask }: IpNetwork): IpNetwork {
  return { address: address.map((octet, i) => octet & (mask[i] ?? 0)), mask }
}

function compareNetworks(a: IpNetwork, b: IpNetwork): number {
  return Buffer.compare(a.address, b.address) || Buffer.compare(a.mask, b.mask)
}

function isSubnet(wide: IpNetwork, narrow: IpNetwork): boolean {
  const last = narrow.address.map((octet, i) => octet | (~(narrow.mask[i] ?? 0) & 0xff))
  return containsIpAddress(wide, narrow.address) && containsIpAddress(wide, last)
}

/** From the right, letters without case, the dot before all else. */
function compareKeys(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function sortKey(domain: string): string {
  const lower = domain.toLowerCase()
  let key = ''
  for (let at = lower.length - 1; at >= 0; at -= 1) key += lower[at] === '.' ? '\0' : lower[at]
  return key
}

/** Whether `name` is `subtree` or lies under it; a leading dot asks for one label more. */
function isUnderDomain(subtree: string, name: string): boolean {
  if (!name.toLowerCase().endsWith(subtree.toLowerCase())) return false
  return subtree.startsWith('.') || name.length === subtree.length || name[name.length - subtree.length - 1] === '.'
}

/** An excluded name also excludes a wildcard beside it: the subtree by its parent. */
function mapParents(subtrees: readonly string[]): Map<string, string> {
  const parents = new Map<string, string>()
  for (const subtree of subtrees) {
    const parent = dropFirstLabel(subtree)
    if (parent !== '') parents.set(parent, subtree)
  }
  return parents
}

/** "a.example.com" -> ".example.com"; "" for a single label. */
function dropFirstLabel(name: string): string {
  const dot = name.indexOf('.')
  return dot < 0 ? '' : name.slice(dot)
}

/** Both parts may hold an "@". */
function identify({ local, domain }: Mailbox): string {
  return `${local.length} ${local}@${domain.toLowerCase()}`
}
