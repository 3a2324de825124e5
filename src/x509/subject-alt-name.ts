import { type DerReader, TAG } from './der.ts'
import { isDomain } from './domain.ts'
import { isAscii, latin1, quoteGo } from './go-text.ts'
import { type GoUrl, parseGoUrl } from './go-url.ts'
import { isMappedIpAddress } from './ip-address.ts'
import type { GoRules } from './rules.ts'

/** One name of the subjectAltName extension (RFC 5280 section 4.2.1.6) of a kind that Go reads. */
export type SubjectAltName =
  | { readonly kind: 'dns'; readonly text: string }
  | { readonly kind: 'email'; readonly text: string }
  | { readonly kind: 'uri'; readonly text: string; readonly url: GoUrl }
  | { readonly kind: 'ip'; readonly octets: Uint8Array }

/** Read the extension. @param names filled in the order of the encoding @returns Go's text for the refusal, undefined when all is well */
export function readSubjectAltNames(reader: DerReader, rules: GoRules, names: SubjectAltName[]): string | undefined {
  const sequence = reader.read(TAG.sequence)
  if (sequence === undefined) return 'x509: invalid subject alternative names'
  let firstProblem: string | undefined
  while (!sequence.isEmpty) {
    const element = sequence.any()
    if (element === undefined) return firstProblem ?? 'x509: invalid subject alternative name'
    const octets = sequence.octets.subarray(element.contentOffset, element.end)
    const name = readSubjectAltName(element.tag, octets, rules)
    if (typeof name === 'string') firstProblem ??= name
    else if (name !== undefined) names.push(name)
  }
  return firstProblem
}

/** undefined: a kind that Go ignores. */
function readSubjectAltName(tag: number, octets: Uint8Array, rules: GoRules): SubjectAltName | string | undefined {
  switch (tag) {
    case 0x81:
      return isAscii(octets) ? { kind: 'email', text: latin1(octets) } : 'x509: SAN rfc822Name is malformed'
    case 0x82:
      return isAscii(octets) ? { kind: 'dns', text: latin1(octets) } : 'x509: SAN dNSName is malformed'
    case 0x86:
      return isAscii(octets) ? readUri(latin1(octets), rules) : 'x509: SAN uniformResourceIdentifier is malformed'
    case 0x87:
      if (rules.refusesMappedAddresses && isMappedIpAddress(octets)) return 'x509: SAN iPAddress contains IPv4-mapped IPv6 address'
      if (octets.length === 4 || octets.length === 16) return { kind: 'ip', octets }
      return `x509: cannot parse IP address of length ${octets.length}`
    default:
      return undefined
  }
}

function readUri(text: string, rules: GoRules): SubjectAltName | string {
  const url = parseGoUrl(text, rules)
  if ('problem' in url) return `x509: cannot parse URI ${quoteGo(text)}: ${url.problem}`
  if (url.host !== '' && !isDomain(url.host, false, rules)) return `x509: cannot parse URI ${quoteGo(text)}: invalid domain`
  return { kind: 'uri', text, url }
}
