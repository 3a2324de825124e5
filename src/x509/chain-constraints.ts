import type { Certificate } from './certificate.ts'
import { type ConstraintSet, makeDnsSet, makeEmailSet, makeIpSet } from './constraint-set.ts'
import { isDomain, type Mailbox, parseMailbox } from './domain.ts'
import { quoteGo } from './go-text.ts'
import { splitHostPort } from './host-port.ts'
import { formatIpAddress, formatIpNetwork, type IpNetwork } from './ip-address.ts'
import { parseIpLiteral } from './ip-literal.ts'
import type { Subtrees } from './name-constraints.ts'
import type { GoRules } from './rules.ts'

/** A name constraint that a chain breaks. */
export interface BrokenConstraint {
  /** Go's words after "not authorized to sign for this name: ". */
  readonly detail: string
  /** The authority that may not sign for it, null where a name cannot be understood. */
  readonly authority: Certificate | null
}

/** Check all names of a finished chain against the name constraints of the authorities above them, as Go 1.26 does. @param chain leaf first */
export function checkChainConstraints(chain: readonly Certificate[], rules: GoRules): BrokenConstraint | undefined {
  const authorities = chain
    .map((certificate, index) => ({ certificate, index }))
    .filter(({ certificate }) => certificate.nameConstraints !== null)
  const constrainers = authorities.map(({ certificate, index }) => ({ index, constrainer: makeConstrainer(certificate, rules) }))
  for (const [index, certificate] of chain.entries()) {
    const above = constrainers.filter((constrainer) => constrainer.index > index)
    if (above.length === 0) return undefined
    if (!certificate.hasSubjectAltName) continue
    const broken = checkNames(
      certificate,
      above.map(({ constrainer }) => constrainer),
      rules,
    )
    if (broken !== undefined) return broken
  }
  return undefined
}

interface Constrainer {
  readonly authority: Certificate
  readonly ip: Sides<Uint8Array>
  readonly dns: Sides<string>
  readonly uri: Sides<string>
  readonly email: Sides<Mailbox>
}

/** undefined: no subtrees of this kind on this side. */
interface Sides<Name> {
  readonly permitted: ConstraintSet<Name> | undefined
  readonly excluded: ConstraintSet<Name> | undefined
}

function makeConstrainer(authority: Certificate, rules: GoRules): Constrainer {
  const none: Subtrees = { dns: [], ips: [], emails: [], uris: [] }
  const { permitted, excluded } = authority.nameConstraints ?? { permitted: none, excluded: none }
  const ipSet = (networks: readonly IpNetwork[]) => (networks.length === 0 ? undefined : makeIpSet(networks, formatIpNetwork, rules))
  return {
    authority,
    ip: { permitted: ipSet(permitted.ips), excluded: ipSet(excluded.ips) },
    dns: { permitted: makeDnsSet(permitted.dns, true, rules), excluded: makeDnsSet(excluded.dns, false, rules) },
    uri: { permitted: makeDnsSet(permitted.uris, true, rules), excluded: makeDnsSet(excluded.uris, false, rules) },
    email: { permitted: makeEmailSet(permitted.emails, true, rules), excluded: makeEmailSet(excluded.emails, false, rules) },
  }
}

/** One name of a kind, with what Go prints for it and its complaint when it is no name at all. */
interface Checked<Name> {
  readonly name: Name
  readonly shown: string
  readonly complaint?: string
}

function checkNames(certificate: Certificate, constrainers: readonly Constrainer[], rules: GoRules): BrokenConstraint | undefined {
  const uris = listUris(certificate, rules)
  if ('problem' in uris) return { detail: uris.problem, authority: null }
  const emails = listMailboxes(certificate, rules)
  if ('problem' in emails) return { detail: emails.problem, authority: null }
  const ips = certificate.subjectAltNames
    .filter((name) => name.kind === 'ip')
    .map(({ octets }) => ({ name: octets, shown: formatIpAddress(octets) }))
  const dns = certificate.subjectAltNames.filter((name) => name.kind === 'dns').map(({ text }) => checkedDns(text, rules))
  for (const constrainer of constrainers) {
    const detail =
      checkKind('IP address', constrainer.ip, ips) ??
      checkKind('DNS name', constrainer.dns, dns) ??
      checkKind('URI', constrainer.uri, uris.list) ??
      checkKind('email address', constrainer.email, emails.list)
    if (detail !== undefined) return { detail, authority: constrainer.authority }
  }
  return undefined
}

function checkedDns(text: string, rules: GoRules): Checked<string> {
  const checked = { name: text, shown: text }
  return isDomain(text, false, rules) ? checked : { ...checked, complaint: `x509: cannot parse dnsName ${quoteGo(text)}` }
}

/** Permitted subtrees first, then excluded ones. @returns Go's words for the first name that breaks them */
function checkKind<Name>(kind: string, sides: Sides<Name>, names: readonly Checked<Name>[]): string | undefined {
  for (const { name, shown, complaint } of names) {
    if (complaint !== undefined) return complaint
    if (sides.permitted !== undefined && sides.permitted(name) === undefined) {
      return `${kind} ${quoteGo(shown)} is not permitted by any constraint`
    }
    const constraint = sides.excluded?.(name)
    if (constraint !== undefined) return `${kind} ${quoteGo(shown)} is excluded by constraint ${quoteGo(constraint)}`
  }
  return undefined
}

function listMailboxes(certificate: Certificate, rules: GoRules): { list: Checked<Mailbox>[] } | { problem: string } {
  const list: Checked<Mailbox>[] = []
  for (const name of certificate.subjectAltNames) {
    if (name.kind !== 'email') continue
    const parsed = parseMailbox(name.text, rules)
    if (parsed === undefined) return { problem: `cannot parse rfc822Name ${quoteGo(name.text)}` }
    const mailbox = { local: parsed.local, domain: parsed.domain.toLowerCase() }
    const shown = `${mailbox.local}@${mailbox.domain}`
    const isSound = isDomain(mailbox.domain, false, rules)
    list.push({ name: mailbox, shown, ...(isSound ? {} : { complaint: `x509: cannot parse rfc822Name ${quoteGo(shown)}` }) })
  }
  return { list }
}

function listUris(certificate: Certificate, rules: GoRules): { list: Checked<string>[] } | { problem: string } {
  const list: Checked<string>[] = []
  for (const name of certificate.subjectAltNames) {
    if (name.kind !== 'uri') continue
    const domain = readUriDomain(name.url.host, name.url.text)
    if (typeof domain === 'object') return domain
    const isSound = isDomain(domain, false, rules)
    const complaint = `x509: internal error: URI SAN ${quoteGo(name.url.text)} failed to parse`
    list.push({ name: domain, shown: name.url.text, ...(isSound ? {} : { complaint }) })
  }
  return { list }
}

function readUriDomain(host: string, text: string): string | { problem: string } {
  if (host === '') return { problem: `URI with empty host (${quoteGo(text)}) cannot be matched against constraints` }
  const isLiteral = host.endsWith(']')
  const split = host.includes(':') && !isLiteral ? splitHostPort(host) : { host: host.toLowerCase() }
  if ('problem' in split) return { problem: `cannot parse URI host ${quoteGo(host)}: ${split.problem}` }
  const domain = split.host
  const isAddress = 'family' in parseIpLiteral(domain) || (domain.startsWith('[') && isLiteral)
  return isAddress ? { problem: `URI with IP (${quoteGo(text)}) cannot be matched against constraints` } : domain
}
