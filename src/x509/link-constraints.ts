import type { Certificate } from './certificate.ts'
import { isDomain, type Mailbox, parseMailbox, reverseLabels } from './domain.ts'
import { quoteGo } from './go-text.ts'
import { splitHostPort } from './host-port.ts'
import { formatIpAddress, formatIpNetwork, type IpNetwork, matchesMasked, parseIpAddress } from './ip-address.ts'
import { parseIpLiteral } from './ip-literal.ts'
import type { GoRules } from './rules.ts'
import type { SubjectAltName } from './subject-alt-name.ts'
import { nameConstraintsError, type Role, type VerifyError } from './verify-error.ts'

/**
 * Check the names of a chain against the name constraints of the authority that is to join it, as Go up to 1.25 does.
 * @param chain the certificates below, leaf first
 * @returns undefined when the authority may sign for all of them
 */
export function checkLinkConstraints(
  authority: Certificate,
  role: Role,
  chain: readonly Certificate[],
  rules: GoRules,
): VerifyError | undefined {
  if (authority.nameConstraints === null) return undefined
  const budget = { comparisons: 0 }
  const split = makeSplitter(rules)
  for (const name of chain.flatMap((certificate) => certificate.subjectAltNames)) {
    const failure = checkName(name, { authority, role, rules, budget, split })
    if (failure !== undefined) return failure
  }
  return undefined
}

/** Go's default of MaxConstraintComparisions. */
const MAXIMUM_COMPARISONS = 250_000

interface Checking {
  readonly authority: Certificate
  readonly role: Role
  readonly rules: GoRules
  readonly budget: { comparisons: number }
  readonly split: Splitter
}

/** The labels of a subtree from the right, in lower case; each subtree is split once for all names. */
type Splitter = (subtree: string) => readonly string[] | undefined

function makeSplitter(rules: GoRules): Splitter {
  const known = new Map<string, readonly string[] | undefined>()
  return (subtree) => {
    if (!known.has(subtree))
      known.set(
        subtree,
        reverseLabels(subtree, rules)?.map((label) => label.toLowerCase()),
      )
    return known.get(subtree)
  }
}

/** Whether a name lies in a subtree, or Go's words for why that cannot be said. */
type Match<Subtree = string> = (subtree: Subtree, isExcluded: boolean) => boolean | { readonly problem: string }

function checkName(name: SubjectAltName, checking: Checking): VerifyError | undefined {
  const { authority, rules, split } = checking
  const permitted = authority.nameConstraints?.permitted
  const excluded = authority.nameConstraints?.excluded
  switch (name.kind) {
    case 'email': {
      const mailbox = parseMailbox(name.text, rules)
      if (mailbox === undefined) return bareError('x509: cannot parse rfc822Name {"" ""}', checking)
      return checkSides('email address', name.text, matchMailbox(mailbox, rules, split), permitted?.emails, excluded?.emails, checking)
    }
    case 'dns':
      if (!isDomain(name.text, false, rules)) return bareError(`x509: cannot parse dnsName ${quoteGo(name.text)}`, checking)
      return checkSides('DNS name', name.text, matchDomain(name.text, rules, split), permitted?.dns, excluded?.dns, checking)
    case 'uri':
      return checkSides('URI', name.text, matchUri(name.url.host, name.url.text, rules, split), permitted?.uris, excluded?.uris, checking)
    default:
      return checkAddress(name.octets, checking)
  }
}

function checkAddress(octets: Uint8Array, checking: Checking): VerifyError | undefined {
  const constraints = checking.authority.nameConstraints
  const [permitted = [], excluded = []] = [constraints?.permitted.ips, constraints?.excluded.ips]
  const match: Match<IpNetwork> = ({ address, mask }) => address.length === octets.length && matchesMasked(octets, address, mask)
  return checkSides('IP address', formatIpAddress(octets), match, permitted, excluded, checking)
}

