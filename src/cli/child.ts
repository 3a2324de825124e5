/** Runs the user's command: its stdin, stdout and exit code stay its own; stderr passes through octet for octet while the tail is kept. */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Readable } from 'node:stream'

/** How the child ended. */
export interface ChildEnd {
  /** null when a signal ended it. */
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  /** Last octets of its stderr, as text; "" when stderr was not read. */
  readonly stderrTail: string
}

export interface ChildOptions {
  readonly argv: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly folder: string
  /** False: stderr is inherited and nothing of it is known. */
  readonly readsStderr: boolean
  readonly tailBytes: number
  readonly stderr: NodeJS.WritableStream
}

/** The command could not be started: 127 not found, 126 found but not executable. */
export class ChildStartError extends Error {
  readonly exitCode: 126 | 127
  constructor(command: string, code: string | undefined) {
    super(code === 'ENOENT' ? `${command}: command not found` : `${command}: cannot be executed (${code ?? 'unknown reason'})`)
    this.exitCode = code === 'ENOENT' ? 127 : 126
  }
}

export interface RunningChild {
  readonly ended: Promise<ChildEnd>
  /** Pass a signal on. */
  signal(signal: NodeJS.Signals): void
}

/** After the child's exit its own children may still hold its stderr; when they are silent for this long, they are not waited for. */
const SILENCE_MS = 500

/**
 * Start the command.
 * @throws ChildStartError when the system cannot start it
 */
export async function startChild(options: ChildOptions): Promise<RunningChild> {
  const [command = '', ...rest] = options.argv
  const child = spawn(command, rest, {
    stdio: ['inherit', 'inherit', options.readsStderr ? 'pipe' : 'inherit'],
    env: options.env,
    cwd: options.folder,
    windowsHide: false,
  })
  const stderr = new StderrCopy(child.stderr, options)
  const ended = new Promise<ChildEnd>((resolve) => {
    child.once('exit', () => stderr.endWhenSilent(SILENCE_MS))
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal, stderrTail: stderr.tail() }))
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error: NodeJS.ErrnoException) => reject(new ChildStartError(command, error.code)))
  })
  return { ended, signal: (signal) => void child.kill(signal) }
}

/** Exit code of a shell for this end: the child's own, or 128 + the signal's number. */
export function exitCodeOf(end: ChildEnd): number {
  if (end.exitCode !== null) return end.exitCode
  return 128 + (end.signal === null ? 0 : constants.signals[end.signal])
}

/** Copies the child's stderr to ours with backpressure, octet for octet, and keeps the tail. */
class StderrCopy {
  readonly #from: Readable | null
  readonly #tailBytes: number
  readonly #kept: Buffer[] = []
  #keptBytes = 0
  #silence: NodeJS.Timeout | undefined

  constructor(from: Readable | null, { stderr, tailBytes }: ChildOptions) {
    this.#from = from
    this.#tailBytes = tailBytes
    if (from === null) return
    // Nobody reads us any more: the child is to meet the same.
    const onGone = () => void from.destroy()
    stderr.once('error', onGone)
    from.once('close', () => stderr.off('error', onGone))
    from.on('data', (octets: Buffer) => {
      if (!stderr.write(octets)) this.#waitForDrain(from, stderr)
      this.#keep(octets)
      this.#silence?.refresh()
    })
  }

  /** The last octets, as text. */
  tail(): string {
    return Buffer.concat(this.#kept).subarray(-this.#tailBytes).toString('utf8')
  }

  /** Stop reading once nothing came for this long. */
  endWhenSilent(silenceMs: number): void {
    const from = this.#from
    if (from === null || from.destroyed) return
    this.#silence = setTimeout(() => (from.isPaused() ? this.#silence?.refresh() : from.destroy()), silenceMs)
    from.once('close', () => clearTimeout(this.#silence))
  }

  #waitForDrain(from: Readable, stderr: NodeJS.WritableStream): void {
    from.pause()
    stderr.once('drain', () => from.resume())
  }

  #keep(octets: Buffer): void {
    this.#kept.push(octets)
    this.#keptBytes += octets.length
    while (this.#kept.length > 1 && this.#keptBytes - (this.#kept[0]?.length ?? 0) >= this.#tailBytes)
      this.#keptBytes -= this.#kept.shift()?.length ?? 0
  }
}
