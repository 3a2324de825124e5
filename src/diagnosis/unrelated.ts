/** Whether two hosts have nothing to do with each other, as far as their names and certificates tell. Pure. */
import type { PresentedLeaf } from '../x509/issuing-authority.ts'

/** One end of the comparison. */
export interface HostWithLeaf {
  readonly host: string
  readonly leaf: PresentedLeaf
}

/**
 * Two public-looking names that cannot belong to one domain, whose leaves name neither a host of the other's domain nor the same organisation.
 * A company's own names (one label, `.internal` …) and addresses count as related to everything: one private CA for all of them is normal.
 */
export function areUnrelated(one: HostWithLeaf, other: HostWithLeaf): boolean {
  if (mayBelongTogether(one.host, other.host)) return false
  if (isNamedBy(one.leaf, other.host) || isNamedBy(other.leaf, one.host)) return false
  return !one.leaf.organizations.some((name) => other.leaf.organizations.includes(name))
}

/**
 * Whether two names may belong to the same people, as far as the names tell. There is no list of public suffixes here, so nothing is guessed: the same last
 * two labels always may. Under `co.uk` that holds for strangers too; then less is claimed, never more.
 */
export function mayBelongTogether(one: string, other: string): boolean {
  const [own, theirs] = [lastLabels(one), lastLabels(other)]
  return own === undefined || theirs === undefined || own === theirs
}

/** Neither an address nor a name that only one network knows. */
export function isPublicLooking(host: string): boolean {
  return lastLabels(host) !== undefined
}

/** The last two labels; undefined for addresses and for names that only one network knows. */
function lastLabels(host: string): string | undefined {
  const labels = host.toLowerCase().replace(/\.$/, '').split('.')
  if (labels.length < 2 || /^\d+$/.test(labels.at(-1) ?? '') || host.includes(':') || PRIVATE.test(host)) return undefined
  return labels.slice(-2).join('.')
}

function isNamedBy({ dnsNames }: PresentedLeaf, host: string): boolean {
  return dnsNames.some((name) => lastLabels(name.replace(/^\*\./, '')) === lastLabels(host))
}

/** Names that are never registered (RFC 6762, RFC 8375, ICANN's list, and habit). */
const PRIVATE = /\.(?:internal|intranet|intra|corp|lan|local|localdomain|localhost|private|home|home\.arpa)\.?$/i
