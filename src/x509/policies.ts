import type { Certificate } from './certificate.ts'
import { equalOctets } from './der.ts'

/**
 * Whether the certificate policies of a chain allow it (RFC 5280 section 6.1 with the graph of RFC 9618), any policy being acceptable.
 * @param chain leaf first, root last; the root's own policies do not count
 */
export function hasValidPolicies(chain: readonly Certificate[]): boolean {
  const path = chain.slice(0, -1).reverse()
  if (path.length === 0) return true
  const state: State = { graph: new PolicyGraph(), explicit: path.length + 1, mapping: path.length + 1, any: path.length + 1 }
  for (const [i, certificate] of path.entries()) {
    const isLast = i === path.length - 1
    if (!applyPolicies(certificate, isLast, state)) return false
    if (!isLast) applyLimits(certificate, state)
  }
  const leaf = path.at(-1)
  const explicit = leaf?.requireExplicitPolicy === 0 ? 0 : Math.max(0, state.explicit - 1)
  return explicit > 0 || state.graph?.hasValidPolicy() === true
}

const ANY_POLICY = '551d2000'

interface State {
  /** null: no policy is valid any more. */
  graph: PolicyGraph | null
  explicit: number
  mapping: number
  any: number
}

/** RFC 5280 section 6.1.3 (d) to (f) and 6.1.4 (a), (b). @returns false when the chain is refused */
function applyPolicies(certificate: Certificate, isLast: boolean, state: State): boolean {
  if (certificate.policies.length === 0) state.graph = null
  const { graph } = state
  if (graph === null) return state.explicit !== 0
  const allowsAny = state.any > 0 || (!isLast && isSelfIssued(certificate))
  graph.addLevel(certificate.policies, allowsAny)
  return isLast || applyMappings(certificate, graph, state.mapping > 0)
}

function applyMappings(certificate: Certificate, graph: PolicyGraph, isAllowed: boolean): boolean {
  if (certificate.policyMappings.length === 0) return true
  const mappings = new Map<string, string[]>()
  for (const { issuer, subject } of certificate.policyMappings) {
    if (!isAllowed) {
      graph.deleteLeaf(issuer)
      continue
    }
    if (issuer === ANY_POLICY || subject === ANY_POLICY) return false
    addTo(mappings, issuer, subject)
  }
  graph.prune()
  for (const [issuer, subjects] of mappings) graph.mapPolicy(issuer, subjects)
  return true
}

/** RFC 5280 section 6.1.4 (h) to (j). */
function applyLimits(certificate: Certificate, state: State): void {
  const step = isSelfIssued(certificate) ? 0 : 1
  const limit = (value: number, given: number) => {
    const next = Math.max(0, value - step)
    return given >= 0 ? Math.min(next, given) : next
  }
  state.explicit = limit(state.explicit, certificate.requireExplicitPolicy)
  state.mapping = limit(state.mapping, certificate.inhibitPolicyMapping)
  state.any = limit(state.any, certificate.inhibitAnyPolicy)
}

function isSelfIssued(certificate: Certificate): boolean {
  return equalOctets(certificate.rawIssuer, certificate.rawSubject)
}

interface PolicyNode {
  readonly policy: string
  expected: readonly string[]
  readonly parents: Set<PolicyNode>
  readonly children: Set<PolicyNode>
}

/** The valid_policy_graph of RFC 9618 section 5.1: one map of policies a level, so its size is linear. */
class PolicyGraph {
  private readonly levels: Map<string, PolicyNode>[] = [new Map([[ANY_POLICY, makeNode(ANY_POLICY, [])]])]

  /** RFC 9618 section 5.2 (d): the policies of the next certificate. */
  addLevel(policies: readonly string[], allowsAny: boolean): void {
    const parents = this.leaves
    const expecting = indexByExpected(parents)
    const level = new Map<string, PolicyNode>()
    const anyParent = parents.get(ANY_POLICY)
    for (const policy of policies) {
      if (policy === ANY_POLICY) continue
      const matching = expecting.get(policy) ?? (anyParent === undefined ? [] : [anyParent])
      if (matching.length > 0) level.set(policy, makeNode(policy, matching))
    }
    if (allowsAny && policies.includes(ANY_POLICY)) {
      for (const [policy, matching] of expecting) {
        if (!level.has(policy)) level.set(policy, makeNode(policy, matching))
      }
    }
    this.levels.push(level)
    this.prune()
  }

  /** RFC 9618 section 5.3 (b) (1), (2). */
  mapPolicy(issuer: string, subjects: readonly string[]): void {
    const leaf = this.leaves.get(issuer)
    const any = this.leaves.get(ANY_POLICY)
    if (leaf !== undefined) leaf.expected = subjects
    else if (any !== undefined) {
      const node = makeNode(issuer, [any])
      node.expected = subjects
      this.leaves.set(issuer, node)
    }
  }

  deleteLeaf(policy: string): void {
    const leaf = this.leaves.get(policy)
    if (leaf === undefined) return
    for (const parent of leaf.parents) parent.children.delete(leaf)
    for (const child of leaf.children) child.parents.delete(leaf)
    this.leaves.delete(policy)
  }

  /** Drop inner nodes without children. */
  prune(): void {
    for (let depth = this.levels.length - 2; depth > 0; depth--) {
      for (const node of [...(this.levels[depth]?.values() ?? [])]) {
        if (node.children.size > 0) continue
        for (const parent of node.parents) parent.children.delete(node)
        this.levels[depth]?.delete(node.policy)
      }
    }
  }

  /** RFC 9618 section 5.4 (g): a policy that hangs on anyPolicy, or anyPolicy at the end. */
  hasValidPolicy(): boolean {
    if (this.leaves.has(ANY_POLICY)) return true
    const nodes = this.levels.flatMap((level) => [...level.values()])
    return nodes.some((node) => {
      const [parent] = node.parents
      return node.policy !== ANY_POLICY && node.parents.size === 1 && parent?.policy === ANY_POLICY
    })
  }

  private get leaves(): Map<string, PolicyNode> {
    return this.levels.at(-1) ?? new Map()
  }
}

function indexByExpected(nodes: ReadonlyMap<string, PolicyNode>): Map<string, PolicyNode[]> {
  const index = new Map<string, PolicyNode[]>()
  for (const node of nodes.values()) {
    for (const policy of node.expected) addTo(index, policy, node)
  }
  return index
}

function addTo<T>(index: Map<string, T[]>, key: string, value: T): void {
  const known = index.get(key)
  if (known === undefined) index.set(key, [value])
  else known.push(value)
}

function makeNode(policy: string, parents: readonly PolicyNode[]): PolicyNode {
  const node: PolicyNode = { policy, expected: [policy], parents: new Set(parents), children: new Set() }
  for (const parent of parents) parent.children.add(node)
  return node
}
