/** `whytls run -- CMD…`: one command through an observing proxy of its own, then what went wrong. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Warning } from '../contract/diagnosis.ts'
import { type GoEnvironment, goProgram, loadGoEnvironment } from '../host/go-env.ts'
import { findHomeFolder } from '../host/home-folder.ts'
import { loadGitHttpSettings } from '../host/load-client-settings.ts'
import { summarizeClock } from '../host/settings/clock.ts'
import { maskText } from '../http/mask-text.ts'
import { joinHostPort } from '../proxy/ip-address.ts'
import { maskArguments, maskEnvironment } from '../recorder/mask.ts'
import { userOfRun } from '../recorder/run-user.ts'
import { findWarnings, isHidden } from '../recorder/warnings.ts'
import { explainNothingPassed } from '../recorder/why-nothing.ts'
import { escapeText } from '../report/escape.ts'
import type { Style } from '../report/style.ts'
import { StoreError } from '../store/error.ts'
import type { RunStart, Store } from '../store/store.ts'
import { type ChildEnd, ChildStartError, exitCodeOf, type RunningChild, startChild } from './child.ts'
import { EXIT } from './exit-code.ts'
import { rootsByClient } from './git-roots.ts'
import { describeGo } from './go-facts.ts'
import type { RunIntercept, StartedIntercept } from './intercept-run.ts'
import { openKeyLog } from './key-log.ts'
import { type ParentFacts, parentOf } from './parent.ts'
import { lookAtPassed } from './passing-looks.ts'
import { type Pipeline, rootsOf, startPipeline } from './pipeline.ts'
import { Problem, printProblem } from './problem.ts'
import { ProbeProgress } from './progress.ts'
import { reportRun, writeRunJson } from './run-report.ts'
import { isSameSecret, makeSecret } from './secret.ts'
import { type Interruption, passSignals } from './signals.ts'
import { startTrace, type Trace } from './trace.ts'
import { hearWitness } from './witness.ts'

const TAIL_BYTES = 64 * 1024
/** Probes may take this long after the child's end. */
const PROBES_MS = 30_000
/** Open tunnels get this long after the child's end (its own children may still talk). */
const TUNNELS_MS = 200

export interface RunOptions {
  readonly argv: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly folder: string
  readonly store: Store
  /** The store to use where that one cannot be written. Absent: the run fails. */
  readonly storeInstead?: (error: StoreError) => Store
  readonly style: Style
  readonly resolve: readonly string[]
  readonly witness: boolean
  readonly probes: boolean
  /** null: no trace; true: stderr; a path: that file. */
  readonly trace: string | true | null
  readonly json: string | null
  /** Where the handshake secrets of probes go; absent: nowhere. */
  readonly keylog?: string
  readonly report: 'full' | 'quiet' | 'none'
  /** Append the Markdown report to the file that GITHUB_STEP_SUMMARY names. */
  readonly summary?: boolean
  /** Decrypt connections; absent: observe mode. */
  readonly intercept?: RunIntercept
  /** One line about the proxy before the command starts. */
  readonly verbose: boolean
  /** Told the number of the run when it begins. */
  readonly onRun?: (runId: number) => void
}

/** A run of our own making: with all that finds the cause, nothing written beside the store, nothing printed. */
export const UNSEEN_RUN = { witness: true, probes: true, trace: null, json: null, report: 'none', verbose: false } as const

/** One run: what stands before the command starts. */
interface Session {
  readonly options: RunOptions
  readonly runId: number
  readonly startedAt: Date
  readonly pipeline: Pipeline
  readonly parent: ParentFacts
  readonly trace: Trace | null
  readonly progress: ProbeProgress
  /** Password of the proxy port. */
  readonly token: string
  /** Filled once go has answered. */
  readonly facts: { go: GoEnvironment | null; asked: Promise<void> }
  /** What the child gets besides: its bundles in intercept mode. */
  readonly childEnv: Readonly<Record<string, string>>
}

/** Run the command to its end and report. @returns the exit code for this process */
export async function runCommand(options: RunOptions): Promise<number> {
  const intercept =
    options.intercept === undefined ? null : (await import('./intercept-run.ts')).startIntercept(options.intercept, options.env)
  const interruption = passSignals()
  try {
    return await runSession(await openSession(options, intercept), interruption)
  } finally {
    intercept?.bundle.remove()
    interruption.dispose()
  }
}

