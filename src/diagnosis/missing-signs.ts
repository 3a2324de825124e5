/** Signs that a chain which ends nowhere lacks an intermediate, where no known one completes it. */
import { summarizeCertificate } from '../x509/summary.ts'
import type { Defect } from '../x509/verdict.ts'
import type { Observation } from './observation.ts'

/**
 * What ends the chain names an issuer that did not come, which does not call itself a root, and it names a place for that issuer's certificate (where the leaf
 * came alone), or the issuer has the organisation of a root that is trusted, or of another certificate of the message that leads to one.
 */
export function hasIntermediateSigns(defect: Defect, seen: Observation): boolean {
  const [leaf, ...others] = seen.judged?.chain ?? []
  if (leaf === undefined || !mayLackIntermediate(defect, seen) || callsItselfRoot(defect)) return false
  const { subject, issuer, aia } = summarizeCertificate(leaf)
  if (subject !== '' && subject === issuer) return false
  if (others.length === 0 && aia.caIssuers.length > 0) return true
  return (defect.facts['rootOfSameOrganisation'] ?? '') !== '' || (defect.facts['trustedSibling'] ?? '') !== ''
}

/**
 * An intermediate may be missing, though not enough speaks for it: the authority at which the chain ends did not come, and nobody on this machine knows a root
 * of that name. A leaf that came alone always may lack one, unless that one was found and leads nowhere.
 */
export function mayLackIntermediate(defect: Defect | undefined, seen: Observation): boolean {
  const chain = seen.judged?.chain ?? []
  const isKnownElsewhere = (seen.judged?.trustedBy ?? []).length > 0 || (seen.judged?.heldBy ?? []).length > 0
  if (chain.length === 0 || isKnownElsewhere || seen.judged?.isIssuerFound === true) return false
  if (chain.length === 1) return true
  if (defect === undefined || (defect.facts['candidate'] ?? '') !== '') return false
  return !chain.some((der) => summarizeCertificate(der).subject === defect.facts['issuer'])
}

/** An authority that calls itself a root is hardly ever the intermediate that a server forgot; cross-signed ones are. */
export function callsItselfRoot({ facts }: Defect): boolean {
  return /\broot\b/i.test(facts['issuer'] ?? '')
}
