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

/** `--cases REGEXP` of scripts/test.mjs narrows the table while one works on a few. */
const CHOSEN = new RegExp(process.env['WHYTLS_CASES'] ?? '')
const IS_NARROWED = CHOSEN.source !== '(?:)'

/** go 1.23 behaves as 1.21 or as 1.24 in all that is tested here, so a sample of 30 is enough. */
const SAMPLED: Readonly<Record<string, number>> = { '1.23': 30 }
/** The newest go runs every world; an older one each cause once and this many variants. */
const OLDER_VARIANTS = 30

/** The rows of all toolchains, the newest first. */
export function rowsOfAll(toolchains: readonly Toolchain[]): readonly Row[] {
  return toolchains.flatMap((toolchain, at) => {
    const size = SAMPLED[toolchain.version.split('.').slice(0, 2).join('.')]
    if (size !== undefined) return rowsOf(sample(EVERY_CASE, size), toolchain)
    return rowsFor(toolchain, at === 0 ? LAB_VARIANTS.length : OLDER_VARIANTS)
  })
}

/** `npm run accuracy` asks every mode of every world; else `run` with the newest go does, and each other mode asks this many of the variants. */
const ASKS_ALL = process.env['WHYTLS_EVERY_WORLD'] === '1'
const VARIANTS_OF_MODE = 40

/** What a mode other than plain `run` is asked of: the newest go, each cause once, and a part of the variants. */
export function rowsOfMode(toolchains: readonly Toolchain[], variants: number = VARIANTS_OF_MODE): readonly Row[] {
  return toolchains.slice(0, 1).flatMap((newest) => rowsFor(newest, ASKS_ALL ? LAB_VARIANTS.length : variants))
}

/** Each cause once, and this many of the variants, with one toolchain. */
export function rowsFor(toolchain: Toolchain, variants: number = LAB_VARIANTS.length): readonly Row[] {
  return rowsOf([...Object.values(LAB_CASES), ...sample(LAB_VARIANTS, variants)], toolchain)
}

function rowsOf(cases: readonly LabCase[], toolchain: Toolchain): readonly Row[] {
  const chosen = IS_NARROWED ? EVERY_CASE.filter(({ id }) => CHOSEN.test(id)) : cases
  return chosen.map((labCase) => ({ labCase, toolchain }))
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
