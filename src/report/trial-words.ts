/** What tries with changed ClientHellos mean, for terminal and page alike. Pure, without a line of layout. */
import type { Trial } from '../contract/handshake.ts'

/** The first change that always passes where go's own hello never does; nothing helps where the unchanged one passes too. */
export function firstThatHelps(trials: readonly Trial[]): Trial | undefined {
  const passes = ({ results }: Trial) => results.length > 1 && results.every((result) => result === 'passed')
  const unchanged = trials.find(({ change }) => change === 'unchanged')
  if (unchanged === undefined || unchanged.results.includes('passed')) return undefined
  return trials.find((trial) => trial.change !== 'unchanged' && passes(trial))
}

/** "no answer" for `silence`; codes without a word lose their underscores. */
export function nameEnd(met: string): string {
  return ENDS[met] ?? met.replaceAll('_', ' ')
}

/** "as go does it" for `unchanged`, the change itself for all others. */
export function nameChange(change: string): string {
  return change === 'unchanged' ? 'as go does it' : change
}

const ENDS: Readonly<Record<string, string>> = {
  'server-hello': 'answered',
  silence: 'no answer',
  fin: 'closed',
  rst: 'reset',
  'not-tls': 'not TLS',
  'dial-failure': 'not reached',
}