/** Excluded subtrees first, then permitted ones. */
function checkSides<Subtree extends string | IpNetwork>(
  kind: string,
  name: string,
  match: Match<Subtree>,
  permitted: readonly Subtree[] = [],
  excluded: readonly Subtree[] = [],
  checking: Checking,
): VerifyError | undefined {
  const refuse = (detail: string) => nameConstraintsError(checking.authority, checking.role, detail)
  if (isOverBudget(excluded.length, checking)) return bareError('x509: unknown error', checking)
  for (const constraint of excluded) {
    const result = match(constraint, true)
    if (typeof result === 'object') return refuse(result.problem)
    if (result) return refuse(`${kind} ${quoteGo(name)} is excluded by constraint ${quoteGo(showSubtree(constraint))}`)
  }
  if (isOverBudget(permitted.length, checking)) return bareError('x509: unknown error', checking)
  for (const constraint of permitted) {
    const result = match(constraint, false)
    if (typeof result === 'object') return refuse(result.problem)
    if (result) return undefined
  }
  return permitted.length === 0 ? undefined : refuse(`${kind} ${quoteGo(name)} is not permitted by any constraint`)
}

function showSubtree(subtree: string | IpNetwork): string {
  return typeof subtree === 'string' ? subtree : formatIpNetwork(subtree)
}

function isOverBudget(comparisons: number, { budget }: Checking): boolean {
  budget.comparisons += comparisons
  return budget.comparisons > MAXIMUM_COMPARISONS
}

function bareError(goText: string, { authority, role }: Checking): VerifyError {
  return { kind: 'name-constraints', goText, certificate: authority, role }
}

function matchMailbox(mailbox: Mailbox, rules: GoRules, split: Splitter): Match {
  return (constraint, isExcluded) => {
    if (!constraint.includes('@')) return matchDomain(mailbox.domain, rules, split)(constraint, isExcluded)
    const wanted = parseMailbox(constraint, rules)
    if (wanted === undefined) return { problem: `x509: internal error: cannot parse constraint ${quoteGo(constraint)}` }
    return mailbox.local === wanted.local && mailbox.domain.toLowerCase() === wanted.domain.toLowerCase()
  }
}

function matchUri(host: string, text: string, rules: GoRules, split: Splitter): Match {
  return (constraint, isExcluded) => {
    if (host === '') return { problem: `URI with empty host (${quoteGo(text)}) cannot be matched against constraints` }
    const isLiteral = host.endsWith(']')
    const parts = host.includes(':') && !isLiteral ? splitHostPort(host) : { host }
    if ('problem' in parts) return parts
    const bare = parts.host
    const isPlain = rules.allowsUriZones ? 'family' in parseIpLiteral(bare) : parseIpAddress(bare) !== undefined
    const isAddress = isPlain || (bare.startsWith('[') && bare.endsWith(']'))
    if (isAddress) return { problem: `URI with IP (${quoteGo(text)}) cannot be matched against constraints` }
    return matchDomain(bare, rules, split)(constraint, isExcluded)
  }
}

/** Split the name once, for all constraints. */
function matchDomain(domain: string, rules: GoRules, split: Splitter): Match {
  const labels = reverseLabels(domain, rules)?.map((label) => label.toLowerCase())
  return (constraint, isExcluded) => {
    if (constraint === '') return true
    if (labels === undefined) return { problem: `x509: internal error: cannot parse domain ${quoteGo(domain)}` }
    const needsSubdomain = constraint.startsWith('.')
    const wanted = split(needsSubdomain ? constraint.slice(1) : constraint)
    if (wanted === undefined) return { problem: `x509: internal error: cannot parse domain ${quoteGo(constraint.replace(/^\./, ''))}` }
    if (labels.length < wanted.length || (needsSubdomain && labels.length === wanted.length)) return false
    const isBeside = !rules.excludesWildcardsBeside || labels.length === wanted.length
    const mayCover = isExcluded && rules.excludesWildcards && domain.startsWith('*') && isBeside
    const compared = mayCover && labels.length > 1 && wanted.length > 1 ? wanted.slice(0, -1) : wanted
    return compared.every((label, i) => label === labels[i])
  }
}
