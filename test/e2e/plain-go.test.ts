/** The lab is what it claims to be: go alone, in every version, says of each case what `texts.ts` says. */
import { describe, expect, it } from 'vitest'
import { type CommandResult, downloadPlainly, listToolchains } from './go.ts'
import { expectationOf, expectedExitCode, rowsOfAll } from './rows.ts'
import { startAll, stopTime, withOrigin } from './scenario.ts'
import { expectedStderr, GO_TEXTS } from './texts.ts'

interface Ran {
  readonly result: CommandResult
  readonly pattern: RegExp
}

const rows = rowsOfAll(listToolchains())
const ran = startAll(rows, (row) =>
  withOrigin(row.labCase, async (origin): Promise<Ran> => {
    const id = expectationOf(row).cause === 'ok' ? 'ok' : row.labCase.id
    const text = GO_TEXTS[id] ?? expect.fail(`texts.ts has no row ${id}`)
    const result = await downloadPlainly(row.toolchain, origin, stopTime(row.labCase))
    return { result, pattern: expectedStderr(text, origin, row.toolchain.version) }
  }),
)

describe.each(listToolchains())('go $version alone', ({ version }) => {
  for (const row of rows.filter(({ toolchain }) => toolchain.version === version)) {
    it(`says of ${row.labCase.id} what its table says`, async () => {
      const { result, pattern } = (await ran.get(row)) ?? expect.fail('it was not run')
      expect(result.stderr).toMatch(pattern)
      expect(result.exitCode).toBe(expectedExitCode(row))
    })
  }
})
