#!/usr/bin/env node
/** The whytls command: options and help stand in program.ts, each command's work in a file of its own, loaded only when it runs. */
import './young-space.ts'
import { CommanderError } from 'commander'
import { EXIT } from './exit-code.ts'
import { explainForeseen } from './foreseen-error.ts'
import { messageOf, Problem, printProblem } from './problem.ts'
import { buildProgram } from './program.ts'
import { closeTraceOption } from './trace-option.ts'

async function main(argv: readonly string[]): Promise<number> {
  const ending = { code: EXIT.fine as number, command: '' }
  const program = buildProgram((code) => {
    ending.code = code
  }).hook('preAction', (_program, command) => {
    ending.command = command.name()
  })
  try {
    await program.parseAsync([...closeTraceOption(argv, program)])
    return ending.code
  } catch (error) {
    return explainFailure(error, ending.command)
  }
}

function explainFailure(error: unknown, command: string): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage
  const problem = explainForeseen(error, isLong(command) ? EXIT.ownFailure : EXIT.usage) ?? internal(error, command)
  printProblem(problem)
  return problem.exitCode
}

/** `run` and `serve` tell their own failure from the command's codes by 125. */
function isLong(command: string): boolean {
  return command === 'run' || command === 'serve'
}

/** An error that nobody foresaw. */
function internal(error: unknown, command: string): Problem {
  const words = process.env['WHYTLS_DEBUG'] && error instanceof Error ? (error.stack ?? error.message) : messageOf(error)
  return new Problem(
    'internal',
    `whytls itself failed: ${words}`,
    'set WHYTLS_DEBUG=1 and run it again for the place in the code',
    isLong(command) ? EXIT.ownFailure : EXIT.problem,
  )
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.fine)
  printProblem(new Problem('unwritable', `standard output cannot be written: ${error.message}`, 'write to another file', EXIT.usage))
  process.exit(EXIT.usage)
})
// Who closed our stderr does not want to hear of it; the command's exit code is kept all the same.
process.stderr.on('error', () => undefined)
// Time limits do not hold a process (AbortSignal.timeout): while a command is awaited this does, so that a limit always comes.
const alive = setInterval(() => undefined, 60_000)
process.exitCode = await main(process.argv)
clearInterval(alive)
