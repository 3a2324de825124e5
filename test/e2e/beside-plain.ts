/** One world, go alone in it and go through whytls, side by side. */
import type { LabOrigin } from '../../src/lab/case.ts'
import { findPlainTwin, splitReport } from './fidelity.ts'
import { type CommandResult, downloadPlainly } from './go.ts'
import type { Row } from './rows.ts'
import { stopTime, withOrigin } from './scenario.ts'
import { findRace, GO_TEXTS } from './texts.ts'
import { type RunSetting, runThrough, type Told } from './whytls.ts'

export interface Ran extends Told {
  readonly origin: LabOrigin
  readonly plain: CommandResult
  /** What go alone prints, in the words that fit best. */
  readonly twin: string
}

/** Raise the row's world, and download in it with and without `whytls run`. */
export function runBesidePlain({ labCase, toolchain }: Row, setting: Pick<RunSetting, 'options'> = {}): Promise<Ran> {
  return withOrigin(labCase, async (origin) => {
    const stopAfterMs = stopTime(labCase)
    const [plain, told] = await Promise.all([
      downloadPlainly(toolchain, origin, stopAfterMs),
      runThrough(toolchain, origin, { ...setting, stopAfterMs }),
    ])
    const race = findRace(GO_TEXTS[labCase.id], origin, toolchain.version)
    const twin = await findPlainTwin(toolchain, origin, plain, splitReport(told.result.stderr).go, race)
    return { origin, plain, twin, ...told }
  })
}
