/** `whytls serve` with HTTPS_PROXY exported by hand: the same answers, except where only HTTP shows the cause. */
import { describe, expect, it } from 'vitest'
import { listToolchains } from './go.ts'
import { expectationOf, expectedExitCode, rowsFor } from './rows.ts'
import { startAll, stopTime, withOrigin } from './scenario.ts'
import { firstDiagnosis, serveAround } from './whytls.ts'

const rows = listToolchains().slice(0, 1).flatMap(rowsFor)
const ran = startAll(rows, ({ labCase, toolchain }) => withOrigin(labCase, (origin) => serveAround(toolchain, origin, stopTime(labCase))))

describe('whytls serve', () => {
  for (const row of rows) {
    const { cause, leg, stage, needsWitness } = expectationOf(row)

    it(`${row.labCase.id}: ${needsWitness === true ? 'TLS was fine, no cause is named' : `${cause} at ${stage} of ${leg}`}`, async () => {
      const { result, document } = (await ran.get(row)) ?? expect.fail('it was not run')
      const found = firstDiagnosis(document)
      const told = { cause: found?.cause ?? 'ok', leg: found?.leg ?? null, stage: found?.stage ?? null }
      expect(told).toEqual(needsWitness === true ? { cause: 'ok', leg: null, stage: null } : { cause, leg, stage })
      expect(result.exitCode).toBe(expectedExitCode(row))
    })
  }
})