async function runSession(session: Session, interruption: Interruption): Promise<number> {
  if (session.options.verbose) process.stderr.write(describeStart(session))
  // Intercept mode judges origins while the command runs, by the rules of its go.
  if (session.options.intercept !== undefined) await askGo(session)
  const child = await startOwnChild(session)
  if (typeof child === 'number') return child
  interruption.childStarted(child)
  session.facts.asked = session.facts.go === null ? askGo(session) : Promise.resolve()
  const end = await child.ended
  interruption.childEnded(session.pipeline.stopProbes)
  await tellWhatWasSeen(session, end).catch(printStoreError)
  return exitCodeOf(end)
}

async function tellWhatWasSeen(session: Session, end: ChildEnd): Promise<void> {
  await session.facts.asked
  await settle(session, end)
  await record(session, end)
}

/** The command is over, and its exit code stays its own, even where the database can no longer say what was seen. */
function printStoreError(error: unknown): void {
  if (!(error instanceof StoreError)) throw error
  printProblem(new Problem(`store-${error.code}`, `what was seen cannot be told: ${error.message}`, error.fix, EXIT.fine))
}

async function openSession(asked: RunOptions, intercept: StartedIntercept | null): Promise<Session> {
  const facts: Session['facts'] = { go: null, asked: Promise.resolve() }
  const writeSecrets = asked.keylog === undefined ? null : openKeyLog(asked.keylog)
  const startedAt = new Date()
  const { options, runId } = beginRun(asked, { argv: maskArguments(asked.argv), startedAt: startedAt.toISOString(), go: null })
  options.onRun?.(runId)
  const token = makeSecret()
  const trace = startTrace(options.trace)
  const progress: ProbeProgress = new ProbeProgress({
    stderr: process.stderr,
    env: options.env,
    pending: () => hostsBeingProbed(pipeline),
    nowMs: () => performance.now(),
  })
  const pipeline: Pipeline = await startPipeline({
    store: options.store,
    host: '127.0.0.1',
    port: 0,
    env: options.env,
    resolve: options.resolve,
    authorize: (_user, password) => isSameSecret(password, token),
    runIdOf: () => runId,
    go: () => describeGo(facts.go, options.env),
    ownGo: async () => {
      await facts.asked
      return describeGo(facts.go, options.env)
    },
    roots: rootsByClient(() => ({ env: options.env, isAssumed: false }), rootsOf(options.env, "the command's own environment")),
    probes: options.probes,
    goSettings: async () => {
      await facts.asked
      return facts.go?.env ?? null
    },
    findClient: null,
    ...(intercept === null ? {} : { intercept: intercept.pipeline }),
    ...(trace === null ? {} : { onEvent: trace.onEvent }),
    onProbeEvent: (event, connection) => {
      progress.hear(event, connection.start.host)
      trace?.onProbeEvent(event, connection)
    },
    ...(writeSecrets === null ? {} : { onProbed: (result) => writeSecrets(result.flight) }),
  })
  return {
    options,
    runId,
    startedAt,
    pipeline,
    parent: parentOf(options.env),
    trace,
    progress,
    token,
    facts,
    childEnv: intercept?.bundle.env ?? {},
  }
}

/** Note the run in the store. One that opens but cannot be written (full, locked, damaged) must not keep the command from running. */
function beginRun(options: RunOptions, start: RunStart): { readonly options: RunOptions; readonly runId: number } {
  try {
    return { options, runId: options.store.startRun(start) }
  } catch (error) {
    const other = error instanceof StoreError ? options.storeInstead?.(error) : undefined
    if (other === undefined) throw error
    return { options: { ...options, store: other }, runId: other.startRun(start) }
  }
}

function hostsBeingProbed({ recorder }: Pipeline): readonly string[] {
  const probing = recorder.connections().filter(({ isProbing }) => isProbing)
  return [...new Set(probing.map(({ start }) => start.host))]
}

/** `whytls: proxy 127.0.0.1:43210, direct, store …, run 9`: for --verbose. */
function describeStart({ options, pipeline, parent, runId }: Session): string {
  const via = parent.address === null ? 'no parent proxy' : `parent proxy ${parent.address}`
  return `whytls: proxy ${pipeline.proxy.address}:${pipeline.proxy.port}, ${escapeText(via)}, store ${options.store.place}, run ${runId}\n`
}

/** Start the command; where it cannot be started the run ends here. @returns an exit code instead of a child */
async function startOwnChild(session: Session): Promise<RunningChild | number> {
  const { options } = session
  try {
    return await startChild({
      argv: options.argv,
      env: { ...environmentOfChild(options.env, ownUrl(session)), ...session.childEnv },
      folder: options.folder,
      readsStderr: options.witness,
      tailBytes: TAIL_BYTES,
      stderr: process.stderr,
    })
  } catch (error) {
    if (!(error instanceof ChildStartError)) throw error
    return endWithoutChild(error, session)
  }
}

