import type { Certificate } from './certificate.ts'
import { equalOctets } from './der.ts'
import { toLowerCaseAscii } from './domain.ts'
import { formatIpAddress, parseIpAddress, unmapIpAddress } from './ip-address.ts'
import type { GoRules } from './rules.ts'
import { summarizeNames } from './summary.ts'
import type { VerifyError } from './verify-error.ts'

/**
 * Check that a certificate is for a host, as Go's VerifyHostname: only SANs count, a wildcard is one whole left-most label.
 * @param host DNS name or IP address, the latter also in brackets
 * @returns undefined when it is
 */
export function verifyHostName(certificate: Certificate, host: string, rules: GoRules): VerifyError | undefined {
  const known = MEMORY.get(certificate)
  if (known !== undefined && known.host === host && known.rules === rules) return known.error
  const error = checkHostName(certificate, host, rules)
  MEMORY.set(certificate, { host, rules, error })
  return error
}

/** The last answer for each certificate: one verdict asks several times. */
const MEMORY = new WeakMap<Certificate, { readonly host: string; readonly rules: GoRules; readonly error: VerifyError | undefined }>()

function checkHostName(certificate: Certificate, host: string, rules: GoRules): VerifyError | undefined {
  const literal = /^\[.+\]$/s.test(host) ? host.slice(1, -1) : host
  const address = parseIpAddress(rules.allowsHostZones ? dropZone(literal) : literal)
  const isRight = address === undefined ? matchesAnyDnsName(certificate, host, rules) : matchesAnyAddress(certificate, address)
  if (isRight) return undefined
  const shown = address === undefined ? host : rules.allowsHostZones ? formatIpAddress(address) : literal
  const goText = describeMismatch(certificate, shown, address !== undefined, rules)
  return { kind: 'host-name', goText, certificate, role: 'leaf' }
}

/** An IPv6 address may name the interface it is reached by (RFC 4007 section 11). */
function dropZone(literal: string): string {
  return /^([^%]*:[^%]*)%./s.exec(literal)?.[1] ?? literal
}

function matchesAnyAddress(certificate: Certificate, address: Uint8Array): boolean {
  return certificate.subjectAltNames.some((name) => name.kind === 'ip' && equalOctets(unmapIpAddress(name.octets), address))
}

function matchesAnyDnsName(certificate: Certificate, host: string, rules: GoRules): boolean {
  const wanted = toLowerCaseAscii(host)
  const isHostName = isValidHostName(wanted.replace(/\.$/, ''), false, rules)
  return certificate.subjectAltNames.some((name) => {
    if (name.kind !== 'dns') return false
    // A name that neither form of comparison takes needs no closer look.
    if (!matchesPattern(name.text, wanted) && !matchesExactly(name.text, wanted)) return false
    const usesPatterns = isHostName && isValidHostName(name.text, true, rules)
    return usesPatterns ? matchesPattern(name.text, wanted) : matchesExactly(name.text, wanted)
  })
}

function matchesExactly(offered: string, wanted: string): boolean {
  return ![offered, wanted].some((name) => name === '' || name === '.') && toLowerCaseAscii(offered) === toLowerCaseAscii(wanted)
}

function matchesPattern(pattern: string, host: string): boolean {
  const patternParts = toLowerCaseAscii(pattern).split('.')
  const hostParts = toLowerCaseAscii(host.replace(/\.$/, '')).split('.')
  if (pattern === '' || patternParts.length !== hostParts.length) return false
  return patternParts.every((part, i) => part === hostParts[i] || (i === 0 && part === '*'))
}

function isValidHostName(host: string, isPattern: boolean, rules: GoRules): boolean {
  if (host === '' || (host === '*' && rules.hasStrictLabels)) return false
  return host.split('.').every((part, i) => /^[a-zA-Z0-9_][a-zA-Z0-9_-]*$/.test(part) || (isPattern && i === 0 && part === '*'))
}

const MANY_NAMES = 100

function describeMismatch(certificate: Certificate, host: string, isAddress: boolean, rules: GoRules): string {
  if (!certificate.hasSubjectAltName && matchesPattern(certificate.subject.commonName, host)) {
    return 'x509: certificate relies on legacy Common Name field, use SANs instead'
  }
  const { dnsNames, ipAddresses } = summarizeNames(certificate)
  const offered = isAddress ? ipAddresses : dnsNames
  if (isAddress && offered.length === 0) {
    return `x509: cannot validate certificate for ${host} because it doesn't contain any IP SANs`
  }
  if (rules.countsManyNames && offered.length >= MANY_NAMES) {
    return `x509: certificate is valid for ${offered.length} ${isAddress ? 'IP SANs' : 'names'}, but none matched ${host}`
  }
  const list = offered.join(', ')
  if (list === '') return `x509: certificate is not valid for any names, but wanted to match ${host}`
  return `x509: certificate is valid for ${list}, not ${host}`
}
