/** `whytls run --no-probe`: without a second connection the answer may say less, but nothing that is not so. */
import { describe, expect, it } from 'vitest'
import { listToolchains } from './go.ts'
import { noteAnswer } from './grade.ts'
import { expectationOf, rowsOfMode } from './rows.ts'
import { startAll, stopTime, withOrigin } from './scenario.ts'
import { firstDiagnosis, runThrough } from './whytls.ts'

const rows = rowsOfMode(listToolchains(), 35)
const ran = startAll(rows, ({ labCase, toolchain }) =>
  withOrigin(labCase, (origin) => runThrough(toolchain, origin, { options: ['--no-probe'], stopAfterMs: stopTime(labCase) })),
)

describe('whytls run --no-probe', () => {
  for (const row of rows) {
    const expected = expectationOf(row)
    const { labCase, toolchain } = row

    it(`${labCase.id}: ${expected.cause}, or less`, async () => {
      const { document } = (await ran.get(row)) ?? expect.fail('it was not run')
      const found = firstDiagnosis(document)
      const grade = noteAnswer({ mode: 'no-probe', version: toolchain.version, id: labCase.id }, expected, found)
      expect(grade, `it said ${found?.cause} (${found?.confidence})`).not.toBe('wrong')
      expect(document.handshakes.filter(({ mode }) => mode === 'probe')).toEqual([])
    })
  }
})