function ownUrl({ runId, token, pipeline }: Session): string {
  return `http://${userOfRun(runId)}:${token}@127.0.0.1:${pipeline.proxy.port}`
}

/** Learn go's version and settings while the command runs. */
async function askGo({ options, runId, facts }: Session): Promise<void> {
  const answer = await loadGoEnvironment(goProgram(options.argv), options.env, options.folder)
  facts.go = answer
  if (answer !== null) options.store.describeRun(runId, { version: answer.version, env: maskEnvironment(answer.env) })
}

/** Wait for tunnels and probes, within limits; then every connection has its last verdict. */
async function settle({ options, pipeline, progress }: Session, end: ChildEnd): Promise<void> {
  await pipeline.proxy.close({ graceMs: TUNNELS_MS })
  const timer = setTimeout(pipeline.stopProbes, PROBES_MS)
  if (options.report === 'full') progress.begin()
  await pipeline.recorder.settle()
  progress.end()
  clearTimeout(timer)
  pipeline.recorder.abandon()
  pipeline.recorder.rejudge()
  if (options.witness) hearWitness(pipeline.recorder, maskText(end.stderrTail))
  await pipeline.recorder.settle()
}

/** Store the run, write the JSON file, print. */
async function record(session: Session, end: ChildEnd): Promise<void> {
  const { options, pipeline, runId } = session
  const nothing = pipeline.recorder.connections().length === 0 ? whyNothing(session, end) : null
  options.store.endRun(runId, {
    durationMs: Date.now() - session.startedAt.getTime(),
    exitCode: end.exitCode,
    signal: end.signal,
    stderrTail: maskText(end.stderrTail),
    warnings: nothing === null ? await warningsOf(session, end) : [{ code: 'not-proxied', host: null, text: nothing }],
  })
  options.store.flush()
  session.trace?.end()
  const clock = summarizeClock(pipeline.recorder.connections().flatMap((connection) => connection.clock ?? []))
  const isQuiet = isHidden({ connections: pipeline.recorder.connections(), exitCode: end.exitCode })
  const hasFailedUnheard = hasFailed(end) && !options.witness && options.intercept === undefined
  await reportRun({ runId, nothing, options, stderrTail: end.stderrTail, isHidden: isQuiet, hasFailedUnheard, clock })
}

/** By itself: nobody ended it by a signal. */
function hasFailed({ exitCode, signal }: ChildEnd): boolean {
  return exitCode !== null && exitCode !== 0 && exitCode < 128 && signal === null
}

/** Certificates that TLS 1.3 hid are looked at only where somebody reads what comes of it. */
async function warningsOf({ options, pipeline, facts, runId }: Session, end: ChildEnd): Promise<readonly Warning[]> {
  const isRead = options.json !== null || process.stderr.isTTY === true
  const looks = options.probes && isRead && end.exitCode === 0 ? await lookAtPassed(pipeline) : []
  return findWarnings({
    connections: pipeline.recorder.connections(),
    looks,
    exitCode: end.exitCode,
    runId,
    stderrTail: end.stderrTail,
    env: options.env,
    goEnv: facts.go?.env ?? null,
    now: new Date(),
    gitSettings: (host, port) =>
      loadGitHttpSettings(options.env, `https://${joinHostPort(host, port)}/`, options.env['HOME'] ?? findHomeFolder()),
  })
}

function whyNothing({ options, facts }: Session, end: ChildEnd): string {
  return explainNothingPassed({
    argv: options.argv,
    exitCode: end.exitCode,
    goEnv: facts.go?.env ?? null,
    hasVendorFolder: existsSync(join(options.folder, 'vendor', 'modules.txt')),
    noProxy: '',
    stderrTail: end.stderrTail,
  })
}

/** The child's environment: HTTPS_PROXY in both spellings. NO_PROXY goes, since whytls itself applies it (decision 0003). */
function environmentOfChild(env: NodeJS.ProcessEnv, proxy: string): NodeJS.ProcessEnv {
  const child: NodeJS.ProcessEnv = { ...env, HTTPS_PROXY: proxy, https_proxy: proxy }
  delete child['NO_PROXY']
  delete child['no_proxy']
  return child
}

async function endWithoutChild(error: ChildStartError, { options, pipeline, trace, runId }: Session): Promise<number> {
  await pipeline.proxy.close({ graceMs: 0 })
  trace?.end()
  options.store.endRun(runId, { durationMs: 0, exitCode: error.exitCode, signal: null, stderrTail: '', warnings: [] })
  options.store.flush()
  await writeRunJson(options, runId)
  process.stderr.write(`whytls: ${escapeText(error.message)}\n`)
  return error.exitCode
}
