/** Chains of this process's connections, for comparison with one that failed. Pure. */

import type { ResigningSigns } from '../diagnosis/observation.ts'
import { compareChains, type ReadChain, readChain } from '../diagnosis/resigning.ts'
import type { Connection } from './connection.ts'
import { presentedChain } from './judge.ts'

/** First defects of a chain that somebody else on the way may explain. */
const EXPLAINABLE = new Set<string>(['unknown-authority', 'missing-intermediate', 'cert-name-mismatch', 'cert-no-san'])

/** Whether chains of other hosts could tell more about this failure. */
export function isComparable({ judged, outcome }: Connection): boolean {
  const first = judged?.verdict.defects[0]
  return outcome === 'failed' && first !== undefined && EXPLAINABLE.has(first.code)
}

/** The chain of a connection, read for comparison; null where none came. Remembered, for thousands of connections of one run. */
export function chainOf(connection: Connection): ReadChain | null {
  const presented = presentedChain(connection)
  if (presented === null) return null
  const known = READ.get(presented.chain)
  if (known !== undefined) return known
  const read = readChain({ host: connection.start.host, chain: presented.chain })
  READ.set(presented.chain, read)
  return read
}

const READ = new WeakMap<readonly Uint8Array[], ReadChain | null>()

/** What the other connections that went the same way tell of this one. */
export function compareInRun(connection: Connection, connections: readonly Connection[]): ResigningSigns | null {
  const own = chainOf(connection)
  if (own === null) return null
  const others = new Map<string, ReadChain>()
  for (const other of connections) {
    if (other.start.host === own.host || !isSameWay(connection, other)) continue
    const chain = chainOf(other)
    if (chain !== null) others.set(`${chain.host} ${chain.leaf.sha256}`, chain)
  }
  return compareChains(own, [...others.values()])
}

/** Both direct, or through the same proxy. */
export function isSameWay(one: Pick<Connection, 'route'>, other: Pick<Connection, 'route'>): boolean {
  return wayOf(one) === wayOf(other)
}

function wayOf({ route }: Pick<Connection, 'route'>): string {
  return route.map(({ kind, address }) => `${kind} ${address}`).join(' ')
}
