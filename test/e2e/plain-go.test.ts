/** The lab is what it claims to be: go alone, in every version, says of each case what `texts.ts` says. */
import { describe, expect, it } from 'vitest'
import type { LabCase } from '../../src/lab/case.ts'
import { LAB_CASES } from '../../src/lab/cases/index.ts'
import { LAB_VARIANTS } from '../../src/lab/cases/variants.ts'
import { type CommandResult, downloadPlainly, isRefusedBy, listToolchains, type Toolchain } from './go.ts'
import { startAll, stopTime, withOrigin } from './scenario.ts'
import { expectedStderr, GO_TEXTS } from './texts.ts'

interface Row {
  readonly labCase: LabCase
  readonly toolchain: Toolchain
}

interface Ran {
  readonly result: CommandResult
  readonly pattern: RegExp
}

const everyCase: readonly LabCase[] = [...Object.values(LAB_CASES), ...LAB_VARIANTS]
const rows: readonly Row[] = listToolchains().flatMap((toolchain) => everyCase.map((labCase) => ({ labCase, toolchain })))
const ran = startAll(rows, ({ labCase, toolchain }) =>
  withOrigin(labCase, async (origin): Promise<Ran> => {
    const text = GO_TEXTS[isRefusedBy(labCase, toolchain) ? labCase.id : 'ok'] ?? expect.fail(`texts.ts has no row ${labCase.id}`)
    return { result: await downloadPlainly(toolchain, origin, stopTime(labCase)), pattern: expectedStderr(text, origin, toolchain.version) }
  }),
)

describe.each(listToolchains())('go $version alone', (toolchain) => {
  for (const row of rows.filter((one) => one.toolchain.version === toolchain.version)) {
    it(`says of ${row.labCase.id} what its table says`, async () => {
      const { result, pattern } = (await ran.get(row)) ?? expect.fail('it was not run')
      expect(result.stderr).toMatch(pattern)
      expect(result.exitCode).toBe(expectedExitCode(row))
    })
  }
})

function expectedExitCode({ labCase, toolchain }: Row): number | null {
  if (labCase.takesMs === Number.POSITIVE_INFINITY) return null
  return isRefusedBy(labCase, toolchain) ? 1 : 0
}
