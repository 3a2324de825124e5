// Asks a test that failed once more, alone. What the real go, the kernel and Chromium do on a busy machine is not the same each time; a fault of
// whytls that a test proves fails twice (property tests take the same seed in CI). docs/decisions/0017 says why, and where it ends.
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { relative } from 'node:path'

/** Of some 6,000 tests. With more failures something is broken: nothing is asked again. */
export const MOST_ASKED_AGAIN = 4

/** The failed tests of a report of vitest, by file and full name; null where a whole file failed, which has no tests to ask. */
export function listFailed(report) {
  const files = report.testResults ?? []
  if (files.some(({ status, assertionResults }) => status === 'failed' && assertionResults.every((one) => one.status !== 'failed')))
    return null
  return files.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ ancestorTitles, title }) => ({ file: relative(process.cwd(), name), title, fullName: [...ancestorTitles, title].join(' ') })),
  )
}

/** The words of a title that may be ids of lab cases: only their rows need to run. */
export function casesOf(title) {
  const words = title.split(/[\s:,()]+/).filter((word) => /^[a-z0-9][a-z0-9.-]*$/.test(word))
  return `^(?:${words.map((word) => word.replaceAll('.', '\\.')).join('|')})$`
}

/** What selects this one test: vitest takes a regular expression over the full name. */
export function selectorOf({ file, fullName }) {
  return [file, '-t', `^${fullName.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`]
}

/** Run one test again, on the machine for itself; its answer does not count for docs/ACCURACY.md. @returns whether it ran and passed */
export function passesAlone(failed, { command, args, outputFile, env, timeout }) {
  rmSync(outputFile, { force: true })
  const only = { ...env, WHYTLS_CASES: casesOf(failed.title), WHYTLS_ANSWERS: `${outputFile}.again` }
  spawnSync(command, [...args, ...selectorOf(failed)], { stdio: 'inherit', env: only, timeout, killSignal: 'SIGKILL' })
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(outputFile, 'utf8'))
    return numPassedTests === 1 && numFailedTests === 0
  } catch {
    return false
  }
}
