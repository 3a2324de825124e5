/** What the certificates tab draws: cards from leaf to anchor, what is wrong with each, and the axis that their validity shares. Pure. */
import type { Diagnosis } from '../src/contract/diagnosis.ts'
import type { CertificateSummary, Certificates, SignedByNext } from '../src/contract/handshake.ts'
import { commonName } from './cert-names.ts'

export interface ChainCard {
  readonly kind: 'certificate' | 'missing' | 'anchor'
  readonly name: string
  readonly role: string
  readonly certificate: CertificateSummary | null
  /** What is wrong with it, one sentence each; the reason of the failure first. */
  readonly problems: readonly string[]
  readonly isReason: boolean
  /** What is known of a card without a certificate. */
  readonly facts: readonly (readonly [string, string])[]
  /** How this card hangs on the next one; null for the last. */
  readonly link: { readonly words: string; readonly isBroken: boolean } | null
}

const ANCHOR_CAUSES: ReadonlySet<string> = new Set([
  'unknown-authority',
  'inspection-ca-untrusted',
  'client-roots-missing',
  'cert-self-signed',
])

/** Lay out a chain; `at` is the time that it was judged at. */
export function layChain(certificates: Certificates, diagnosis: Diagnosis | null): readonly ChainCard[] {
  const { chain, verified } = certificates
  const cause = diagnosis?.cause ?? null
  const atMs = Date.parse(verified?.at ?? '')
  const reason = namedIndex(chain, diagnosis) ?? reasonIndex(chain, cause, atMs)
  const cards = chain.map((certificate, at): ChainCard => {
    const next = chain[at + 1]
    return {
      kind: 'certificate',
      name: commonName(certificate.subject),
      role: roleOf(certificate, at),
      certificate,
      problems: problemsOf(certificate, atMs),
      isReason: at === reason,
      facts: [],
      link: next === undefined ? null : linkTo(certificate, next, certificates, at, cause),
    }
  })
  const end = endCard(certificates, cause)
  const last = cards.at(-1)
  if (end === null || last === undefined) return cards
  return [...cards.slice(0, -1), { ...last, link: end.via }, end.card]
}

function roleOf(certificate: CertificateSummary, at: number): string {
  if (at === 0) return 'Leaf'
  return certificate.subject === certificate.issuer ? 'Root, sent' : 'Intermediate'
}

function linkTo(
  certificate: CertificateSummary,
  next: CertificateSummary,
  { signed: links, verified }: Certificates,
  at: number,
  cause: string | null,
): ChainCard['link'] {
  const signed: SignedByNext | undefined = links?.[at]
  if (signed === 'other-name' || certificate.issuer !== next.subject) {
    const isNeeded = !verified?.ok && certificate.subject !== next.subject
    return { words: `not issued by the next one${isNeeded ? '' : ', which go need not use'}`, isBroken: isNeeded }
  }
  if (signed === 'no' || (signed === undefined && cause === 'chain-signature-invalid'))
    return { words: 'names the next one as its issuer; the signature does not check', isBroken: true }
  if (signed === undefined) return { words: 'signed by', isBroken: false }
  if (/md5/i.test(certificate.signatureAlgorithm)) return { words: 'signed by, with MD5, which is never checked', isBroken: true }
  return { words: 'signed by, signature checks', isBroken: false }
}

