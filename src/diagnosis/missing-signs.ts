/** Signs that a chain which ends nowhere lacks an intermediate, where no known one completes it. */
import type { Defect } from '../x509/verdict.ts'
import type { Observation } from './observation.ts'

/** The server sent its leaf alone, the leaf is not self-issued, and it names a place for its issuer's certificate or an issuer of a trusted root's organisation. */
export function hasIntermediateSigns(defect: Defect, seen: Observation): boolean {
  if (seen.judged?.chain.length !== 1 || defect.facts['selfIssued'] === 'true') return false
  return namesIssuerPlace(defect) || namesTrustedOrganisation(defect)
}

/** The server sent its leaf alone: an intermediate may be missing, though nothing more speaks for it. */
export function isLoneLeaf(seen: Observation): boolean {
  return seen.judged?.chain.length === 1
}

function namesIssuerPlace(defect: Defect): boolean {
  return (defect.facts['caIssuers'] ?? '') !== ''
}

function namesTrustedOrganisation(defect: Defect): boolean {
  return (defect.facts['rootOfSameOrganisation'] ?? defect.facts['rootOfSameOrganization'] ?? '') !== ''
}
