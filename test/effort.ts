/**
 * What a job costs, asked so that a busy machine cannot fail a test. Time is the processor's, of this process alone; whatever else runs makes a try
 * dearer, never cheaper, so the least of many tries counts, and tries end as soon as one is cheap enough. What is too dear is so in every try.
 */

const MOST_TRIES = 25

/** Milliseconds of the processor that a job needs: the first try that stays below `enoughMs`, or the least of 25. */
export function leastCost(job: () => unknown, enoughMs: number): number {
  let least = costOf(job)
  for (let tries = 1; tries < MOST_TRIES && least >= enoughMs; tries += 1) least = Math.min(least, costOf(job))
  return least
}

/**
 * How many times dearer a job becomes when there is four times as much to do: 4 where the cost grows with the size, 16 where it grows with its square.
 * @param prepare makes the job of a size; this part is not measured
 * @returns the first answer below `enough`, or the one of the least costs of 25 tries
 */
export function growthBy4(prepare: (share: 0.25 | 1) => () => unknown, enough: number = DEAR): number {
  const [quarter, whole] = [prepare(0.25), prepare(1)]
  const least = { quarter: Number.POSITIVE_INFINITY, whole: Number.POSITIVE_INFINITY }
  const growth = () => least.whole / Math.max(least.quarter, SHORTEST_MS)
  for (let tries = 0; tries < MOST_TRIES && !(growth() < enough); tries += 1) {
    least.quarter = Math.min(least.quarter, costOf(quarter))
    least.whole = Math.min(least.whole, costOf(whole))
  }
  return growth()
}

/** Between what grows with the size and what grows with its square. */
export const DEAR = 10

/** Below it a clock tells little. */
const SHORTEST_MS = 0.5

function costOf(job: () => unknown): number {
  const started = process.cpuUsage()
  job()
  const { user, system } = process.cpuUsage(started)
  return (user + system) / 1000
}
