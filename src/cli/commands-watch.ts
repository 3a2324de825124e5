/** Commands that watch or try connections: serve, run, retry, probe, doctor. Nothing here does work: each action loads its command. */
import { Argument, type Command } from 'commander'
import { EXIT } from './exit-code.ts'
import { nearestWord } from './nearest.ts'
import { parseCount, parseNumber, parsePort } from './number-option.ts'
import { Problem } from './problem.ts'
import { addStyle, bodiesOption, type End, interceptOption, noProbeOption, resolveOption, trustOption } from './shared-options.ts'

/** Add `serve` to the program. */
export function addServe(program: Command, end: End): void {
  addStyle(program.command('serve', { isDefault: true }))
    .description('start the proxy and the page, list handshakes live (the default)')
    .option('--port <n>', 'port of the proxy; 0 = any free one', parsePort, 8877)
    .option('--page-port <n>', 'port of the page; 0 = any free one', parsePort, 8878)
    .option('--listen <address>', 'address of the proxy; beyond loopback it asks for a token', '127.0.0.1')
    .option('--no-open', 'do not open the page in a browser')
    .option('--json', 'one JSON object a line instead of the list')
    .addOption(interceptOption())
    .addOption(bodiesOption())
    .addOption(resolveOption())
    .addOption(noProbeOption())
    .addHelpText('after', '\nExamples:\n  whytls\n  whytls serve --port 0 --no-open\n  export HTTPS_PROXY=http://127.0.0.1:8877')
    .allowExcessArguments()
    .action(async (_options, command: Command) => {
      refuseWords(command.args, program)
      end(await (await import('./serve.ts')).serveCommand(command.optsWithGlobals()))
    })
}

/** Add `run` to the program. */
export function addRun(program: Command, end: End): void {
  addStyle(program.command('run'))
    .description('run one command through whytls and say what went wrong; exit code, stdin, stdout and stderr stay its own')
    .usage('[options] -- COMMAND [ARGUMENT…]')
    .addArgument(new Argument('<command...>', 'the command and its arguments'))
    .option('--json <file>', 'write the result as JSON to this file')
    .option('--keylog <file>', 'append the handshake secrets of probes to this file (NSS key log, 0600)')
    .option('--trace [file]', 'one line per handshake message, live, to stderr or (--trace=FILE) to this file')
    .option('--no-witness', "do not read the command's stderr (it stays a terminal)")
    .option('--quiet', 'only the error and its fix')
    .option('--no-report', 'print nothing of our own')
    .option('--summary', 'append the Markdown report to the job summary of GitHub Actions')
    .option('-v, --verbose', 'say where proxy and store are before the command starts')
    .addOption(interceptOption())
    .addOption(bodiesOption())
    .addOption(resolveOption())
    .addOption(trustOption())
    .addOption(noProbeOption())
    .passThroughOptions()
    .addHelpText(
      'after',
      '\nExamples:\n  whytls run -- go mod download\n  whytls run --trace -- go get example.org/module@latest\n  whytls run --json result.json -- go build ./...',
    )
    .action(async (argv: string[], _options, command: Command) =>
      end(await (await import('./run-command.ts')).runFromOptions(argv, command.optsWithGlobals())),
    )
}

/** Add `retry` to the program. */
export function addRetry(program: Command, end: End): void {
  addStyle(program.command('retry'))
    .description('fetch once more what failed in a run, with one of its fixes in the environment; changes nothing of the machine')
    .argument('[run]', 'number of the run (default: the last failed one)', parseCount)
    .option('--with <fix>', 'number of the fix, as --list counts; 0 = none (default: the first)', parseNumber)
    .option('--list', 'name the fixes of the run that can be tried')
    .addOption(resolveOption())
    .addHelpText(
      'after',
      '\nExamples:\n  whytls retry\n  whytls retry 9 --list\n  whytls retry 9 --with 2\n\nExit code: 0 it passes, 1 it still fails.',
    )
    .action(async (run: number | undefined, _options, command: Command) =>
      end(await (await import('./retry.ts')).retryCommand(run, command.optsWithGlobals())),
    )
}

/** Add `probe` to the program. */
export function addProbe(program: Command, end: End): void {
  addStyle(program.command('probe'))
    .description('make one TLS handshake of our own and judge it as go would')
    .argument('<HOST[:PORT]>', 'where to; port 443 unless given')
    .option('--json', 'the JSON document on stdout')
    .option('--go <version>', 'judge by the rules of this go version')
    .option('--keylog <file>', 'append the handshake secrets of this probe to this file (NSS key log, 0600)')
    .option('--bisect', "send go's ClientHello and changed copies of it (12 at most), and say which change is answered")
    .option('--aia', 'fetch a missing intermediate from where the certificate says (plain http, 64 KiB at most)')
    .addOption(trustOption())
    .addOption(resolveOption())
    .addHelpText(
      'after',
      '\nExamples:\n  whytls probe mods.example\n  whytls probe mods.example:8443 --aia\n  whytls probe mods.example --bisect',
    )
    .action(async (target: string, _options, command: Command) =>
      end(await (await import('./probe.ts')).probeCommand(target, command.optsWithGlobals())),
    )
}

/** Add `doctor` to the program. */
export function addDoctor(program: Command, end: End): void {
  addStyle(program.command('doctor'))
    .description("look at this machine: clock, roots, go's settings, proxies, and the hosts that go names")
    .option('--offline', 'send nothing: settings, files and stores alone')
    .option('--strict', 'a warning is a problem too')
    .option('--json', 'the JSON document on stdout')
    .addOption(resolveOption())
    .addHelpText(
      'after',
      '\nExamples:\n  whytls doctor\n  whytls doctor --offline\n  whytls doctor --json | jq .environment.findings\n\nExit code: 0 fine, 1 a problem, 3 something could not be told.',
    )
    .action(async (_options, command: Command) => end(await (await import('./doctor.ts')).doctorCommand(command.optsWithGlobals())))
}

/** A word that names no command comes to `serve`, the default. @throws Problem */
function refuseWords(words: readonly string[], program: Command): void {
  const [word] = words
  if (word === undefined) return
  const near = nearestWord(
    word,
    program.commands.map((command) => command.name()),
  )
  throw new Problem('usage', `there is no command named ${word}`, near === undefined ? 'whytls --help' : `whytls ${near}`, EXIT.usage)
}
