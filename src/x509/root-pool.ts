import { type Certificate, parseCertificate } from './certificate.ts'
import { DerReader, equalOctets } from './der.ts'
import { latin1 } from './go-text.ts'
import { type Name, readName } from './name.ts'
import { readNames } from './names.ts'
import { CertificateParseError } from './parse-error.ts'
import type { GoRules } from './rules.ts'

/** Certificates found by subject, as Go's x509.CertPool: octet by octet, duplicates counted once. */
export interface CertificatePool {
  /** Number of different certificates. */
  readonly size: number
  /** Whether this very certificate (same octets) is in the pool. */
  readonly contains: (certificate: Certificate, rules: GoRules) => boolean
  /** Those whose subject is the certificate's issuer, in Go's order: key ids equal, one of them missing, different. */
  readonly findParents: (certificate: Certificate, rules: GoRules) => readonly Certificate[]
  /** The subject, as text, of a certificate whose subject has one of these organisations; only names are read for it. */
  readonly findNamesake: (organizations: readonly string[], rules: GoRules) => string | undefined
}

/** The trusted roots of a client; make it once and reuse it. */
export type RootPool = CertificatePool

/**
 * A pool of trusted roots. Only subjects are read now; a root is parsed when a chain asks for it, once per set of rules, so that
 * 142 roots cost about a millisecond. What Go cannot parse is not in its pool and is never found here.
 * @param ders one certificate each, in the order of loading
 */
export function makeRootPool(ders: readonly Uint8Array[]): RootPool {
  return makePool(ders.map(makeLazyEntry))
}

/** A pool of certificates that are parsed already. */
export function makeParsedPool(certificates: readonly Certificate[]): CertificatePool {
  return makePool(certificates.map((certificate) => ({ der: certificate.raw, subject: certificate.rawSubject, parse: () => certificate })))
}

const ignore = () => {}

interface Entry {
  readonly der: Uint8Array
  /** Octets of the subject, undefined when they cannot be found. */
  readonly subject: Uint8Array | undefined
  readonly parse: (rules: GoRules) => Certificate | undefined
}

function makePool(entries: readonly Entry[]): CertificatePool {
  const bySubject = new Map<string, Entry[]>()
  const seen = new Set<string>()
  /** By the one rule that changes how a name reads. */
  const subjectNames = new Map<boolean, readonly Name[]>()
  for (const entry of entries) {
    const identity = latin1(entry.der)
    if (entry.subject === undefined || seen.has(identity)) continue
    seen.add(identity)
    const subject = latin1(entry.subject)
    const sameSubject = bySubject.get(subject)
    if (sameSubject === undefined) bySubject.set(subject, [entry])
    else sameSubject.push(entry)
  }
  return {
    size: seen.size,
    contains: (certificate, rules) =>
      (bySubject.get(latin1(certificate.rawSubject)) ?? []).some(
        (entry) => equalOctets(entry.der, certificate.raw) && entry.parse(rules) !== undefined,
      ),
    findParents: (certificate, rules) => {
      const found = (bySubject.get(latin1(certificate.rawIssuer)) ?? []).map((entry) => entry.parse(rules))
      return orderByKeyId(
        certificate,
        found.filter((candidate) => candidate !== undefined),
      )
    },
    findNamesake: (organizations, rules) => {
      const names = subjectNames.get(rules.hasStrictStrings) ?? readSubjects(bySubject, rules)
      subjectNames.set(rules.hasStrictStrings, names)
      return names.find((name) => name.organizations.some((organization) => organizations.includes(organization)))?.text
    },
  }
}

function readSubjects(bySubject: ReadonlyMap<string, readonly Entry[]>, rules: GoRules): readonly Name[] {
  const subjects = [...bySubject.values()].flatMap(([entry]) => (entry?.subject === undefined ? [] : [entry.subject]))
  return subjects.map((subject) => readName(new DerReader(subject), rules, ignore, 'subject'))
}

function orderByKeyId(child: Certificate, candidates: readonly Certificate[]): readonly Certificate[] {
  const [same, missing, different]: [Certificate[], Certificate[], Certificate[]] = [[], [], []]
  for (const candidate of candidates) {
    const hasOne = (candidate.subjectKeyId.length === 0) !== (child.authorityKeyId.length === 0)
    if (equalOctets(candidate.subjectKeyId, child.authorityKeyId)) same.push(candidate)
    else (hasOne ? missing : different).push(candidate)
  }
  return [...same, ...missing, ...different]
}

function makeLazyEntry(der: Uint8Array): Entry {
  const parsed = new WeakMap<GoRules, { readonly certificate: Certificate | undefined }>()
  const parse = (rules: GoRules) => {
    const known = parsed.get(rules) ?? { certificate: parseOrSkip(der, rules) }
    parsed.set(rules, known)
    return known.certificate
  }
  return { der, subject: readNames(der)?.subject, parse }
}

function parseOrSkip(der: Uint8Array, rules: GoRules): Certificate | undefined {
  try {
    return parseCertificate(der, rules)
  } catch (error) {
    if (error instanceof CertificateParseError) return undefined
    throw error
  }
}
