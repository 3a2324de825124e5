import { DerReader as Cursor, type DerReader, TAG } from './der.ts'
import { isDomain, parseMailbox } from './domain.ts'
import { decodeGoString, hex, isAscii, latin1, quoteGo } from './go-text.ts'
import { type IpNetwork, isMappedIpAddress, parseIpAddress } from './ip-address.ts'
import type { GoRules } from './rules.ts'

/** The subtrees of one side of the nameConstraints extension, by kind. */
export interface Subtrees {
  readonly dns: string[]
  readonly ips: IpNetwork[]
  readonly emails: string[]
  readonly uris: string[]
}

/** The nameConstraints extension (RFC 5280 section 4.2.1.10). */
export interface NameConstraints {
  readonly permitted: Subtrees
  readonly excluded: Subtrees
  /** It holds kinds of names that Go does not know (directoryName …); unhandled when critical. */
  readonly hasOtherKinds: boolean
}

/** Read the extension. @returns it, or Go's text for the refusal */
export function readNameConstraints(reader: DerReader, rules: GoRules): NameConstraints | string {
  const invalid = 'x509: invalid NameConstraints extension'
  const top = reader.read(TAG.sequence)
  if (top === undefined || !reader.isEmpty) return invalid
  const permitted = readOptional(top, 0xa0)
  const excluded = permitted === undefined ? undefined : readOptional(top, 0xa1)
  if (permitted === undefined || excluded === undefined || !top.isEmpty) return invalid
  if (permitted.isEmpty && excluded.isEmpty) return 'x509: empty name constraints extension'
  const allowed = readSubtrees(permitted, rules)
  if (typeof allowed === 'string') return allowed
  const denied = readSubtrees(excluded, rules)
  if (typeof denied === 'string') return denied
  return { permitted: allowed.trees, excluded: denied.trees, hasOtherKinds: allowed.hasOtherKinds || denied.hasOtherKinds }
}

/** An empty cursor when the element is absent, undefined when it is cut. */
function readOptional(reader: DerReader, tag: number): DerReader | undefined {
  return reader.peeks(tag) ? reader.read(tag) : new Cursor(reader.octets, reader.offset, reader.offset)
}

function readSubtrees(reader: DerReader, rules: GoRules): { trees: Subtrees; hasOtherKinds: boolean } | string {
  const trees: Subtrees = { dns: [], ips: [], emails: [], uris: [] }
  let hasOtherKinds = false
  while (!reader.isEmpty) {
    const base = reader.read(TAG.sequence)
    const element = base?.any()
    if (base === undefined || element === undefined) return 'x509: invalid NameConstraints extension'
    const octets = base.octets.subarray(element.contentOffset, element.end)
    const problem = addSubtree(trees, element.tag, octets, rules)
    if (typeof problem === 'string') return problem
    if (problem === false) hasOtherKinds = true
  }
  return { trees, hasOtherKinds }
}

/** true: added; false: a kind that Go does not know; else Go's text for the refusal. */
function addSubtree(trees: Subtrees, tag: number, octets: Uint8Array, rules: GoRules): boolean | string {
  if (tag === 0x87) return addNetwork(trees, octets, rules)
  if (tag !== 0x81 && tag !== 0x82 && tag !== 0x86) return false
  if (!isAscii(octets)) {
    return `x509: invalid constraint value: x509: ${quoteGo(decodeGoString(octets))} cannot be encoded as an IA5String`
  }
  const text = latin1(octets)
  const problem = SUBTREE_KINDS[tag](text, rules)
  if (problem !== undefined) return problem
  trees[tag === 0x82 ? 'dns' : tag === 0x81 ? 'emails' : 'uris'].push(text)
  return true
}

const SUBTREE_KINDS = { 129: checkEmail, 130: checkDns, 134: checkUri } as const

function checkDns(text: string, rules: GoRules): string | undefined {
  return isDomain(text, true, rules) ? undefined : `x509: failed to parse dnsName constraint ${quoteGo(text)}`
}

function checkEmail(text: string, rules: GoRules): string | undefined {
  const isSound = text.includes('@') ? parseMailbox(text, rules) !== undefined : isDomain(text, true, rules)
  return isSound ? undefined : `x509: failed to parse rfc822Name constraint ${quoteGo(text)}`
}

function checkUri(text: string, rules: GoRules): string | undefined {
  if (parseIpAddress(text) !== undefined) return `${refusal(text)}: cannot be IP address`
  return isDomain(text, true, rules) ? undefined : refusal(text)
}

function refusal(text: string): string {
  return `x509: failed to parse URI constraint ${quoteGo(text)}`
}

function addNetwork(trees: Subtrees, octets: Uint8Array, rules: GoRules): true | string {
  if (octets.length !== 8 && octets.length !== 32) return `x509: IP constraint contained value of length ${octets.length}`
  const half = octets.length / 2
  const mask = octets.subarray(half)
  const bits = [...mask].map((octet) => octet.toString(2).padStart(8, '0')).join('')
  if (!/^1*0*$/.test(bits)) return `x509: IP constraint contained invalid mask ${hex(mask)}`
  const address = octets.subarray(0, half)
  if (rules.refusesMappedAddresses && isMappedIpAddress(address)) return 'x509: IP constraint contained IPv4-mapped IPv6 address'
  trees.ips.push({ address, mask })
  return true
}
