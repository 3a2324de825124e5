/** A whytls that a test talks to while it runs: waits for what it prints, sends it signals. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { LabOrigin } from '../../src/lab/case.ts'
import { freshEnvironment, listToolchains, type Toolchain } from './go.ts'
import { MAIN } from './whytls.ts'

export interface LiveEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly durationMs: number
  /** From the last signal that was sent to it; from its start where there was none. */
  readonly afterSignalMs: number
}

export interface Live {
  readonly pid: number
  /** Resolves with what `pattern` found in stdout and stderr together, as soon as it is there. */
  readonly until: (pattern: RegExp) => Promise<RegExpExecArray>
  /** To this process alone. */
  readonly signal: (signal: NodeJS.Signals) => void
  /** To it and all that it started, as Ctrl-C does. */
  readonly signalGroup: (signal: NodeJS.Signals) => void
  readonly ended: Promise<LiveEnd>
}

export interface LiveSetting {
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
}

/** The newest toolchain: what these tests show does not depend on the version. */
export function anyToolchain(): Toolchain {
  const [first] = listToolchains()
  if (first === undefined) throw new Error('no toolchain')
  return first
}

/** The environment of a user in front of this origin: go's settings, a fresh module cache, and a database in `home`. */
export async function userEnvironment(origin: LabOrigin, home: string): Promise<Record<string, string>> {
  return { ...(await freshEnvironment(anyToolchain(), origin, home)), WHYTLS_HOME: join(home, 'whytls') }
}

/** Start `whytls ARGV` in a process group of its own; what is left of it is killed when the test ends. */
export function startWhytls(argv: readonly string[], { env, cwd }: LiveSetting): Live {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [MAIN, ...argv], { env, cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const pid = child.pid ?? 0
  const printed = { stdout: '', stderr: '' }
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const look of [...waiting]) look()
  }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed.stdout += text
    wake()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed.stderr += text
    wake()
  })
  let isOver = false
  let signalledAt = startedAt
  const noteSignal = () => {
    signalledAt = performance.now()
  }
  const ended = new Promise<LiveEnd>((resolve) => {
    child.once('close', (code, signal) => {
      isOver = true
      wake()
      resolve({ code, signal, ...printed, durationMs: performance.now() - startedAt, afterSignalMs: performance.now() - signalledAt })
    })
  })
  onTestFinished(() => killGroup(pid))
  return {
    pid,
    ended,
    signal: (signal) => {
      noteSignal()
      child.kill(signal)
    },
    signalGroup: (signal) => {
      noteSignal()
      process.kill(-pid, signal)
    },
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(printed.stdout + printed.stderr)
          if (found === null && !isOver) return
          waiting.delete(look)
          if (found === null) reject(new Error(`it ended without ${pattern}: ${printed.stdout}${printed.stderr}`))
          else resolve(found)
        }
        waiting.add(look)
        look()
      }),
  }
}

/** Run `whytls ARGV` to its end. */
export function endWhytls(argv: readonly string[], setting: LiveSetting): Promise<LiveEnd> {
  return startWhytls(argv, setting).ended
}

/** Options that let whytls find what the hosts file of the namespace tells go. */
export function resolveOptions(origin: LabOrigin): readonly string[] {
  return origin.resolve.flatMap((line) => ['--resolve', line])
}

/** Processes that it has started and that live, as Linux lists them; "" when there is none. */
export function childrenOf(pid: number): string {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
}

/** How long it took to end after the signal: a figure to read, since a busy machine may take any time. */
export function printStop({ afterSignalMs }: LiveEnd): void {
  console.info(`ended ${afterSignalMs.toFixed(0)} ms after the signal`)
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}
