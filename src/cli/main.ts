#!/usr/bin/env node
/** The whytls command: options and help stand in program.ts, each command's work in a file of its own, loaded only when it runs. */
import './young-space.ts'
import { CommanderError } from 'commander'
import { EXIT } from './exit-code.ts'
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
  const problem = error instanceof Problem ? error : internal(error, command)
  printProblem(problem)
  return problem.exitCode
}

/** An error that nobody foresaw. `run` and `serve` tell it from the command's own codes by 125. */
function internal(error: unknown, command: string): Problem {
  const words = process.env['WHYTLS_DEBUG'] && error instanceof Error ? (error.stack ?? error.message) : messageOf(error)
  const exitCode = command === 'run' || command === 'serve' ? EXIT.ownFailure : EXIT.problem
  return new Problem(
    'internal',
    `whytls itself failed: ${words}`,
    'set WHYTLS_DEBUG=1 and run it again for the place in the code',
    exitCode,
  )
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.fine)
  throw error
})
// Who closed our stderr does not want to hear of it; the command's exit code is kept all the same.
process.stderr.on('error', () => undefined)
// Time limits do not hold a process (AbortSignal.timeout): while a command is awaited this does, so that a limit always comes.
const alive = setInterval(() => undefined, 60_000)
process.exitCode = await main(process.argv)
clearInterval(alive)
