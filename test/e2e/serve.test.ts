/** `whytls serve` with HTTPS_PROXY exported by hand: the same answers, except where only HTTP shows the cause. */
import { describe, expect, it } from 'vitest'
import { listToolchains } from './go.ts'
import { noteAnswer } from './grade.ts'
import { expectationOf, expectedExitCode, NOTHING, rowsOfMode } from './rows.ts'
import { startAll, stopTime, withOrigin } from './scenario.ts'
import { firstDiagnosis, serveAround } from './whytls.ts'

const rows = rowsOfMode(listToolchains())
const ran = startAll(rows, ({ labCase, toolchain }) => withOrigin(labCase, (origin) => serveAround(toolchain, origin, stopTime(labCase))))

describe('whytls serve', () => {
  for (const row of rows) {
    const { cause, leg, stage, needsWitness } = expectationOf(row)

    it(`${row.labCase.id}: ${needsWitness === true ? 'no wrong cause behind TLS' : `${cause} at ${stage} of ${leg}`}`, async () => {
      const { result, document } = (await ran.get(row)) ?? expect.fail('it was not run')
      const found = firstDiagnosis(document)
      noteAnswer({ mode: 'serve', version: row.toolchain.version, id: row.labCase.id }, expectationOf(row), found)
      const told = { cause: found?.cause ?? 'ok', leg: found?.leg ?? null, stage: found?.stage ?? null }
      expect(needsWitness === true ? [NOTHING, { cause, leg, stage }] : [{ cause, leg, stage }]).toContainEqual(told)
      expect(result.exitCode).toBe(expectedExitCode(row))
    })
  }
})
