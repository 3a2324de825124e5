import type { Certificate } from './certificate.ts'
import { filterChains } from './chain-filter.ts'
import { buildChains, type ChainSearch, type ChainsFound, checkCandidate } from './chain-search.ts'
import { findUnapprovedKey, NO_FIPS_CHAIN } from './fips-keys.ts'
import { verifyHostName } from './host-name.ts'
import { goKeyType } from './public-key.ts'
import { makeParsedPool } from './root-pool.ts'
import type { GoRules } from './rules.ts'
import { describeWeakKey } from './signature.ts'
import { systemRootsError, type VerifyError } from './verify-error.ts'
import type { Presented, VerifyRequest } from './verify-request.ts'

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
      /** The certificate whose key FIPS mode does not approve of. */
      readonly unapproved?: Certificate
    }

/** Judge what a server presents, up to the first thing that Go refuses: message, parsing and key size, chain, key type. */
export function judgePresented(presented: readonly Presented[], request: VerifyRequest): Outcome {
  return refuseLargeMessage(judge(presented, request), request)
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
  const unapproved = findUnapprovedKey(chains, request.rules)
  if (unapproved !== undefined) return { ok: false, stage: 'tls', goText: '', tlsText: NO_FIPS_CHAIN, unapproved }
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
