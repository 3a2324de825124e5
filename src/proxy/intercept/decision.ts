/** What was decided for a host, route and kind of client, so that go's ClientHello is replayed only once for each. */
import type { ClientHello } from '../../contract/handshake.ts'
import { describeShape } from '../hello-shape.ts'
import { joinHostPort } from '../ip-address.ts'
import { listHops, type Route } from '../route.ts'

export type Decision = { readonly kind: 'decrypt' } | { readonly kind: 'pass-through'; readonly because: string }

/** Whose decision it is. */
export interface DecisionSubject {
  readonly host: string
  readonly port: number
  readonly route: Route
  /** User name of the proxy token: one run. */
  readonly user: string | null
  readonly hello: ClientHello
}

export interface DecisionMemory {
  find(subject: DecisionSubject): Decision | undefined
  keep(subject: DecisionSubject, decision: Decision): void
}

/** A host that was passed through is looked at again after this time: it may have been repaired. */
const PASS_THROUGH_FRESH_MS = 20_000
const MOST_DECISIONS = 1_000

export function createDecisionMemory(nowMs: () => number = () => performance.now()): DecisionMemory {
  const kept = new Map<string, { readonly decision: Decision; readonly atMs: number }>()
  return {
    find(subject) {
      const known = kept.get(keyOf(subject))
      const isStale = known?.decision.kind === 'pass-through' && nowMs() - known.atMs > PASS_THROUGH_FRESH_MS
      return isStale ? undefined : known?.decision
    },
    keep(subject, decision) {
      const key = keyOf(subject)
      kept.delete(key)
      kept.set(key, { decision, atMs: nowMs() })
      for (const oldest of kept.keys()) {
        if (kept.size <= MOST_DECISIONS) break
        kept.delete(oldest)
      }
    },
  }
}

function keyOf({ host, port, route, user, hello }: DecisionSubject): string {
  const hops = listHops(route).map(({ kind, address }) => `${kind} ${address}`)
  return JSON.stringify([joinHostPort(host.toLowerCase(), port), user, hops, hello.serverName, hello.alpn, describeShape(hello)])
}
