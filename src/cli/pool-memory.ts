/** Root pools of a batch, each made once: thousands of lines share a few. */
import { createHash } from 'node:crypto'
import { makePoolOf } from '../x509/batch.ts'
import type { RootPool } from '../x509/root-pool.ts'

const MOST_POOLS = 256

/** A `poolOf` that keeps the pools of the last lists of roots. */
export function rememberPools(): (roots: readonly string[]) => RootPool {
  const pools = new Map<string, RootPool>()
  return (roots) => {
    const key = identify(roots)
    const pool = pools.get(key) ?? makePoolOf(roots)
    // The one asked for last stands last, so the first one is the oldest.
    pools.delete(key)
    pools.set(key, pool)
    for (const oldest of pools.keys()) {
      if (pools.size <= MOST_POOLS) break
      pools.delete(oldest)
    }
    return pool
  }
}

function identify(roots: readonly string[]): string {
  const hash = createHash('sha256')
  for (const root of roots) hash.update(`${root.length}:`).update(root, 'latin1')
  return hash.digest('base64')
}
