import { type Certificate, parseCertificate } from './certificate.ts'
import { filterChains } from './chain-filter.ts'
import { buildChains, type ChainSearch, type ChainsFound, checkCandidate } from './chain-search.ts'
import { listDefects } from './defects.ts'
import { verifyHostName } from './host-name.ts'
import { findCompleting } from './missing-intermediate.ts'
import { CertificateParseError } from './parse-error.ts'
import { goKeyType } from './public-key.ts'
import { makeParsedPool, type RootPool } from './root-pool.ts'
import type { GoRules } from './rules.ts'
import { describeWeakKey } from './signature.ts'
import { fingerprint } from './summary.ts'
import type { ChainVerdict } from './verdict.ts'
import { systemRootsError, type VerifyError } from './verify-error.ts'

/** What a Go client is shown and knows when it judges a server. */
export interface VerifyRequest {
  /** The certificates of the Certificate message as DER, in wire order; the first is the leaf. */
  readonly presented: readonly Uint8Array[]
  readonly roots: RootPool
  readonly now: Date
  /** Host of the URL: DNS name or IP address; "" checks none. */
  readonly name: string
  readonly rules: GoRules
  /** Certificates (DER) that are only used to learn whether they would complete the chain; they never change the verdict. */
  readonly extraIntermediates?: readonly Uint8Array[]
  /** Go's error when no root could be loaded and a place failed otherwise than by not being there ("read /etc: is a directory"). */
  readonly systemRootsError?: string
  /** Local zone of the `go` command, minutes east of UTC, for its texts. Default 0. */
  readonly timeZoneOffsetMinutes?: number
}

/** One presented certificate: parsed, or why not. */
export type Presented =
  | { readonly der: Uint8Array; readonly certificate: Certificate }
  | { readonly der: Uint8Array; readonly refusal: CertificateParseError }

/**
 * Judge a chain as the `go` command of a version on Linux does (crypto/tls verifyServerCertificate and crypto/x509 Verify), in its order of checks.
 * Pure: time, roots and rules are inputs; nothing is fetched, revocation is not checked. Never throws on what a server sends.
 * @returns Go's verdict and texts, and all defects, the one that Go reports first
 */
export function verifyChain(request: VerifyRequest): ChainVerdict {
  const presented = request.presented.map((der) => parsePresented(der, request.rules))
  const outcome = refuseLargeMessage(judge(presented, request), request)
  if (outcome.ok) return { ...NO_PROBLEM, chain: (outcome.chains[0] ?? []).map((certificate) => fingerprint(certificate.raw)) }
  const completedBy = outcome.error === undefined ? [] : complete(presented, request)
  const { stage, goText, tlsText } = outcome
  const defects = listDefects(presented, request, outcome, completedBy)
  const shas = completedBy.map((certificate) => fingerprint(certificate.raw))
  return { ok: false, stage, goText, tlsText, chain: [], defects, completedBy: shas }
}

/** What Go says, before the defects are listed. */
export type Outcome =
  | { readonly ok: true; readonly chains: ChainsFound['chains'] }
  | {
      readonly ok: false
      readonly stage: 'parse' | 'verify' | 'tls'
      readonly goText: string
      readonly tlsText: string
      /** Where crypto/x509 refused the chain. */
      readonly error?: VerifyError
      /** The certificate at which crypto/tls stopped, as index in the message. */
      readonly index?: number
    }

/** Parse one presented certificate. */
export function parsePresented(der: Uint8Array, rules: GoRules): Presented {
  try {
    return { der, certificate: parseCertificate(der, rules) }
  } catch (error) {
    if (error instanceof CertificateParseError) return { der, refusal: error }
    throw error
  }
}

/** The search that Go makes for these certificates; those that do not parse are left out. */
export function makeSearch(intermediates: readonly Certificate[], request: VerifyRequest): ChainSearch {
  return {
    roots: request.roots,
    intermediates: makeParsedPool(intermediates),
    now: request.now,
    timeZoneOffsetMinutes: request.timeZoneOffsetMinutes ?? 0,
    rules: request.rules,
  }
}

/** crypto/x509 Verify: the leaf itself, its name, chains, then what filters them. @param name "" checks none */
export function verifyCertificate(leaf: Certificate, search: ChainSearch, name: string): ChainsFound {
  const [invalid] = checkCandidate(leaf, 'leaf', [], search)
  const error = invalid ?? (name === '' ? undefined : verifyHostName(leaf, name, search.rules))
  return error === undefined ? findChains(leaf, search) : { chains: [], error }
}