/** The card of what the server did not send: the trust anchor, or the certificate that would lead to it. */
function endCard(certificates: Certificates, cause: string | null): { readonly card: ChainCard; readonly via: ChainCard['link'] } | null {
  const last = certificates.chain.at(-1)
  if (last === undefined || !last.parsed) return null
  const isMissing = cause === 'missing-intermediate'
  const isUntrusted = cause !== null && ANCHOR_CAUSES.has(cause)
  const isSelfIssued = last.subject === last.issuer
  if (!isMissing && !isUntrusted && (!certificates.verified?.ok || isSelfIssued)) return null
  const card = { certificate: null, problems: [], isReason: isMissing || isUntrusted, link: null, name: commonName(last.issuer) }
  const keyId: readonly (readonly [string, string])[] =
    last.authorityKeyId === null ? [] : [['Key id', `${last.authorityKeyId}, named by the certificate above`]]
  const looked: readonly (readonly [string, string])[] =
    certificates.verified === null ? [] : [['Looked in', searchedWords(certificates.searched ?? [], certificates.verified.roots)]]
  if (isMissing) {
    const aia = last.aia.caIssuers[0]
    const source = aia === undefined ? 'no address is given in the certificate above' : `available at ${aia}; go does not fetch it`
    return {
      card: {
        ...card,
        kind: 'missing',
        role: 'Intermediate',
        facts: [['Status', '✕ not sent by the server'], ['Source', source], ...knownWords(certificates), ...keyId],
      },
      via: { words: 'signed by a certificate that the server does not send', isBroken: true },
    }
  }
  if (isUntrusted) {
    const facts: ChainCard['facts'] = [
      ['Status', '✕ not found in any store that go reads'],
      ...looked,
      ...keyId,
      ['Known', 'its name only; validity and fingerprint were not received'],
    ]
    return {
      card: { ...card, kind: 'missing', role: 'Trust anchor', facts },
      via: { words: isSelfIssued ? 'vouches only for itself' : 'signed by a root that go does not have', isBroken: true },
    }
  }
  const isNamed = isPlain(certificates.chain)
  const name = isNamed ? card.name : 'A root that go has'
  const facts: ChainCard['facts'] = [['Status', '✓ trusted'], ...looked, ...(isNamed ? keyId : [])]
  const words = `${isNamed ? 'signed by' : 'they lead to'} a root that go has`
  return { card: { ...card, kind: 'anchor', role: 'Trust anchor', name, facts }, via: { words, isBroken: false } }
}

/** A leaf and at most one intermediate. Behind a longer list, which may be cross-signed or hold more than is needed, go may know a root of any of them. */
function isPlain(chain: readonly CertificateSummary[]): boolean {
  const [leaf, intermediate] = chain
  return chain.length < 3 && (intermediate === undefined || leaf?.issuer === intermediate.subject)
}

/** Certificates seen elsewhere that would complete the chain: for the server's owner, never to be trusted. */
function knownWords({ missing = [] }: Certificates): readonly (readonly [string, string])[] {
  return missing.map((one) => ['Seen elsewhere', `${commonName(one.subject)}, SHA-256 ${one.sha256}`] as const).slice(0, 1)
}

/** Every place with what was found there; of very many the first. */
function searchedWords(searched: NonNullable<Certificates['searched']>, roots: string): string {
  const places = searched.slice(0, MOST_PLACES).map(({ path, count, problem }) => `${path} (${problem ?? count})`)
  const more = searched.length - places.length
  return places.length === 0 ? roots : `${places.join(', ')}${more > 0 ? ` and ${more} more places` : ''}: ${roots}`
}

const MOST_PLACES = 6

function problemsOf(certificate: CertificateSummary, atMs: number): readonly string[] {
  const problems: string[] = []
  if (!certificate.parsed) problems.push('Go cannot parse it; what is shown was found by a more tolerant reader')
  if (isExpired(certificate, atMs)) problems.push('expired')
  if (isEarly(certificate, atMs)) problems.push('not valid yet')
  if (certificate.serialNumber.startsWith('-')) problems.push('negative serial number')
  if (/sha-?1(?!\d)|md5/i.test(certificate.signatureAlgorithm)) problems.push(`signed with ${certificate.signatureAlgorithm}`)
  return problems
}

function isExpired(certificate: CertificateSummary, atMs: number): boolean {
  return certificate.notAfter !== null && atMs > Date.parse(certificate.notAfter)
}

