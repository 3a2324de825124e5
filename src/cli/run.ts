/** `whytls run -- CMD…`: one command through an observing proxy of its own, then what went wrong. */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type GoEnvironment, goProgram, loadGoEnvironment } from '../host/go-env.ts'
import { maskArguments, maskEnvironment, maskText } from '../recorder/mask.ts'
import { userOfRun } from '../recorder/run-user.ts'
import { explainNothingPassed } from '../recorder/why-nothing.ts'
import type { Style } from '../report/style.ts'
import type { Store } from '../store/store.ts'
import { type ChildEnd, ChildStartError, exitCodeOf, type RunningChild, startChild } from './child.ts'
import { describeGo } from './go-facts.ts'
import { parentOf } from './parent.ts'
import { type Pipeline, rootsOf, startPipeline } from './pipeline.ts'
import { reportRun } from './run-report.ts'
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
  readonly style: Style
  readonly resolve: readonly string[]
  readonly witness: boolean
  readonly probes: boolean
  /** null: no trace; true: stderr; a path: that file. */
  readonly trace: string | true | null
  readonly json: string | null
  readonly report: 'full' | 'quiet' | 'none'
}

/** Run the command to its end and report. @returns the exit code for this process */
export async function runCommand(options: RunOptions): Promise<number> {
  const facts: { go: GoEnvironment | null } = { go: null }
  const startedAt = new Date()
  const runId = options.store.startRun({ argv: maskArguments(options.argv), startedAt: startedAt.toISOString(), go: null })
  const token = randomBytes(16).toString('hex')
  const trace = startTrace(options.trace)
  const go = () => describeGo(facts.go, options.env)
  const ownRoots = rootsOf(options.env, "the command's own environment")
  const pipeline = await startPipeline({
    store: options.store,
    host: '127.0.0.1',
    port: 0,
    env: options.env,
    resolve: options.resolve,
    authorize: (_user, password) => isSame(password, token),
    runIdOf: () => runId,
    go,
    roots: ownRoots,
    probes: options.probes,
    findClient: null,
    ...(trace === null ? {} : { onEvent: trace.onEvent, onProbeEvent: trace.onProbeEvent }),
  })
  const parent = parentOf(options.env)
  const ownUrl = `http://${userOfRun(runId)}:${token}@127.0.0.1:${pipeline.proxy.port}`
  const child = await startChild({
    argv: options.argv,
    env: parent.isSupported ? environmentOfChild(options.env, ownUrl) : options.env,
    folder: options.folder,
    readsStderr: options.witness,
    tailBytes: TAIL_BYTES,
    stderr: process.stderr,
  }).catch((error: unknown) => endWithoutChild(error, options, pipeline, runId))
  if (typeof child === 'number') return child
  const asked = loadGoEnvironment(goProgram(options.argv), options.env, options.folder).then((answer) => {
    facts.go = answer
    if (answer !== null) options.store.describeRun(runId, { version: answer.version, env: maskEnvironment(answer.env) })
  })
  const interrupted = passSignals(child)
  const end = await child.ended
  await asked
  await finish({ pipeline, interrupted, end, options, trace, runId, startedAt, go: facts.go })
  return exitCodeOf(end)
}

interface Finish {
  readonly pipeline: Pipeline
  readonly interrupted: Interruption
  readonly end: ChildEnd
  readonly options: RunOptions
  readonly trace: Trace | null
  readonly runId: number
  readonly startedAt: Date
  readonly go: GoEnvironment | null
}

async function finish(run: Finish): Promise<void> {
  const { pipeline, options, end, runId } = run
  run.interrupted.childEnded(pipeline.stopProbes)
  await pipeline.proxy.close({ graceMs: TUNNELS_MS })
  const timer = setTimeout(pipeline.stopProbes, PROBES_MS)
  await pipeline.recorder.settle()
  clearTimeout(timer)
  pipeline.recorder.abandon()
  pipeline.recorder.rejudge()
  if (options.witness) hearWitness(pipeline.recorder, end.stderrTail)
  const nothing = pipeline.recorder.connections().length === 0 ? whyNothing(run) : null
  options.store.endRun(runId, {
    durationMs: Date.now() - run.startedAt.getTime(),
    exitCode: end.exitCode,
    signal: end.signal,
    stderrTail: maskText(end.stderrTail),
    warnings: nothing === null ? [] : [{ code: 'not-proxied', host: null, text: nothing }],
  })
  options.store.flush()
  run.trace?.end()
  await reportRun({ runId, nothing, options, stderrTail: end.stderrTail })
  run.interrupted.dispose()
}

function whyNothing(run: Finish): string {
  const { options, end } = run
  const parent = parentOf(options.env)
  if (!parent.isSupported) {
    return `no TLS connection passed through. HTTPS_PROXY names ${parent.address}, a kind of proxy that whytls cannot chain to yet, so the command used it directly.`
  }
  return explainNothingPassed({
    argv: options.argv,
    exitCode: end.exitCode,
    goEnv: run.go?.env ?? null,
    hasVendorFolder: existsSync(join(options.folder, 'vendor', 'modules.txt')),
    noProxy: '',
    stderrTail: end.stderrTail,
  })
}

/** The child's environment: HTTPS_PROXY in both spellings. NO_PROXY goes, since whytls itself applies it (decision 0003). */
export function environmentOfChild(env: NodeJS.ProcessEnv, proxy: string): NodeJS.ProcessEnv {
  const child: NodeJS.ProcessEnv = { ...env, HTTPS_PROXY: proxy, https_proxy: proxy }
  delete child['NO_PROXY']
  delete child['no_proxy']
  return child
}

function isSame(given: string, token: string): boolean {
  const a = Buffer.from(given)
  const b = Buffer.from(token)
  return a.length === b.length && timingSafeEqual(a, b)
}

async function endWithoutChild(error: unknown, options: RunOptions, pipeline: Pipeline, runId: number): Promise<number> {
  if (!(error instanceof ChildStartError)) throw error
  await pipeline.proxy.close({ graceMs: 0 })
  options.store.endRun(runId, { durationMs: 0, exitCode: error.exitCode, signal: null, stderrTail: '', warnings: [] })
  options.store.flush()
  process.stderr.write(`whytls: ${error.message}\n`)
  return error.exitCode
}

interface Interruption {
  /** From now on SIGINT and SIGTERM end the probes, not the child. */
  childEnded(stopProbes: () => void): void
  dispose(): void
}

/** While the child runs, Ctrl-C reaches it by itself (same process group); SIGTERM is passed on. */
function passSignals(child: RunningChild): Interruption {
  let stop: (() => void) | null = null
  const onInterrupt = () => stop?.()
  const onTerminate = () => (stop === null ? child.signal('SIGTERM') : stop())
  process.on('SIGINT', onInterrupt)
  process.on('SIGTERM', onTerminate)
  return {
    childEnded: (stopProbes) => {
      stop = stopProbes
    },
    dispose: () => {
      process.off('SIGINT', onInterrupt)
      process.off('SIGTERM', onTerminate)
    },
  }
}
