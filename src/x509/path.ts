import { findBestPath } from './best-path.ts'
import type { Certificate } from './certificate.ts'
import { indexOf, makeDefectContext } from './defect-context.ts'
import { judgePresented } from './judge.ts'
import { fingerprint } from './summary.ts'
import type { Role } from './verify-error.ts'
import { parsePresented, type VerifyRequest } from './verify-request.ts'

/** One certificate of a path. */
export interface PathStep {
  readonly role: Role
  /** Index in the presented list; null for a root of the pool that was not presented. */
  readonly certificate: number | null
  readonly subject: string
  readonly issuer: string
  readonly sha256: string
}

/** How far a chain leads, leaf first. */
export interface CertificatePath {
  /** `taken`: Go accepts it. `nearest-miss`: the one that would need the fewest repairs. */
  readonly kind: 'taken' | 'nearest-miss'
  readonly reachesRoot: boolean
  readonly steps: readonly PathStep[]
}

/** The path that Go takes, or the nearest miss where it takes none. Certificates that do not parse are on no path. */
export function findPath(request: VerifyRequest): CertificatePath {
  const presented = request.presented.map((der) => parsePresented(der, request.rules))
  const outcome = judgePresented(presented, request)
  const step = (certificate: Certificate, role: Role): PathStep => ({
    role,
    certificate: indexOf(certificate, presented),
    subject: certificate.subject.text,
    issuer: certificate.issuer.text,
    sha256: fingerprint(certificate.raw),
  })
  if (outcome.ok) {
    const [chain = []] = outcome.chains
    return { kind: 'taken', reachesRoot: true, steps: chain.map((each, i) => step(each, roleAt(i, chain.length))) }
  }
  const { leaf, search } = makeDefectContext(presented, request, [])
  if (leaf === undefined) return { kind: 'nearest-miss', reachesRoot: false, steps: [] }
  const isRoot = search.roots.contains(leaf, search.rules)
  const path = isRoot ? { links: [], reachesRoot: true } : findBestPath(leaf, search)
  const steps = [step(leaf, 'leaf'), ...path.links.map(({ parent, role }) => step(parent, role))]
  return { kind: 'nearest-miss', reachesRoot: path.reachesRoot, steps }
}

function roleAt(index: number, length: number): Role {
  if (index === 0) return 'leaf'
  return index === length - 1 ? 'root' : 'intermediate'
}
