/** The table that all end-to-end tests share: every lab case and variant with one toolchain. */

import type { LabCase, LabExpectation } from '../../src/lab/case.ts'
import { LAB_CASES } from '../../src/lab/cases/index.ts'
import { LAB_VARIANTS } from '../../src/lab/cases/variants.ts'
import { isRefusedBy, type Toolchain } from './go.ts'

export const EVERY_CASE: readonly LabCase[] = [...Object.values(LAB_CASES), ...LAB_VARIANTS]

export interface Row {
  readonly labCase: LabCase
  readonly toolchain: Toolchain
}

/** `npm test` runs all; `--cases REGEXP` of scripts/test.mjs narrows it while one works on a few. */
const CHOSEN = new RegExp(process.env['WHYTLS_CASES'] ?? '')

/** go 1.23 behaves as 1.21 or as 1.24 in all that is tested here, so a sample of its cases is enough. */
const SAMPLED: Readonly<Record<string, number>> = { '1.23': 30 }

/** One row per case, or per case of the sample for this toolchain. */
export function rowsFor(toolchain: Toolchain): readonly Row[] {
  const chosen = EVERY_CASE.filter(({ id }) => CHOSEN.test(id))
  const size = SAMPLED[toolchain.version.split('.').slice(0, 2).join('.')]
  return (size === undefined ? chosen : sample(chosen, size)).map((labCase) => ({ labCase, toolchain }))
}

/** Evenly spread over the list, so that every stage is met. */
function sample<T>(items: readonly T[], size: number): readonly T[] {
  if (items.length <= size) return items
  return items.filter((_, index) => Math.floor((index * size) / items.length) !== Math.floor(((index - 1) * size) / items.length))
}

/** No failure, so no diagnosis. */
export const NOTHING: LabExpectation = { cause: 'ok', leg: null, stage: null }

/** What is to be diagnosed with this toolchain: nothing where an older go does not mind. */
export function expectationOf({ labCase, toolchain }: Row): LabExpectation {
  return isRefusedBy(labCase, toolchain) ? labCase.expect : NOTHING
}

/** go's exit code; null where it has to be stopped. */
export function expectedExitCode(row: Row): number | null {
  if (row.labCase.takesMs === Number.POSITIVE_INFINITY) return null
  return expectationOf(row).cause === 'ok' ? 0 : 1
}
