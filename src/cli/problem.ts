/** whytls's own errors: what, where, and what to do, on stderr. */
import { escapeText } from '../report/escape.ts'

/** An error of ours that ends a command. Its message may have several lines; captured text in it has none. */
export class Problem extends Error {
  /** Short and stable: "port-in-use". */
  readonly code: string
  /** A command, or what to do; null when there is nothing to do. */
  readonly fix: string | null
  readonly exitCode: number
  constructor(code: string, message: string, fix: string | null, exitCode: number) {
    super(message)
    this.code = code
    this.fix = fix
    this.exitCode = exitCode
  }
}

/** Print it in the form of every block: `error[code]: what`, then `fix`. */
export function printProblem(problem: Problem, stderr: NodeJS.WritableStream = process.stderr): void {
  stderr.write(`error[${problem.code}]: ${problem.message.split('\n').map(escapeText).join('\n')}\n`)
  if (problem.fix !== null) stderr.write(`  fix       ${escapeText(problem.fix)}\n`)
}

/** The words of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
