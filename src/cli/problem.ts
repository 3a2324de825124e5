/** whytls's own errors: what, where, and what to do, on stderr. */
import { escapeText } from '../report/escape.ts'

/** An error of ours that ends a command. */
export class Problem extends Error {
  readonly code: string
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
  stderr.write(`error[${problem.code}]: ${escapeText(problem.message)}\n`)
  if (problem.fix !== null) stderr.write(`  fix       ${escapeText(problem.fix)}\n`)
}
