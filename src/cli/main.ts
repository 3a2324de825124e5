#!/usr/bin/env node
/** The whytls command: options and help stand here, each command's work in a file of its own, loaded only when it runs. */
import { CommanderError } from 'commander'
import { EXIT } from './exit-code.ts'
import { Problem, printProblem } from './problem.ts'
import { buildProgram } from './program.ts'

const LEFTOVERS_MS = 500
/** Errors of commander that are no errors. */
const HARMLESS = new Set(['commander.helpDisplayed', 'commander.version', 'commander.help'])

async function main(argv: readonly string[]): Promise<number> {
  const ending = { code: EXIT.fine as number }
  try {
    await buildProgram((code) => {
      ending.code = code
    }).parseAsync([...argv])
    return ending.code
  } catch (error) {
    return explainFailure(error, argv)
  }
}

function explainFailure(error: unknown, argv: readonly string[]): number {
  if (error instanceof CommanderError) return HARMLESS.has(error.code) ? EXIT.fine : EXIT.usage
  if (error instanceof Problem) {
    printProblem(error)
    return error.exitCode
  }
  const message = error instanceof Error ? (process.env['WHYTLS_DEBUG'] ? (error.stack ?? error.message) : error.message) : String(error)
  printProblem(
    new Problem(
      'internal',
      `whytls itself failed: ${message}`,
      'set WHYTLS_DEBUG=1 and run it again for the place in the code',
      EXIT.ownFailure,
    ),
  )
  return argv[2] === 'run' || argv[2] === 'serve' ? EXIT.ownFailure : EXIT.problem
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.fine)
  throw error
})
process.exitCode = await main(process.argv)
// What a failed command left open must not keep the process; a pending write gets its time.
setTimeout(() => process.exit(), LEFTOVERS_MS).unref()
