/** Intermediates that a server forgot and that lie in files of this machine. */
import { readNames } from '../x509/names.ts'
import { findPath } from '../x509/path.ts'
import type { ChainVerdict } from '../x509/verdict.ts'
import { type VerifyRequest, verifyChain } from '../x509/verify.ts'
import type { LoadedRoots } from './judge.ts'

/** A question to the verifier, and its answer. */
export interface Judgement {
  readonly request: VerifyRequest
  readonly verdict: ChainVerdict
}

/** Ask the verifier. */
export function verifyWith(request: VerifyRequest): Judgement {
  return { request, verdict: verifyChain(request) }
}

/** The chain ends at an authority that the client does not have. */
export function isStranger({ defects }: ChainVerdict): boolean {
  return defects[0]?.code === 'unknown-authority'
}

/** The same chain with what this machine's files hold of the names at which it ends, where that leads to a root that go has. */
export function withIntermediatesHere(first: Judgement, intermediatesHere: LoadedRoots['intermediatesHere']): Judgement {
  if (intermediatesHere === undefined || first.verdict.completedBy.length > 0) return first
  let wanted = missingIssuer(first.request)
  const found: Uint8Array[] = []
  for (let links = 0; wanted !== undefined && links < MOST_LINKS; links += 1) {
    const next = intermediatesHere(wanted)
    found.push(...next)
    wanted = next[0] === undefined ? undefined : readNames(next[0])?.issuer
  }
  if (found.length === 0) return first
  const tried = verifyWith({ ...first.request, extraIntermediates: [...(first.request.extraIntermediates ?? []), ...found] })
  return tried.verdict.completedBy.length === 0 ? first : tried
}

/** More intermediates than this no chain lacks. */
const MOST_LINKS = 3

/** The name at which the chain ends, as octets. */
export function missingIssuer(request: VerifyRequest): Uint8Array | undefined {
  const end = findPath(request).steps.at(-1)?.certificate ?? null
  return end === null ? undefined : readNames(request.presented[end] ?? new Uint8Array())?.issuer
}
