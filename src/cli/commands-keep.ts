/** Commands about whytls itself: forget, token, completion, ca, lab. Nothing here does work: each action loads its command. */
import { Argument, type Command } from 'commander'
import { EXIT } from './exit-code.ts'
import { parseCount, parsePort } from './number-option.ts'
import { addStyle, type End } from './shared-options.ts'

/** Add `forget`, `token` and `completion` to the program. */
export function addKeep(program: Command, end: End): void {
  program
    .command('forget')
    .description('delete what was stored, then compact the database')
    .argument('[run]', 'number of the run', parseCount)
    .option('--all', 'everything')
    .addHelpText('after', '\nExamples:\n  whytls forget 9\n  whytls forget --all')
    .action(async (run: number | undefined, _options, command: Command) =>
      end(await (await import('./forget.ts')).forgetCommand(run, command.optsWithGlobals())),
    )
  program
    .command('token')
    .description("show where the page's token is kept; --new replaces it")
    .option('--new', 'make a new token; open pages must be opened again')
    .addHelpText('after', '\nExamples:\n  whytls token\n  whytls token --new')
    .action(async (_options, command: Command) => end(await (await import('./forget.ts')).tokenCommand(command.optsWithGlobals())))
  program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', '\nExamples:\n  source <(whytls completion bash)\n  whytls completion fish | source')
    .action(async (shell: string) => {
      process.stdout.write((await import('./completion.ts')).completionScript(shell, program))
      end(EXIT.fine)
    })
}

/** Add `ca` and what stands behind it to the program. */
export function addCa(program: Command, end: End): void {
  const ca = program
    .command('ca')
    .description('the authority kept for serve --intercept (run --intercept makes its own)')
    .addHelpText('after', '\nExamples:\n  whytls ca init --hosts mods.example,*.corp.example\n  whytls ca trust\n  whytls ca untrust --do')
  const load = () => import('./ca.ts')
  ca.command('init')
    .description('make one: EC P-256, its key readable by you alone')
    .option('--hosts <hosts>', 'it may sign for these only (mods.example,*.corp.example)')
    .addHelpText('after', '\nExamples:\n  whytls ca init\n  whytls ca init --hosts mods.example,*.corp.example')
    .action(async (_options, command: Command) => end((await load()).caInitCommand(command.optsWithGlobals())))
  ca.command('path')
    .description('print the path of its certificate')
    .addHelpText('after', '\nExamples:\n  whytls cert "$(whytls ca path)"')
    .action(async () => end((await load()).caPathCommand()))
  ca.command('show')
    .description('print what it is')
    .addHelpText('after', '\nExamples:\n  whytls ca show')
    .action(async () => end((await load()).caShowCommand()))
  ca.command('trust')
    .description('print how to trust it on this system')
    .option('--do', 'write the bundle that a shell can name in SSL_CERT_FILE')
    .addHelpText('after', '\nExamples:\n  whytls ca trust\n  whytls ca trust --do')
    .action(async (_options, command: Command) => end((await load()).caTrustCommand(command.optsWithGlobals())))
  ca.command('untrust')
    .description('print how to take that back')
    .option('--do', 'delete that bundle, the authority and its key')
    .addHelpText('after', '\nExamples:\n  whytls ca untrust\n  whytls ca untrust --do')
    .action(async (_options, command: Command) => end((await load()).caUntrustCommand(command.optsWithGlobals())))
}

/** Add `lab` and what stands behind it to the program. */
export function addLab(program: Command, end: End): void {
  const lab = program
    .command('lab')
    .description('small broken worlds on loopback, to see whytls work')
    .addHelpText('after', '\nExamples:\n  whytls lab list\n  whytls lab run cert-expired\n  whytls lab drill')
  lab
    .command('list')
    .description('name what exists')
    .option('--json', 'as JSON')
    .option('--names', 'names only, one a line')
    .addHelpText('after', '\nExamples:\n  whytls lab list\n  whytls lab list --names')
    .action(async (_options, command: Command) => end(await (await import('./lab.ts')).labListCommand(command.optsWithGlobals())))
  addStyle(lab.command('run'))
    .description('bring one up, run the real go through whytls, and leave the page open on the result')
    .argument('<case>', 'a name of `whytls lab list`')
    .option('--no-page', 'do not serve the page afterwards: end at once')
    .option('--no-open', 'do not open the page in a browser')
    .option('--page-port <n>', 'port of the page; 0 = any free one', parsePort, 8878)
    .option('--keep', 'store what was seen in your own database (default: a temporary one)')
    .addHelpText('after', '\nExamples:\n  whytls lab run cert-expired\n  whytls lab run ok --no-page')
    .action(async (name: string, _options, command: Command) =>
      end(await (await import('./lab.ts')).labRunCommand(name, command.optsWithGlobals())),
    )
  lab
    .command('up')
    .description('serve broken worlds until Ctrl-C, and print what to paste into another shell')
    .argument('[case...]', 'names of `whytls lab list`; all if none is given')
    .option('--json', 'one JSON object a line')
    .option('--port <n>', 'port of the first world, counted up from there; 0 = any free ones', parsePort, 0)
    .addHelpText('after', '\nExamples:\n  whytls lab up\n  whytls lab up cert-expired missing-intermediate\n  whytls lab up --json ok')
    .action(async (names: string[], _options, command: Command) =>
      end(await (await import('./lab-up.ts')).labUpCommand(names, command.optsWithGlobals())),
    )
  addStyle(lab.command('drill'))
    .description('a world is broken in one way that is not told: name the cause, then see the answer')
    .option('--seed <n>', 'the same number gives the same world', parseCount)
    .addHelpText('after', '\nExamples:\n  whytls lab drill\n  whytls lab drill --seed 7\n\nExit code: 0 right, 1 wrong.')
    .action(async (_options, command: Command) => end(await (await import('./lab-drill.ts')).labDrillCommand(command.optsWithGlobals())))
}
