/** `whytls run --intercept`: what go could download is decrypted and arrives unchanged; what go refuses fails as without us. */
import { describe, expect, it } from 'vitest'
import { normaliseGoText } from '../../src/diagnosis/normaliser.ts'
import type { LabOrigin } from '../../src/lab/case.ts'
import { findPlainTwin, splitReport } from './fidelity.ts'
import { type CommandResult, downloadPlainly, listToolchains } from './go.ts'
import { expectationOf, rowsFor } from './rows.ts'
import { startAll, stopTime, withOrigin } from './scenario.ts'
import { findRace, GO_TEXTS } from './texts.ts'
import { firstDiagnosis, runThrough, type Told } from './whytls.ts'

interface Ran extends Told {
  readonly origin: LabOrigin
  readonly plain: CommandResult
  /** What go alone prints, in the words that fit best. */
  readonly twin: string
}

/** The newest and the oldest go: their hellos and verifiers differ most. */
const TOOLCHAINS = [...listToolchains().slice(0, 1), ...listToolchains().slice(-1)]
const rows = TOOLCHAINS.flatMap((toolchain, at) => rowsFor(toolchain, at === 0 ? 60 : 0))
const ran = startAll(rows, ({ labCase, toolchain }) =>
  withOrigin(labCase, async (origin): Promise<Ran> => {
    const stop = stopTime(labCase)
    const [plain, told] = await Promise.all([
      downloadPlainly(toolchain, origin, stop),
      runThrough(toolchain, origin, { stopAfterMs: stop, options: ['--intercept'] }),
    ])
    const twin = await findPlainTwin(
      toolchain,
      origin,
      plain,
      splitReport(told.result.stderr).go,
      findRace(GO_TEXTS[labCase.id], origin, toolchain.version),
    )
    return { origin, plain, twin, ...told }
  }),
)

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
