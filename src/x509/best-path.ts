import type { Certificate } from './certificate.ts'
import { type ChainSearch, checkCandidate, isInChain } from './chain-search.ts'
import { checkSignatureFrom, isSignedBy } from './issuer-signature.ts'
import type { Role } from './verify-error.ts'

/** One step from a certificate to an issuer whose key made its signature, whether Go counts it or not. */
export interface Link {
  readonly chain: readonly Certificate[]
  readonly child: Certificate
  readonly parent: Certificate
  readonly role: Role
}

/** The steps from a leaf, as far as they lead. */
export interface Path {
  readonly links: readonly Link[]
  readonly reachesRoot: boolean
  /** How many things on it Go would refuse. */
  readonly repairs: number
}

/** The path to a root that needs the fewest repairs; where none leads to a root, the longest one. */
export function findBestPath(leaf: Certificate, search: ChainSearch): Path {
  const budget = { steps: MAXIMUM_STEPS }
  const extend = (chain: readonly Certificate[], path: Path): Path => {
    let best = path
    for (const link of listLinks(chain, search)) {
      if (budget.steps-- <= 0) break
      if (!isSignedBy(link.child, link.parent, search.rules)) continue
      const longer = { links: [...path.links, link], reachesRoot: link.role === 'root', repairs: path.repairs + countRepairs(link, search) }
      best = better(best, longer.reachesRoot ? longer : extend([...chain, link.parent], longer))
    }
    return best
  }
  return extend([leaf], { links: [], reachesRoot: false, repairs: 0 })
}

/** All certificates that could be the issuer of the last one of a chain, by name only: roots before presented ones. */
export function* listLinks(chain: readonly Certificate[], search: ChainSearch): Generator<Link> {
  const child = chain.at(-1)
  if (child === undefined) return
  for (const parent of search.roots.findParents(child, search.rules)) yield { chain, child, parent, role: 'root' }
  for (const parent of search.intermediates.findParents(child, search.rules)) {
    if (!isInChain(parent, chain)) yield { chain, child, parent, role: 'intermediate' }
  }
}

function countRepairs({ chain, child, parent, role }: Link, search: ChainSearch): number {
  const signature = checkSignatureFrom(child, parent, search.rules) === undefined ? 0 : 1
  return signature + checkCandidate(parent, role, chain, search).length
}

function better(a: Path, b: Path): Path {
  if (a.reachesRoot !== b.reachesRoot) return a.reachesRoot ? a : b
  if (a.reachesRoot) return b.repairs < a.repairs ? b : a
  return b.links.length > a.links.length ? b : a
}

const MAXIMUM_STEPS = 100
