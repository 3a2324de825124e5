import type { Certificate, Extension } from './certificate.ts'
import { equalOctets } from './der.ts'
import { checkSignatureFrom } from './issuer-signature.ts'
import { checkLinkConstraints } from './link-constraints.ts'
import type { CertificatePool } from './root-pool.ts'
import type { GoRules } from './rules.ts'
import type { Role, VerifyError } from './verify-error.ts'
import * as errors from './verify-error.ts'

/** What a search for chains works with. */
export interface ChainSearch {
  readonly roots: CertificatePool
  readonly intermediates: CertificatePool
  readonly now: Date
  /** Local zone of the `go` command, minutes east of UTC; only for its texts. */
  readonly timeZoneOffsetMinutes: number
  readonly rules: GoRules
}

/** Chains from the leaf to a root; where there is none, why. */
export interface ChainsFound {
  readonly chains: readonly (readonly Certificate[])[]
  readonly error: VerifyError | undefined
}

/**
 * Find all chains from a leaf to a root, depth first, roots before intermediates, with Go's limit of 100 candidates.
 * @param count the candidates looked at so far; give one to several searches to bound them together
 */
export function buildChains(leaf: Certificate, search: ChainSearch, count = { attempts: 0 }): ChainsFound {
  return extendChain([leaf], search, count)
}

/**
 * The checks of one certificate that is to join a chain, in Go's order: critical extensions, issuer name, dates,
 * (up to 1.25) name constraints, CA flag, path length. @returns all that fail, the one that Go reports first
 */
export function checkCandidate(candidate: Certificate, role: Role, chain: readonly Certificate[], search: ChainSearch): VerifyError[] {
  const found: VerifyError[] = []
  const child = chain.at(-1)
  if (candidate.unhandledCritical.length > 0) found.push(errors.criticalExtensionError(candidate, role))
  if (child !== undefined && !equalOctets(child.rawIssuer, candidate.rawSubject)) found.push(errors.issuerNameError(candidate, role))
  const outside = search.now < candidate.notBefore.at ? 'not-yet-valid' : search.now > candidate.notAfter.at ? 'expired' : undefined
  if (outside !== undefined) {
    found.push(errors.validityError(candidate, role, outside, search.now, search.timeZoneOffsetMinutes))
  }
  const constrained =
    search.rules.constrainsWholeChains || role === 'leaf' ? undefined : checkLinkConstraints(candidate, role, chain, search.rules)
  if (constrained !== undefined) found.push(constrained)
  if (role === 'intermediate' && !(candidate.hasBasicConstraints && candidate.isCa)) found.push(errors.notCaError(candidate, role))
  const hasLimit = candidate.hasBasicConstraints && candidate.maxPathLength >= 0
  if (hasLimit && chain.length - 1 > candidate.maxPathLength) found.push(errors.pathLengthError(candidate, role))
  return found
}

/** Whether a certificate is in the chain already, also in another edition: same subject, key and subjectAltName. */
export function isInChain(candidate: Certificate, chain: readonly Certificate[]): boolean {
  const own = findSubjectAltName(candidate)
  for (const member of chain) {
    if (!equalOctets(candidate.rawSubject, member.rawSubject) || !equalOctets(candidate.rawPublicKey, member.rawPublicKey)) continue
    const other = findSubjectAltName(member)
    if (own === undefined || other === undefined) return own === other
    if (equalOctets(own.value, other.value)) return true
  }
  return false
}

const MAXIMUM_ATTEMPTS = 100

function extendChain(chain: readonly Certificate[], search: ChainSearch, count: { attempts: number }): ChainsFound {
  const last = chain.at(-1)
  if (last === undefined) return { chains: [], error: undefined }
  const chains: (readonly Certificate[])[] = []
  let error: VerifyError | undefined
  let hint: VerifyError['hint']
  for (const { role, candidate } of listCandidates(last, search)) {
    const outcome = considerCandidate(candidate, role, chain, search, count)
    hint ??= outcome.hint
    chains.push(...(outcome.chains ?? []))
    if (outcome.hasError) error = outcome.error
    if (error?.kind === 'attempts' && search.rules.countsEveryCandidate) break
  }
  if (chains.length > 0) return { chains, error: undefined }
  return { chains, error: error ?? errors.unknownAuthorityError(last, hint) }
}

function* listCandidates(child: Certificate, search: ChainSearch): Generator<{ role: Role; candidate: Certificate }> {
  for (const candidate of search.roots.findParents(child, search.rules)) yield { role: 'root', candidate }
  for (const candidate of search.intermediates.findParents(child, search.rules)) yield { role: 'intermediate', candidate }
}

interface Considered {
  readonly chains?: readonly (readonly Certificate[])[]
  /** The error of the search so far is replaced (also by none: a candidate in order wipes an earlier error). */
  readonly hasError?: boolean
  readonly error?: VerifyError | undefined
  readonly hint?: VerifyError['hint']
}

function considerCandidate(
  candidate: Certificate,
  role: Role,
  chain: readonly Certificate[],
  search: ChainSearch,
  count: { attempts: number },
): Considered {
  const { rules } = search
  const last = chain.at(-1)
  const isUseless = candidate.publicKey === null || isInChain(candidate, chain)
  if (last === undefined || (isUseless && !rules.countsEveryCandidate)) return {}
  count.attempts++
  if (count.attempts > MAXIMUM_ATTEMPTS) return { hasError: true, error: errors.attemptsError(last) }
  if (isUseless) return {}
  const problem = checkSignatureFrom(last, candidate, rules)
  if (problem !== undefined) return { hint: { candidate, goText: problem.goText, problem } }
  const [error] = checkCandidate(candidate, role, chain, search)
  if (error !== undefined) return { hasError: true, error, hint: { candidate, goText: error.goText, problem: null } }
  const longer = [...chain, candidate]
  if (role === 'root') return { chains: [longer], hasError: true, error: undefined }
  const found = extendChain(longer, search, count)
  return { chains: found.chains, hasError: true, error: found.error }
}

function findSubjectAltName(certificate: Certificate): Extension | undefined {
  return certificate.extensions.find((extension) => extension.oid === '2.5.29.17')
}
