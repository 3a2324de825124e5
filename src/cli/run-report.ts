/** What `run` says and writes after the command has ended. */

import { appendFile, writeFile } from 'node:fs/promises'
import type { Diagnosis } from '../contract/diagnosis.ts'
import type { Document, Environment } from '../contract/document.ts'
import { readGoErrors } from '../diagnosis/witness.ts'
import { printable } from '../report/escape.ts'
import { jsonText } from '../report/json-text.ts'
import { wrap } from '../report/layout.ts'
import { markdownReport } from '../report/markdown.ts'
import { diagnosisBlocks, successLine } from '../report/terminal.ts'
import { disarm, errorAnnotations } from '../report/workflow-commands.ts'
import { describeEnvironment, gatherLocalFacts } from './environment.ts'
import { EXIT } from './exit-code.ts'
import { gatherDocument } from './gather.ts'
import { localFamily, localShell, localSystem } from './local-system.ts'
import { messageOf, Problem, printProblem } from './problem.ts'
import type { RunOptions } from './run.ts'

export interface RunReport {
  readonly runId: number
  /** Why nothing passed through, null when something did. */
  readonly nothing: string | null
  readonly options: RunOptions
  readonly stderrTail: string
  /** What others said of the time; null where nobody was asked. */
  readonly clock?: Environment['clock']
  /** The command ended well and said nothing of what failed: one line of warning instead of a block. */
  readonly isHidden: boolean
  /** The command failed, no connection did, and the command's words were not read. */
  readonly hasFailedUnheard: boolean
}

/** Write the JSON file, then print the blocks or the one line of success on stderr. */
export async function reportRun(told: RunReport): Promise<void> {
  const { runId, options, stderrTail, isHidden, clock = null } = told
  const gathered = gatherDocument(options.store, { runId }, options.json === null ? undefined : environmentOf(options, runId, clock))
  const document = { ...gathered, diagnoses: lastSaidFirst(gathered.diagnoses, stderrTail) }
  if (options.json !== null) await writeJson(options.json, document)
  if (options.summary === true) await appendSummary(options.env['GITHUB_STEP_SUMMARY'] ?? '', document)
  if (options.report !== 'none')
    process.stderr.write(forRunner(isHidden ? describeHidden(document, options) : describeRun(document, told), document, options.env))
}

/** Facts of the machine as the command had them, for the JSON file. */
function environmentOf({ store, env }: RunOptions, runId: number, clock: Environment['clock']): Environment {
  const go = store.run(runId)?.go ?? null
  const goVersion = (go?.version ?? '').replace(/^go/, '') || '1.26'
  return describeEnvironment(gatherLocalFacts({ env, settings: go?.env ?? null, goVersion, now: new Date() }), clock)
}

/** In GitHub Actions each cause is an annotation as well, and no line of what was captured is taken for one. */
function forRunner(text: string, { diagnoses }: Document, env: NodeJS.ProcessEnv): string {
  return env['GITHUB_ACTIONS'] === 'true' ? disarm(text) + errorAnnotations(diagnoses) : text
}

/** The Markdown report behind what the job has written there before. */
async function appendSummary(file: string, document: Document): Promise<void> {
  try {
    if (file === '') throw new Error('GITHUB_STEP_SUMMARY is not set')
    await appendFile(file, `${markdownReport(document)}\n`)
  } catch (error) {
    const fix = 'it is set in jobs of GitHub Actions; elsewhere: whytls show --markdown > report.md'
    printProblem(new Problem('unwritable', `the summary could not be written: ${messageOf(error)}`, fix, EXIT.fine))
  }
}

/** The one line of success and all warnings; where nobody watches, only what was hidden. */
function describeHidden({ handshakes, warnings }: Document, { style, report }: RunOptions): string {
  const told = { handshakes: handshakes.filter(({ mode }) => mode !== 'probe'), warnings }
  if (report !== 'quiet' && process.stderr.isTTY === true) return successLine(told, style)
  return successLine({ handshakes: [], warnings: warnings.filter(({ code }) => code === 'hidden-failure') }, style)
}

function describeRun(document: Document, { nothing, options, runId, hasFailedUnheard }: RunReport): string {
  const { style, report } = options
  if (document.diagnoses.length > 0) {
    const input = {
      diagnoses: document.diagnoses,
      handshakes: document.handshakes,
      runId,
      os: localSystem(),
      ...localFamily(),
      shell: localShell(options.env),
      quiet: report === 'quiet',
    }
    return `\n${diagnosisBlocks(options.store.place === 'memory' ? { ...input, isNotStored: true } : input, style)}`
  }
  if (report === 'quiet' || (nothing === null && process.stderr.isTTY !== true && !hasFailedUnheard)) return ''
  if (nothing !== null) return `${wrap(printable(`whytls: ${nothing}`, style), Math.min(style.columns, 80)).join('\n')}\n`
  const handshakes = document.handshakes.filter(({ mode }) => mode !== 'probe')
  return successLine({ handshakes, warnings: document.warnings, hasFailedUnheard }, style)
}

/** First the diagnosis that go's last sentence names (taxonomy, "Order of diagnoses"); the store has ordered the rest. */
function lastSaidFirst(diagnoses: readonly Diagnosis[], stderrTail: string): readonly Diagnosis[] {
  const last = readGoErrors(stderrTail).at(-1)
  if (last === undefined) return diagnoses
  const isLast = (one: Diagnosis) => one.host.toLowerCase() === last.host && one.port === last.port && one.goText?.text === last.text
  return [...diagnoses.filter(isLast), ...diagnoses.filter((one) => !isLast(one))]
}

/** Write the JSON file as far as the run is known, where one was asked for. */
export async function writeRunJson(options: Pick<RunOptions, 'json' | 'store'>, runId: number): Promise<void> {
  if (options.json !== null) await writeJson(options.json, gatherDocument(options.store, { runId }))
}

async function writeJson(file: string, document: Document): Promise<void> {
  try {
    await writeFile(file, `${jsonText(document, 2)}\n`, { mode: 0o600 })
  } catch (error) {
    printProblem(
      new Problem(
        'unwritable',
        `the JSON could not be written: ${messageOf(error)}`,
        'name another file: whytls run --json FILE -- …',
        EXIT.fine,
      ),
    )
  }
}
