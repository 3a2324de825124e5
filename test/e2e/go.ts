/** Runs the real go with nothing of this machine's settings, and says what it printed. */
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LabCase, LabOrigin } from '../../src/lab/case.ts'

export interface Toolchain {
  /** "1.26.8" */
  readonly version: string
  /** Path of its go. */
  readonly go: string
}

export interface CommandResult {
  /** null when it was ended by a signal. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  readonly durationMs: number
}

/** The toolchains that scripts/test.mjs found before it entered the namespace, the installed one first. */
export function listToolchains(): readonly Toolchain[] {
  const found: unknown = JSON.parse(process.env['WHYTLS_GO_TOOLCHAINS'] ?? '{}')
  const list = Object.entries(Object(found)).map(([version, go]) => ({ version, go: String(go) }))
  if (list.length === 0) throw new Error('WHYTLS_GO_TOOLCHAINS is not set: start the end-to-end tests by `npm test`')
  return list.sort((a, b) => compareVersions(b.version, a.version))
}

/** Negative when `a` is the older one; "1.24" is older than "1.24.13". */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)]
  const at = [0, 1, 2].find((part) => (left[part] ?? 0) !== (right[part] ?? 0))
  return at === undefined ? 0 : (left[at] ?? 0) - (right[at] ?? 0)
}

/** The whole environment for one run in a fresh folder: the case's own over an empty machine. */
export async function freshEnvironment(toolchain: Toolchain, origin: LabOrigin, home: string): Promise<Record<string, string>> {
  await silenceTelemetry(home)
  return {
    PATH: `${join(toolchain.go, '..')}:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    TMPDIR: home,
    GOPATH: join(home, 'gopath'),
    GOMODCACHE: join(home, 'modcache'),
    GOCACHE: join(home, 'cache'),
    ...origin.env,
    GOFLAGS: '',
    GOTOOLCHAIN: origin.env['GOTOOLCHAIN'] ?? 'local',
  }
}

/** Tell go 1.23 and newer not to start their telemetry helper, which would write into the folder after go has ended. */
export async function silenceTelemetry(home: string): Promise<void> {
  const folder = join(home, '.config', 'go', 'telemetry')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'mode'), 'off 2024-01-01\n')
}

/** Do something in a fresh folder that is gone afterwards. */
export async function inFreshFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'whytls-e2e-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

/** `go mod download MODULE` against a raised case, without whytls. */
export function downloadPlainly(toolchain: Toolchain, origin: LabOrigin, stopAfterMs?: number): Promise<CommandResult> {
  return inFreshFolder(async (home) =>
    runCommand([toolchain.go, 'mod', 'download', origin.module], {
      env: await freshEnvironment(toolchain, origin, home),
      cwd: origin.cwd ?? home,
      stopAfterMs,
    }),
  )
}

export interface CommandSetting {
  readonly env: Record<string, string>
  readonly cwd: string
  /** Send SIGINT after this time. */
  readonly stopAfterMs?: number | undefined
  /** Only once this is true: on a busy machine a time alone says little about what was done in it. */
  readonly hasDoneEnough?: () => boolean
}

const ASK_AGAIN_MS = 500

/** Far longer than the longest patience of go (60 s for a parent proxy); what still runs then hangs. */
const HARD_LIMIT_MS = 240_000

/** Run a command to its end and keep what it printed. It has a process group of its own, so that SIGINT reaches all of it, as Ctrl-C does. */
export function runCommand(argv: readonly string[], setting: CommandSetting): Promise<CommandResult> {
  const [command = '', ...args] = argv
  const startedAt = performance.now()
  const child = spawn(command, args, { env: setting.env, cwd: setting.cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const signalAll = (signal: NodeJS.Signals) => process.kill(-(child.pid ?? 0), signal)
  const printed = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text))
  const limit = setTimeout(() => signalAll('SIGKILL'), HARD_LIMIT_MS)
  const stopWhenDone = () => {
    if (setting.hasDoneEnough?.() ?? true) signalAll('SIGINT')
    else stop = setTimeout(stopWhenDone, ASK_AGAIN_MS)
  }
  let stop = setting.stopAfterMs === undefined ? undefined : setTimeout(stopWhenDone, setting.stopAfterMs)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => {
      clearTimeout(limit)
      clearTimeout(stop)
      resolve({ exitCode, ...printed, durationMs: performance.now() - startedAt })
    })
  })
}

/** Whether this go fails in this case: not in `ok`, and not when only newer ones refuse it. */
export function isRefusedBy(labCase: LabCase, toolchain: Toolchain): boolean {
  if (labCase.expect.cause === 'ok') return false
  return labCase.refusedSince === undefined || compareVersions(toolchain.version, labCase.refusedSince) >= 0
}
