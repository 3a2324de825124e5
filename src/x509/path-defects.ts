import { findBestPath, type Link, listLinks } from './best-path.ts'
import type { Certificate } from './certificate.ts'
import { constraintError, isForServers } from './chain-filter.ts'
import { checkCandidate } from './chain-search.ts'
import type { DefectContext } from './defect-context.ts'
import { checkSignatureFrom } from './issuer-signature.ts'
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
