import type { Certificate } from './certificate.ts'
import { constraintError, isForServers } from './chain-filter.ts'
import { type ChainSearch, checkCandidate, isInChain } from './chain-search.ts'
import type { DefectContext } from './defect-context.ts'
import { checkSignatureFrom, isSignedBy } from './issuer-signature.ts'
import { nameError, nameProblem } from './name-defect.ts'
import { hasValidPolicies } from './policies.ts'
import type { Defect } from './verdict.ts'
import { keyUsageError, policiesError, type Role, unknownAuthorityError, type VerifyError } from './verify-error.ts'

/**
 * What is wrong on the way from the leaf to a root, beyond what Go reports: it stops at the first, we go on. The path that needs the
 * fewest repairs is judged; where none leads to a root, the longest one, and its end is an unknown authority.
 */
export function listPathDefects(context: DefectContext): readonly Defect[] {
  const { leaf, search } = context
  if (leaf === undefined) return []
  if (search.roots.contains(leaf, search.rules)) return listWholeChain([leaf], leaf, context)
  const path = findBestPath(leaf, search)
  const links = path.links.flatMap((link) => listLinkDefects(link, context))
  const chain = [leaf, ...path.links.map(({ parent }) => parent)]
  return path.reachesRoot ? [...links, ...listWholeChain(chain, leaf, context)] : [...links, nameEnd(chain.at(-1) ?? leaf, context)]
}

/** One step from a certificate to an issuer whose key made its signature, whether Go counts it or not. */
interface Link {
  readonly chain: readonly Certificate[]
  readonly child: Certificate
  readonly parent: Certificate
  readonly role: Role
}

interface Path {
  readonly links: readonly Link[]
  readonly reachesRoot: boolean
  readonly repairs: number
}

const MAXIMUM_STEPS = 100

function findBestPath(leaf: Certificate, search: ChainSearch): Path {
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

function* listLinks(chain: readonly Certificate[], search: ChainSearch): Generator<Link> {
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

function listLinkDefects({ chain, child, parent, role }: Link, context: DefectContext): readonly Defect[] {
  const { search } = context
  const problem = checkSignatureFrom(child, parent, search.rules)
  const errors = checkCandidate(parent, role, chain, search).map((error) => nameError(error, context))
  if (problem === undefined) return errors
  const { goText } = unknownAuthorityError(child, { candidate: parent, goText: problem.goText, problem })
  return [nameProblem(child, parent, problem, goText, context), ...errors]
}

/** The end of a chain that reaches no root, with the reason why a candidate was refused where there was one. */
function nameEnd(last: Certificate, context: DefectContext): Defect {
  const { search } = context
  for (const { child, parent } of listLinks([last], search)) {
    const problem = checkSignatureFrom(child, parent, search.rules)
    const isOther = problem !== undefined && parent !== context.leaf && parent.publicKey !== null
    if (isOther) return nameError(unknownAuthorityError(last, { candidate: parent, goText: problem.goText, problem }), context)
  }
  return nameError(unknownAuthorityError(last), context)
}

/** Policies, usages and name constraints of the whole chain. */
function listWholeChain(chain: readonly Certificate[], leaf: Certificate, context: DefectContext): readonly Defect[] {
  const { rules } = context.search
  const errors: VerifyError[] = []
  if (rules.validatesPolicies && !hasValidPolicies(chain)) {
    const detail = rules.constrainsWholeChains ? '1 candidate chains with invalid policies' : 'all candidate chains have invalid policies'
    errors.push(policiesError(leaf, detail))
  }
  errors.push(
    ...chain
      .filter((certificate) => !isForServers(certificate))
      .map((certificate) => keyUsageError(certificate, roleOf(certificate, chain))),
  )
  const constraint = rules.constrainsWholeChains ? constraintError(leaf, chain, rules) : undefined
  if (constraint !== undefined) errors.push(constraint)
  return errors.map((error) => nameError(error, context))
}

function roleOf(certificate: Certificate, chain: readonly Certificate[]): Role {
  return certificate === chain[0] ? 'leaf' : certificate === chain.at(-1) ? 'root' : 'intermediate'
}
