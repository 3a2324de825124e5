/** Names in certificates: what a DN says first, and whether a SAN covers a host (RFC 6125, as Go's `matchHostnames`). */
import type { CertificateSummary } from '../src/contract/handshake.ts'

export interface SanMatch {
  readonly san: string
  readonly how: 'exact' | 'wildcard'
}

/** The common name of a distinguished name, or all of it where it has none. */
export function commonName(distinguishedName: string): string {
  const found = /(?:^|[,+]\s*)CN=((?:\\.|[^,+\\])+)/.exec(distinguishedName)
  return found?.[1] ?? (distinguishedName === '' ? '(no subject)' : distinguishedName)
}

/** The chain in PEM, leaf first; null where a part of it cannot be written. */
export function composePem(chain: readonly CertificateSummary[]): string | null {
  if (chain.length === 0 || !chain.every(({ der }) => /^[A-Za-z0-9+/]+=*$/.test(der))) return null
  const blocks = chain.map(({ der }) => `-----BEGIN CERTIFICATE-----\n${der.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`)
  return blocks.join('')
}

/** The SAN entry that covers a host, null when none does. */
export function findSan(certificate: CertificateSummary, host: string): SanMatch | null {
  const wanted = host.toLowerCase().replace(/\.$/, '')
  const exact = [...certificate.dnsNames, ...certificate.ipAddresses].find((name) => name.toLowerCase() === wanted)
  if (exact !== undefined) return { san: exact, how: 'exact' }
  const wildcard = certificate.dnsNames.find((name) => coversByWildcard(name.toLowerCase(), wanted))
  return wildcard === undefined ? null : { san: wildcard, how: 'wildcard' }
}

/** The entry most like the host, compared label by label from the right; null where there is no entry. */
export function nearestSan(names: readonly string[], host: string): string | null {
  const scored = names.map((name) => ({ name, score: sharedLabels(name, host) }))
  return scored.sort((a, b) => b.score - a.score)[0]?.name ?? null
}

function coversByWildcard(pattern: string, host: string): boolean {
  if (!pattern.startsWith('*.')) return false
  const dot = host.indexOf('.')
  return dot > 0 && host.slice(dot) === pattern.slice(1)
}

function sharedLabels(name: string, host: string): number {
  const ours = host.toLowerCase().split('.').reverse()
  const theirs = name.toLowerCase().split('.').reverse()
  const differs = ours.findIndex((label, at) => label !== theirs[at])
  return differs === -1 ? ours.length : differs
}