function isEarly(certificate: CertificateSummary, atMs: number): boolean {
  return certificate.notBefore !== null && atMs < Date.parse(certificate.notBefore)
}

/** The certificate that the evidence of these causes names by its number. */
function namedIndex(chain: readonly CertificateSummary[], diagnosis: Diagnosis | null): number | undefined {
  if (diagnosis === null || !NUMBERED_CAUSES.has(diagnosis.cause)) return undefined
  const [, number] = diagnosis.evidence.map(({ text }) => /^certificate (\d+) of \d+\b/i.exec(text)).find((found) => found !== null) ?? []
  return number === undefined || Number(number) > chain.length ? undefined : Number(number) - 1
}

const NUMBERED_CAUSES: ReadonlySet<string> = new Set([
  'intermediate-expired',
  'cert-malformed',
  'cert-negative-serial',
  'chain-signature-invalid',
  'sha1-signature',
  'md5-signature',
  'weak-rsa-key',
  'rsa-key-too-large',
  'unsupported-public-key',
  'path-length-exceeded',
  'issuer-not-ca',
  'eku-mismatch',
  'unhandled-critical-extension',
])

/** Which certificate is the reason, -1 when none of them is. */
function reasonIndex(chain: readonly CertificateSummary[], cause: string | null, atMs: number): number {
  const finders: Readonly<Record<string, (certificate: CertificateSummary, at: number) => boolean>> = {
    'intermediate-expired': (certificate, at) => at > 0 && isExpired(certificate, atMs),
    'root-expired': (certificate, at) => at > 0 && isExpired(certificate, atMs),
    'cert-malformed': (certificate) => !certificate.parsed,
    'cert-negative-serial': (certificate) => certificate.serialNumber.startsWith('-'),
    'sha1-signature': (certificate) => /sha-?1(?!\d)/i.test(certificate.signatureAlgorithm),
    'md5-signature': (certificate) => /md5/i.test(certificate.signatureAlgorithm),
    'issuer-not-ca': (certificate, at) => at > 0 && !certificate.isCa,
  }
  if (cause !== null && LEAF_CAUSES.has(cause)) return 0
  const finder = cause === null ? undefined : finders[cause]
  return finder === undefined ? -1 : chain.findIndex(finder)
}

const LEAF_CAUSES: ReadonlySet<string> = new Set([
  'cert-expired',
  'cert-not-yet-valid',
  'cert-name-mismatch',
  'cert-no-san',
  'cert-ip-no-san',
  'key-mismatch',
  'rsa-key-too-large',
  'unsupported-public-key',
  'eku-mismatch',
])

export interface Axis {
  readonly fromMs: number
  readonly toMs: number
}

const DAY_MS = 86_400_000
const YEAR_MS = 365 * DAY_MS

/** One axis for all validity bars: the leaf and now always fit, the rest as far as about two years to each side. */
export function layAxis(chain: readonly CertificateSummary[], nowMs: number, trueMs: number | null = null): Axis {
  const ends = (pick: (certificate: CertificateSummary) => string | null): number[] =>
    chain.flatMap((certificate) => pick(certificate) ?? []).map((iso) => Date.parse(iso))
  const [leaf] = chain
  const must = [
    nowMs,
    trueMs ?? nowMs,
    ...(leaf?.notBefore == null ? [] : [Date.parse(leaf.notBefore)]),
    ...(leaf?.notAfter == null ? [] : [Date.parse(leaf.notAfter)]),
  ]
  const fromMs = Math.min(...must, Math.max(nowMs - YEAR_MS, Math.min(...ends((certificate) => certificate.notBefore), nowMs)))
  const toMs = Math.max(...must, Math.min(nowMs + 2 * YEAR_MS, Math.max(...ends((certificate) => certificate.notAfter), nowMs)))
  const margin = Math.max((toMs - fromMs) * 0.04, DAY_MS)
  return { fromMs: fromMs - margin, toMs: toMs + margin }
}
