import { type Command, CommanderError } from 'commander'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Problem } from '../../src/cli/problem.ts'
import { buildProgram } from '../../src/cli/program.ts'

afterEach(() => void vi.restoreAllMocks())

interface Refusal {
  /** undefined: no error of commander. */
  readonly exitCode: number | undefined
  readonly problem: Problem | undefined
  readonly printed: string
}

/** Parse a command line whose command must not start. */
async function refuse(line: string): Promise<Refusal> {
  const printed: string[] = []
  const keep = (text: unknown) => printed.push(String(text)) > 0
  vi.spyOn(process.stderr, 'write').mockImplementation(keep)
  vi.spyOn(process.stdout, 'write').mockImplementation(keep)
  const error: unknown = await buildProgram(() => undefined)
    .parseAsync(['node', 'whytls', ...line.split(' ').filter((word) => word !== '')])
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
  return {
    exitCode: error instanceof CommanderError ? error.exitCode : undefined,
    problem: error instanceof Problem ? error : undefined,
    printed: printed.join(''),
  }
}

describe('wrong usage', () => {
  it.each([
    ['run', "missing required argument 'command'", 'whytls run --help'],
    ['run --json', "option '--json <file>' argument missing", 'whytls run --help'],
    ['run --quite -- true', "unknown option '--quite'", 'whytls run --help'],
    ['probe', 'missing required argument', 'whytls probe --help'],
    ['ls --jsn', '(Did you mean --json?)', 'whytls ls --help'],
    ['ls --color=foo', 'Allowed choices are always, never, auto', 'whytls ls --help'],
    ['--color foo ls', 'Allowed choices are always, never, auto', 'whytls --help'],
    ['show x', 'whole number from 1', 'whytls show --help'],
    ['serve --port 65536', 'from 0 to 65535', 'whytls serve --help'],
    ['completion tcsh', 'bash, zsh, fish', 'whytls completion --help'],
    ['lab rnu', '(Did you mean run?)', 'whytls lab --help'],
    ['lab run', 'missing required argument', 'whytls lab run --help'],
    ['lab list more', 'too many arguments', 'whytls lab list --help'],
  ])('`%s` says "%s" and names %s', async (line, words, help) => {
    const { exitCode, printed } = await refuse(line)
    expect(exitCode).toBe(1)
    expect(printed).toMatch(/^error\[usage\]: /)
    expect(printed).toContain(words)
    expect(printed).toContain(`\n  fix       ${help}\n`)
  })
  it.each([
    ['prob mods.example', 'there is no command named prob', 'whytls probe'],
    ['frobnicate', 'there is no command named frobnicate', 'whytls --help'],
  ])('`%s` is no argument of serve: %s', async (line, message, fix) => {
    const { problem } = await refuse(line)
    expect(problem).toMatchObject({ code: 'usage', message, fix, exitCode: 2 })
  })
  it('`lab` alone lists its commands and is no success', async () => {
    const { exitCode, printed } = await refuse('lab')
    expect(exitCode).toBe(1)
    expect(printed).toContain('Usage: whytls lab')
  })
})

/** Every command by its words, those of a group too. */
const COMMANDS: ReadonlyMap<string, Command> = new Map(
  buildProgram(() => undefined).commands.flatMap((command) => [
    [command.name(), command] as const,
    ...command.commands.map((each) => [`${command.name()} ${each.name()}`, each] as const),
  ]),
)

describe('help', () => {
  it.each(['help', '--help', 'help run', 'run --help', 'help lab', 'lab help run', '--version'])('`%s` is a success', async (line) => {
    const { exitCode } = await refuse(line)
    expect(exitCode).toBe(0)
  })
  it.each([...COMMANDS.keys()])('of %s has examples, and its text fits into 80 columns', (name) => {
    const command = COMMANDS.get(name)
    const printed: string[] = []
    command?.configureOutput({ writeOut: (text) => void printed.push(text), getOutHelpWidth: () => 80 }).outputHelp()
    const [text = '', examples] = printed.join('').split('\nExamples:\n')
    expect(examples).toMatch(/^ {2}\S/)
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  })
})
