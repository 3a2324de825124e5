/** `whytls run -- go mod download`: go stays go, and stage, leg, cause and go's words are right, in every version of go. */
import { describe, expect, it } from 'vitest'
import { normaliseGoText } from '../../src/diagnosis/normaliser.ts'
import { findPlainTwin, splitReport } from './fidelity.ts'
import { type CommandResult, downloadPlainly, listToolchains } from './go.ts'
import { expectationOf, expectedExitCode, rowsFor } from './rows.ts'
import { startAll, stopTime, withOrigin } from './scenario.ts'
import { firstDiagnosis, runThrough, type Told } from './whytls.ts'

interface Ran extends Told {
  readonly plain: CommandResult
  /** What go alone prints, in the words that fit best. */
  readonly twin: string
}

const rows = listToolchains().flatMap(rowsFor)
const ran = startAll(rows, ({ labCase, toolchain }) =>
  withOrigin(labCase, async (origin): Promise<Ran> => {
    const stop = stopTime(labCase)
    const [plain, told] = await Promise.all([
      downloadPlainly(toolchain, origin, stop),
      runThrough(toolchain, origin, { stopAfterMs: stop }),
    ])
    const twin = await findPlainTwin(toolchain, origin, plain, splitReport(told.result.stderr).go)
    return { plain, twin, ...told }
  }),
)

describe.each(listToolchains())('whytls run with go $version', ({ version }) => {
  for (const row of rows.filter(({ toolchain }) => toolchain.version === version)) {
    const { cause, leg, stage } = expectationOf(row)

    it(`${row.labCase.id}: ${cause} at ${stage ?? 'no stage'} of ${leg ?? 'no leg'}, go's words untouched`, async () => {
      const { result, document, plain, twin } = (await ran.get(row)) ?? expect.fail('it was not run')
      const { go, report } = splitReport(result.stderr)
      expect.soft(normaliseGoText(go)).toBe(twin)
      expect.soft(result.exitCode).toBe(plain.exitCode)
      expect.soft(document.run?.exitCode ?? null).toBe(expectedExitCode(row))
      const found = firstDiagnosis(document)
      expect({ cause: found?.cause ?? 'ok', leg: found?.leg ?? null, stage: found?.stage ?? null }).toEqual({ cause, leg, stage })
      expect(document.diagnoses.slice(1)).toEqual([])
      if (found === undefined) return expect(report).toBe('')
      expect(report).toContain(`[${cause}]`)
      if (row.labCase.takesMs === Number.POSITIVE_INFINITY) return undefined // go said nothing to compare with
      expect(found.goText?.source).toBe('stderr')
      return expect(go).toContain(found.goText?.text.split('\n')[0])
    })
  }
})
