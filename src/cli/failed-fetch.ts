/** Which command fetches again what failed in a run. Pure. */
import type { Run } from '../contract/document.ts'
import { readGoErrors } from '../diagnosis/witness.ts'

const MOST_MODULES = 20
/** A module path and version as go prints them; nothing that could be an option. */
const MODULE = /^[A-Za-z0-9][A-Za-z0-9._~!/-]*@v?[A-Za-z0-9][A-Za-z0-9._+~-]*$/

/**
 * `go mod download` of the modules that go complained of; the run's own command line where it names none. null when that line holds masked values.
 */
export function failedFetch({ argv, stderrTail }: Pick<Run, 'argv' | 'stderrTail'>): readonly string[] | null {
  const modules = readGoErrors(stderrTail).flatMap(({ module }) => (module !== null && MODULE.test(module) ? [module] : []))
  if (modules.length > 0) return [goOf(argv), 'mod', 'download', ...[...new Set(modules)].slice(0, MOST_MODULES)]
  return argv.length === 0 || argv.some((word) => /\[\d+ bytes\]/.test(word)) ? null : argv
}

/** The go that ran, where the command was go itself. */
function goOf([command = '']: readonly string[]): string {
  return /(?:^|[/\\])go(?:\d[\w.]*)?(?:\.exe)?$/.test(command) ? command : 'go'
}
