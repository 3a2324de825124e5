/** Raises lab cases for the tests: a fresh folder and, in the namespace, a line in the hosts file for each of its names. */
import { appendFileSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import type { LabCase, LabOrigin } from '../../src/lab/case.ts'
import { inFreshFolder } from './go.ts'

/** Bring a case up, use it, take it down. */
export function withOrigin<T>(labCase: LabCase, use: (origin: LabOrigin) => Promise<T>): Promise<T> {
  return inFreshFolder(async (folder) => {
    const origin = await labCase.up({ now: new Date(), folder, port: 0 })
    for (const line of origin.resolve) addHost(line)
    try {
      return await use(origin)
    } finally {
      await origin.close()
    }
  })
}

/** Let go alone find what whytls finds by `--resolve HOST:PORT:ADDRESS`. The file is the namespace's own. */
function addHost(resolve: string): void {
  const [, host = '', address = ''] = /^(.+?):\d+:(.+)$/.exec(resolve) ?? []
  if (process.env['WHYTLS_NAMESPACE'] !== '1') throw new Error('the end-to-end tests write the hosts file: start them by `npm test`')
  const line = `${address} ${host}\n`
  if (isIP(host) === 0 && !readFileSync('/etc/hosts', 'utf8').includes(line)) appendFileSync('/etc/hosts', line)
}

/** At most `size` at a time, in the order in which they were asked for. */
export function limitTo(size: number): <T>(job: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []
  return async (job) => {
    if (running < size) running += 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await job()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}

/** Over this, a job only waits: such jobs run beside the others without taking one of their places. */
const SLOW_MS = 1500

/**
 * Start one job for each of `items`: three at a time, the slow ones all at once. Tests then await their own result, so that titles stay one
 * per case while the runs overlap.
 */
export function startAll<Item extends { readonly labCase: LabCase }, T>(
  items: readonly Item[],
  job: (item: Item) => Promise<T>,
): ReadonlyMap<Item, Promise<T>> {
  const limited = limitTo(3)
  const results = new Map<Item, Promise<T>>()
  for (const item of items) {
    const result = (item.labCase.takesMs ?? 0) > SLOW_MS ? job(item) : limited(() => job(item))
    result.catch(() => {}) // the test that awaits it reports it
    results.set(item, result)
  }
  return results
}

/** When to stop a go that would never end by itself. */
export function stopTime(labCase: LabCase): number | undefined {
  return labCase.takesMs === Number.POSITIVE_INFINITY ? 12_000 : undefined
}
