import type { Certificate } from './certificate.ts'
import { listDefects } from './defects.ts'
import { findChains, judgePresented, makeSearch } from './judge.ts'
import { findCompleting } from './missing-intermediate.ts'
import { fingerprint } from './summary.ts'
import type { ChainVerdict } from './verdict.ts'
import { type Presented, parsePresented, type VerifyRequest } from './verify-request.ts'

export type { VerifyRequest } from './verify-request.ts'

/**
 * Judge a chain as the `go` command of a version on Linux does (crypto/tls verifyServerCertificate and crypto/x509 Verify), in its order of checks.
 * Pure: time, roots and rules are inputs; nothing is fetched, revocation is not checked. Never throws on what a server sends.
 * @returns Go's verdict and texts, and all defects, the one that Go reports first
 */
export function verifyChain(request: VerifyRequest): ChainVerdict {
  const presented = request.presented.map((der) => parsePresented(der, request.rules))
  const outcome = judgePresented(presented, request)
  if (outcome.ok) return { ...NO_PROBLEM, chain: (outcome.chains[0] ?? []).map((certificate) => fingerprint(certificate.raw)) }
  const completedBy = outcome.error === undefined ? [] : complete(presented, request)
  const { stage, goText, tlsText } = outcome
  const defects = listDefects(presented, request, outcome, completedBy)
  const shas = completedBy.map((certificate) => fingerprint(certificate.raw))
  return { ok: false, stage, goText, tlsText, chain: [], defects, completedBy: shas }
}

const NO_PROBLEM = { ok: true, stage: null, goText: '', tlsText: '', defects: [], completedBy: [] } as const

function complete(presented: readonly Presented[], request: VerifyRequest): readonly Certificate[] {
  const [leaf, ...others] = presented.flatMap((item) => ('certificate' in item ? [item.certificate] : []))
  const extras = (request.extraIntermediates ?? []).map((der) => parsePresented(der, request.rules))
  const usable = extras.flatMap((item) => ('certificate' in item ? [item.certificate] : []))
  if (leaf === undefined || usable.length === 0) return []
  return findCompleting(others, usable, (intermediates) => findChains(leaf, makeSearch(intermediates, request)).chains)
}
