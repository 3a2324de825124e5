import type { Certificate } from './certificate.ts'
import { checkChainConstraints } from './chain-constraints.ts'
import type { ChainsFound } from './chain-search.ts'
import { hasDistrustedKey } from './distrusted-keys.ts'
import { hasValidPolicies } from './policies.ts'
import type { GoRules } from './rules.ts'
import { EXT_KEY_USAGE } from './usage.ts'
import { distrustedKeyError, keyUsageError, nameConstraintsError, policiesError, type VerifyError } from './verify-error.ts'

/** Drop the chains whose policies, usages or (from 1.26 on) name constraints do not allow a server; when none is left, say why as this Go does. */
export function filterChains(leaf: Certificate, chains: readonly (readonly Certificate[])[], rules: GoRules): ChainsFound {
  const counts = { policies: 0, usages: 0 }
  let broken: VerifyError | undefined
  const kept = chains.filter((chain) => {
    if (rules.validatesPolicies && !hasValidPolicies(chain)) counts.policies++
    else if (!allowsServerAuth(chain)) counts.usages++
    else {
      const constraint = rules.constrainsWholeChains ? constraintError(leaf, chain, rules) : undefined
      broken ??= constraint
      return constraint === undefined && !(rules.distrustsKeys && hasDistrustedKey(chain))
    }
    return false
  })
  if (kept.length > 0) return { chains: kept, error: undefined }
  return { chains: [], error: broken ?? describeEmpty(leaf, chains, counts, rules) }
}

/** Whether no certificate of a chain, the root included, excludes server authentication. */
function allowsServerAuth(chain: readonly Certificate[]): boolean {
  return chain.every(isForServers)
}

/** Whether the extended key usages of one certificate leave room for server authentication. */
export function isForServers(certificate: Certificate): boolean {
  const usages = certificate.extKeyUsages
  return usages.length === 0 || usages.includes(EXT_KEY_USAGE.any) || usages.includes(EXT_KEY_USAGE.serverAuth)
}

/** The name constraint that a chain breaks, as Go 1.26 reports it. */
export function constraintError(leaf: Certificate, chain: readonly Certificate[], rules: GoRules): VerifyError | undefined {
  const broken = checkChainConstraints(chain, rules)
  if (broken === undefined) return undefined
  const isRoot = broken.authority === chain.at(-1)
  const role = broken.authority === null ? 'leaf' : isRoot ? 'root' : 'intermediate'
  return nameConstraintsError(broken.authority ?? leaf, role, broken.detail)
}

function describeEmpty(
  leaf: Certificate,
  chains: readonly (readonly Certificate[])[],
  counts: { policies: number; usages: number },
  rules: GoRules,
): VerifyError {
  if (counts.policies === 0) return counts.usages === 0 ? distrustedKeyError(leaf) : blameUsage(leaf, chains)
  if (!rules.constrainsWholeChains && counts.policies === chains.length) {
    return policiesError(leaf, 'all candidate chains have invalid policies')
  }
  const kind = rules.constrainsWholeChains ? 'candidate chains' : 'chains'
  const usages = counts.usages > 0 ? [`${counts.usages} ${kind} with incompatible key usage`] : []
  return policiesError(leaf, [...usages, `${counts.policies} ${kind} with invalid policies`].join(', '))
}

/** Go does not say whose usage it is; the first in the first chain, leaf side first. */
function blameUsage(leaf: Certificate, [chain = []]: readonly (readonly Certificate[])[]): VerifyError {
  const culprit = chain.find((certificate) => !isForServers(certificate)) ?? leaf
  return keyUsageError(culprit, culprit === leaf ? 'leaf' : culprit === chain.at(-1) ? 'root' : 'intermediate')
}
