/** Runs the user's command: its stdin, stdout and exit code stay its own; stderr passes through octet for octet while the tail is kept. */
import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'

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
  const tail = passStderr(child, options)
  const ended = new Promise<ChildEnd>((resolve) => {
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal, stderrTail: tail() }))
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

function passStderr(child: ChildProcess, options: ChildOptions): () => string {
  const kept: Buffer[] = []
  let keptBytes = 0
  child.stderr?.on('data', (octets: Buffer) => {
    if (!options.stderr.write(octets)) {
      child.stderr?.pause()
      options.stderr.once('drain', () => child.stderr?.resume())
    }
    kept.push(octets)
    keptBytes += octets.length
    while (kept.length > 1 && keptBytes - (kept[0]?.length ?? 0) >= options.tailBytes) keptBytes -= kept.shift()?.length ?? 0
  })
  return () => Buffer.concat(kept).subarray(-options.tailBytes).toString('utf8')
}
