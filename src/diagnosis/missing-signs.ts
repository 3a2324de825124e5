/** Signs that a chain which ends nowhere lacks an intermediate, where no known one completes it. */
import { summarizeCertificate } from '../x509/summary.ts'
import type { Defect } from '../x509/verdict.ts'
import type { Observation } from './observation.ts'

/**
 * The server sent its leaf alone, the leaf is not its own issuer, and it names a place for its issuer's certificate, or its issuer has the organisation of a
 * root that is trusted.
 */
export function hasIntermediateSigns(defect: Defect, seen: Observation): boolean {
  const [leaf, ...others] = seen.judged?.chain ?? []
  if (leaf === undefined || others.length > 0) return false
  const { subject, issuer, aia } = summarizeCertificate(leaf)
  if (subject === issuer) return false
  return aia.caIssuers.length > 0 || (defect.facts['rootOfSameOrganisation'] ?? '') !== ''
}

/**
 * An intermediate may be missing, though not enough speaks for it: the server sent its leaf alone, or the authority at which the chain ends did not come
 * and has the organisation of a root that is trusted.
 */
export function mayLackIntermediate(defect: Defect | undefined, seen: Observation): boolean {
  const chain = seen.judged?.chain ?? []
  if (chain.length <= 1) return chain.length === 1
  if (defect === undefined || (defect.facts['rootOfSameOrganisation'] ?? '') === '' || (defect.facts['candidate'] ?? '') !== '')
    return false
  return !chain.some((der) => summarizeCertificate(der).subject === defect.facts['issuer'])
}
