import type { CertificateDraft } from './certificate.ts'
import { type DerReader, formatObjectIdentifier, TAG } from './der.ts'
import { hex } from './go-text.ts'
import type { GoRules } from './rules.ts'

/** Read certificatePolicies (RFC 5280 section 4.2.1.4). @returns Go's text for the refusal */
export function readPolicies(draft: CertificateDraft, reader: DerReader, rules: GoRules): string | undefined {
  const invalid = 'x509: invalid certificate policies'
  const sequence = reader.read(TAG.sequence)
  const policies = new Set<string>()
  while (sequence?.isEmpty === false) {
    const oid = sequence.read(TAG.sequence)?.content(TAG.objectIdentifier)
    if (oid === undefined || !isPolicyOid(oid, rules)) return invalid
    if (rules.validatesPolicies && policies.has(hex(oid))) return invalid
    policies.add(hex(oid))
  }
  if (sequence === undefined) return invalid
  draft.policies = [...policies]
  return undefined
}

/** Read policyMappings (RFC 5280 section 4.2.1.5). @returns Go's text for the refusal */
export function readPolicyMappings(draft: CertificateDraft, reader: DerReader): string | undefined {
  const sequence = reader.read(TAG.sequence)
  const mappings: { issuer: string; subject: string }[] = []
  while (sequence?.isEmpty === false) {
    const pair = sequence.read(TAG.sequence)
    const issuer = pair?.content(TAG.objectIdentifier)
    const subject = pair?.content(TAG.objectIdentifier)
    if (issuer === undefined || subject === undefined) return 'x509: invalid policy mappings extension'
    mappings.push({ issuer: hex(issuer), subject: hex(subject) })
  }
  if (sequence === undefined) return 'x509: invalid policy mappings extension'
  draft.policyMappings = mappings
  return undefined
}

/** Read policyConstraints (RFC 5280 section 4.2.1.11). @returns Go's text for the refusal */
export function readPolicyConstraints(draft: CertificateDraft, reader: DerReader): string | undefined {
  const sequence = reader.read(TAG.sequence)
  const explicit = sequence?.peeks(0x80) === true ? sequence.int64(0x80) : -1n
  const mapping = sequence?.peeks(0x81) === true ? sequence.int64(0x81) : -1n
  if (sequence === undefined || explicit === undefined || mapping === undefined) return 'x509: invalid policy constraints extension'
  draft.requireExplicitPolicy = Number(explicit)
  draft.inhibitPolicyMapping = Number(mapping)
  return undefined
}

/** Read inhibitAnyPolicy (RFC 5280 section 4.2.1.14). @returns Go's text for the refusal */
export function readInhibitAnyPolicy(draft: CertificateDraft, reader: DerReader): string | undefined {
  const value = reader.int64()
  if (value === undefined) return 'x509: invalid inhibit any policy extension'
  draft.inhibitAnyPolicy = Number(value)
  return undefined
}

function isPolicyOid(content: Uint8Array, rules: GoRules): boolean {
  if (!rules.hasLargePolicyArcs) return formatObjectIdentifier(content) !== undefined
  if (content.length === 0 || (content.at(-1) ?? 0) >= 0x80) return false
  return content.every((octet, i) => octet !== 0x80 || (i > 0 && (content[i - 1] ?? 0) >= 0x80))
}
