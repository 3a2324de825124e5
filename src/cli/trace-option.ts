/** `--trace[=FILE]`: the file is joined by `=`, since the word after a bare `--trace` is the command. */
import type { Command } from 'commander'

/** The command line with `--trace` as `--trace=` where it is an option of `run`; everything from the command on stays as it is. */
export function closeTraceOption(argv: readonly string[], program: Command): readonly string[] {
  const run = program.commands.find((command) => command.name() === 'run')
  const start = argv.indexOf('run', 2) + 1
  if (run === undefined || start === 0) return argv
  const closed = [...argv]
  for (let at = start; isOption(argv[at]); at += takesNextWord(argv[at], run) ? 2 : 1) if (argv[at] === '--trace') closed[at] = '--trace='
  return closed
}

function isOption(word: string | undefined): boolean {
  return word !== '--' && word?.startsWith('-') === true
}

function takesNextWord(word: string | undefined, run: Command): boolean {
  return run.options.some((option) => option.required && (option.long === word || option.short === word))
}
