/** Trials as the contract shows them. Pure. */
import type { Trial } from '../contract/handshake.ts'
import type { HelloTrial, HelloTry } from '../diagnosis/observation.ts'

/** Trials of one host for JSON, page and `show`; tries that did not reach the host are left out. */
export function describeTrials(trials: readonly HelloTrial[]): readonly Trial[] {
  return trials.map(({ change, wireBytes, tries }) => {
    const told = tries.filter(({ met }) => met !== 'dial-failure')
    const passed = told.filter(hasPassed)
    return {
      change,
      wireBytes,
      results: told.map((one) => (hasPassed(one) ? 'passed' : 'failed')),
      medianMs: median((passed.length > 0 ? passed : told).map(({ afterMs }) => afterMs)),
      met: nameEnds(told),
    }
  })
}

function hasPassed({ met }: HelloTry): boolean {
  return met === 'server-hello'
}

/** "server-hello", "silence", "alert handshake_failure"; several with commas. */
function nameEnds(tries: readonly HelloTry[]): string {
  return [...new Set(tries.map(({ met, alert }) => (met === 'alert' && alert !== null ? `alert ${alert}` : met)))].join(', ')
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted[Math.floor((sorted.length - 1) / 2)]
  return middle === undefined ? null : Math.round(middle * 10) / 10
}
