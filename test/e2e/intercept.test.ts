/** `whytls run --intercept`: what go could download is decrypted and arrives unchanged; what go refuses fails as without us. */
import { describe, expect, it } from 'vitest'
import { normaliseGoText } from '../../src/diagnosis/normaliser.ts'
import { runBesidePlain } from './beside-plain.ts'
import { splitReport } from './fidelity.ts'
import { listToolchains } from './go.ts'
import { expectationOf, rowsFor } from './rows.ts'
import { startAll } from './scenario.ts'
import { firstDiagnosis } from './whytls.ts'

/** The newest and the oldest go: their hellos and verifiers differ most. */
const TOOLCHAINS = [...listToolchains().slice(0, 1), ...listToolchains().slice(-1)]
const rows = TOOLCHAINS.flatMap((toolchain, at) => rowsFor(toolchain, at === 0 ? 60 : 0))
const ran = startAll(rows, (row) => runBesidePlain(row, { options: ['--intercept'] }))

describe.each(TOOLCHAINS)('whytls run --intercept with go $version', ({ version }) => {
  for (const row of rows.filter(({ toolchain }) => toolchain.version === version)) {
    const { cause, leg, stage } = expectationOf(row)

    it(`${row.labCase.id}: go's words and exit code are its own, and the cause is ${cause}`, async () => {
      const { result, document, plain, twin } = (await ran.get(row)) ?? expect.fail('it was not run')
      const { go } = splitReport(result.stderr)
      expect(result.exitCode).toBe(plain.exitCode ?? 130)
      expect(normaliseGoText(go)).toBe(twin)
      const found = firstDiagnosis(document)
      expect({ cause: found?.cause ?? 'ok', leg: found?.leg ?? null, stage: found?.stage ?? null }).toEqual({ cause, leg, stage })
      for (const { interception, probeOf } of document.handshakes) {
        if (probeOf === null && interception?.kind === 'passed-through') expect(interception.because).not.toBe('')
      }
    })
  }
})
