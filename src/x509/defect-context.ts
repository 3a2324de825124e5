import type { Certificate } from './certificate.ts'
import type { ChainSearch } from './chain-search.ts'
import { verifyHostName } from './host-name.ts'
import { findChains, makeSearch } from './judge.ts'
import { summarizeCertificate } from './summary.ts'
import type { Presented, VerifyRequest } from './verify-request.ts'

/** What defects are named from. */
export interface DefectContext {
  readonly presented: readonly Presented[]
  readonly request: VerifyRequest
  /** The server's own certificate: the first one, or the one for this host where another stands before it. */
  readonly leaf: Certificate | undefined
  /** Index of that certificate when it is not the first. */
  readonly misordered: number | undefined
  readonly search: ChainSearch
  readonly completedBy: readonly Certificate[]
}

/** Gather what the presented certificates tell; those that do not parse take no part in chains. */
export function makeDefectContext(
  presented: readonly Presented[],
  request: VerifyRequest,
  completedBy: readonly Certificate[],
): DefectContext {
  const misordered = findMisorderedLeaf(presented, request)
  const own = presented[misordered ?? 0]
  const leaf = own !== undefined && 'certificate' in own ? own.certificate : undefined
  const others = parsedOnly(presented.filter((item) => item !== own))
  return { presented, request, leaf, misordered, search: makeSearch(others, request), completedBy }
}

/** Index of a certificate in the Certificate message, null when it was not presented (a root of the pool). */
export function indexOf(certificate: Certificate, presented: readonly Presented[]): number | null {
  const index = presented.findIndex((item) => 'certificate' in item && item.certificate === certificate)
  return index < 0 ? null : index
}

/** The subject of a presented certificate, also of one that does not parse. */
export function subjectOf(item: Presented): string {
  return 'certificate' in item ? item.certificate.subject.text : summarizeCertificate(item.der).subject
}

/** A certificate for this host that stands behind one that is not, where the first is an authority or putting it first would do. */
function findMisorderedLeaf(presented: readonly Presented[], request: VerifyRequest): number | undefined {
  const [first] = presented
  if (request.name === '' || first === undefined || !('certificate' in first)) return undefined
  const isForHost = (item: Presented) =>
    'certificate' in item && verifyHostName(item.certificate, request.name, request.rules) === undefined
  if (isForHost(first)) return undefined
  const index = presented.findIndex(isForHost)
  const own = presented[index]
  if (own === undefined || !('certificate' in own)) return undefined
  if (first.certificate.hasBasicConstraints && first.certificate.isCa) return index
  const others = parsedOnly(presented.filter((item) => item !== own))
  return findChains(own.certificate, makeSearch(others, request)).chains.length > 0 ? index : undefined
}

function parsedOnly(items: readonly Presented[]): readonly Certificate[] {
  return items.flatMap((item) => ('certificate' in item ? [item.certificate] : []))
}
