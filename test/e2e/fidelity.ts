/** Whether go through whytls printed what go alone prints. */
import { normaliseGoText } from '../../src/diagnosis/normaliser.ts'
import type { LabOrigin } from '../../src/lab/case.ts'
import { type CommandResult, downloadPlainly, type Toolchain } from './go.ts'

/** How often go alone is asked before a text is called foreign: after TLS 1.3 its words vary from run to run. */
const SAMPLES = 15

/** Split what `run` printed into go's own part and ours, which begins behind an empty line with `error[` or, when unsure, `possibly`. */
export function splitReport(stderr: string): { readonly go: string; readonly report: string } {
  const start = stderr.search(/^\n(?:error|possibly)/m)
  return start < 0 ? { go: stderr, report: '' } : { go: stderr.slice(0, start), report: stderr.slice(start + 1) }
}

/**
 * The text of go alone that equals `through`, after the normaliser; the last one tried when none does.
 * @param race all that go can print where its words depend on a race: such words need no twin, since the race may end so once in hundreds of times
 */
export async function findPlainTwin(
  toolchain: Toolchain,
  origin: LabOrigin,
  first: CommandResult,
  through: string,
  race?: RegExp,
): Promise<string> {
  const wanted = normaliseGoText(through)
  if (race?.test(through) === true) return wanted
  let plain = normaliseGoText(first.stderr)
  for (let sample = 1; plain !== wanted && sample < SAMPLES; sample += 1) {
    plain = normaliseGoText((await downloadPlainly(toolchain, origin)).stderr)
  }
  return plain
}
