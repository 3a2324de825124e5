/** Compares chains of different hosts that came by one route, to see who really issued them. Pure. */
import {
  findIssuingAuthority,
  type IssuingAuthority,
  isSameAuthority,
  type PresentedLeaf,
  readPresentedLeaf,
} from '../x509/issuing-authority.ts'
import type { ResigningSigns } from './observation.ts'
import { areUnrelated } from './unrelated.ts'

/** A chain as one host presented it. */
export interface SeenChain {
  readonly host: string
  readonly chain: readonly Uint8Array[]
}

/** A chain read for comparison. */
export interface ReadChain {
  readonly host: string
  readonly leaf: PresentedLeaf
  readonly authority: IssuingAuthority
}

/** Read a chain; null where there is nothing to compare. */
export function readChain({ host, chain }: SeenChain): ReadChain | null {
  const [leaf, authority] = [readPresentedLeaf(chain), findIssuingAuthority(chain)]
  return leaf === null || authority === null ? null : { host, leaf, authority }
}

/**
 * What chains of other hosts tell of one.
 * @param others by the same route; the failing host's own may be among them
 */
export function compareChains(own: ReadChain, others: readonly ReadChain[]): ResigningSigns {
  const unrelated = others.filter((other) => areUnrelated(own, other))
  const reissued = unrelated.filter(({ leaf, authority }) => leaf.sha256 !== own.leaf.sha256 && isSameAuthority(authority, own.authority))
  const sameLeaf = unrelated.filter(({ leaf }) => leaf.sha256 === own.leaf.sha256)
  return {
    // Timestamps of public logs are proof of a public authority, which may sign for everybody.
    alsoIssuedFor: own.leaf.isLogged ? [] : distinctHosts(reissued),
    earlierIssuer: null,
    sharesLeafKey: reissued.some(({ leaf }) => leaf.key === own.leaf.key),
    sameLeafFor: distinctHosts(sameLeaf),
  }
}

/** Add two sets of signs together. */
export function joinSigns(one: ResigningSigns, other: ResigningSigns): ResigningSigns {
  return {
    alsoIssuedFor: [...new Set([...one.alsoIssuedFor, ...other.alsoIssuedFor])],
    earlierIssuer: one.earlierIssuer ?? other.earlierIssuer,
    sharesLeafKey: one.sharesLeafKey === true || other.sharesLeafKey === true,
    issuesForAnyName: one.issuesForAnyName === true || other.issuesForAnyName === true,
    sameLeafFor: [...new Set([...(one.sameLeafFor ?? []), ...(other.sameLeafFor ?? [])])],
    isPublicAuthority: one.isPublicAuthority === true || other.isPublicAuthority === true,
    comparable: [...new Set([...(one.comparable ?? []), ...(other.comparable ?? [])])],
  }
}

/** Another authority of other people: a CA that a company replaced by a newer one of its own is none. */
export function isOtherIssuer(earlier: IssuingAuthority, now: IssuingAuthority): boolean {
  if (isSameAuthority(earlier, now) || earlier.rawName === now.rawName) return false
  if (earlier.organizations.some((name) => now.organizations.includes(name))) return false
  const words = new Set(tellingWords(earlier.name))
  return !tellingWords(now.name).some((word) => words.has(word))
}

/** Words of a name that belong to its owner. */
function tellingWords(name: string): readonly string[] {
  const values = name.replace(/(?:^|[,+])[A-Za-z0-9.]+=/g, ' ').toLowerCase()
  return (values.match(/[\p{L}\d]{3,}/gu) ?? []).filter(
    (word) =>
      !/^(?:root|cert.*|auth.*|issu.*|intermediate|trust.*|private|public|server|global|tls|ssl|ecc|rsa|[rgx]\d+|\d+|and|inc|llc|ltd|gmbh|corp|the|for)$/.test(
        word,
      ),
  )
}

/** Nothing is known. */
export const NO_SIGNS: ResigningSigns = { alsoIssuedFor: [], earlierIssuer: null }

function distinctHosts(chains: readonly ReadChain[]): readonly string[] {
  return [...new Set(chains.map(({ host }) => host.toLowerCase()))]
}
