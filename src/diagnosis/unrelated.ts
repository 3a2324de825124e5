/** Whether two hosts have nothing to do with each other, as far as their names and certificates tell. Pure. */
import type { PresentedLeaf } from '../x509/issuing-authority.ts'

/** One end of the comparison. */
export interface HostWithLeaf {
  readonly host: string
  readonly leaf: PresentedLeaf
}

/**
 * Two public-looking names under different registrable domains, whose leaves name neither a host of the other's domain nor the same organisation.
 * A company's own names (one label, `.internal` …) and addresses count as related to everything: one private CA for all of them is normal.
 */
export function areUnrelated(one: HostWithLeaf, other: HostWithLeaf): boolean {
  const [own, theirs] = [registrableDomain(one.host), registrableDomain(other.host)]
  if (own === undefined || theirs === undefined || own === theirs) return false
  if (isNamedBy(one.leaf, theirs) || isNamedBy(other.leaf, own)) return false
  return !one.leaf.organizations.some((name) => other.leaf.organizations.includes(name))
}

/**
 * The part of a name that one registers: the last two labels, or three under a second level such as `co.uk`.
 * @returns undefined for addresses and for names that only one network knows
 */
export function registrableDomain(host: string): string | undefined {
  const labels = host.toLowerCase().replace(/\.$/, '').split('.')
  const [top = '', second = ''] = [labels.at(-1), labels.at(-2)]
  if (labels.length < 2 || /^\d+$/.test(top) || host.includes(':') || PRIVATE.test(host)) return undefined
  return labels.slice(top.length === 2 && GENERIC_SECOND.test(second) ? -3 : -2).join('.')
}

function isNamedBy({ dnsNames }: PresentedLeaf, domain: string): boolean {
  return dnsNames.some((name) => registrableDomain(name.replace(/^\*\./, '')) === domain)
}

/** Names that are never registered (RFC 6762, RFC 8375, ICANN's list, and habit). */
const PRIVATE = /\.(?:internal|intranet|intra|corp|lan|local|localdomain|localhost|private|home|home\.arpa)\.?$/i
const GENERIC_SECOND = /^(?:ac|co|com|edu|gov|gob|ltd|net|ne|or|org|plc|sch)$/