/** Build the chains of a leaf and filter them; the leaf's own validity is not asked. */
export function findChains(leaf: Certificate, search: ChainSearch): ChainsFound {
  const found = search.roots.contains(leaf, search.rules) ? { chains: [[leaf]], error: undefined } : buildChains(leaf, search)
  return found.error === undefined ? filterChains(leaf, found.chains, search.rules) : found
}

const NO_PROBLEM = { ok: true, stage: null, goText: '', tlsText: '', defects: [], completedBy: [] } as const

/** crypto/tls does not even read a Certificate message over its limit; what crypto/x509 would say of it is kept. */
function refuseLargeMessage(outcome: Outcome, { presented, rules }: VerifyRequest): Outcome {
  // RFC 8446 section 4.4.2: an empty context, a 3-octet length, and for each certificate a 3-octet length and empty extensions.
  const length = presented.reduce((sum, der) => sum + der.length + 5, 4)
  if (length <= rules.maximumMessageBytes) return outcome
  const tlsText = `tls: handshake message of length ${length} bytes exceeds maximum of ${rules.maximumMessageBytes} bytes`
  return outcome.ok ? { ok: false, stage: 'tls', goText: '', tlsText } : { ...outcome, tlsText }
}

function judge(presented: readonly Presented[], request: VerifyRequest): Outcome {
  const parsed: Certificate[] = []
  for (const [index, item] of presented.entries()) {
    if ('refusal' in item) {
      const { goText } = item.refusal
      return { ok: false, stage: 'parse', goText, tlsText: `tls: failed to parse certificate from server: ${goText}`, index }
    }
    const { publicKey } = item.certificate
    if (publicKey?.kind === 'RSA' && publicKey.bits > request.rules.maximumRsaBits) return refuseLargeKey(index, request.rules)
    parsed.push(item.certificate)
  }
  const [leaf, ...intermediates] = parsed
  if (leaf === undefined) return { ok: false, stage: 'tls', goText: '', tlsText: 'tls: received empty certificates message' }
  const { chains, error } = verifyWithRoots(leaf, intermediates, request)
  if (error !== undefined) {
    return { ok: false, stage: 'verify', goText: error.goText, tlsText: `tls: failed to verify certificate: ${error.goText}`, error }
  }
  const tlsText = refuseLeafKey(leaf, request.rules)
  return tlsText === undefined ? { ok: true, chains } : { ok: false, stage: 'tls', goText: '', tlsText, index: 0 }
}

/** Without any roots that could be loaded, Go looks no further. */
function verifyWithRoots(leaf: Certificate, intermediates: readonly Certificate[], request: VerifyRequest): ChainsFound {
  if (request.systemRootsError !== undefined && request.roots.size === 0) {
    return { chains: [], error: systemRootsError(leaf, request.systemRootsError) }
  }
  return verifyCertificate(leaf, makeSearch(intermediates, request), request.name)
}

/** What crypto/tls says of a leaf whose key can make no handshake signature for it; undefined when it can. */
export function refuseLeafKey({ publicKey }: Certificate, rules: GoRules): string | undefined {
  if (publicKey === null || publicKey.kind === 'DSA') {
    return `tls: server's certificate contains an unsupported type of public key: ${goKeyType(publicKey)}`
  }
  if (publicKey.kind !== 'RSA' || publicKey.bits >= rules.minimumRsaBits) return undefined
  return `tls: invalid signature by the server certificate: ${describeWeakKey(publicKey.bits)}`
}

function refuseLargeKey(index: number, rules: GoRules): Outcome {
  const tlsText = `tls: server sent certificate containing RSA key larger than ${rules.maximumRsaBits} bits`
  return { ok: false, stage: 'tls', goText: '', tlsText, index }
}

function complete(presented: readonly Presented[], request: VerifyRequest): readonly Certificate[] {
  const [leaf, ...others] = presented.flatMap((item) => ('certificate' in item ? [item.certificate] : []))
  const extras = (request.extraIntermediates ?? []).map((der) => parsePresented(der, request.rules))
  const usable = extras.flatMap((item) => ('certificate' in item ? [item.certificate] : []))
  if (leaf === undefined || usable.length === 0) return []
  return findCompleting(others, usable, (intermediates) => findChains(leaf, makeSearch(intermediates, request)).chains)
}
