/** All commands and options with their help. Nothing here does work: each action loads its command. */
import { Argument, Command, Option } from 'commander'
import { VERSION } from '../contract/version.ts'
import { EXIT } from './exit-code.ts'
import { nearestWord } from './nearest.ts'
import { parseCount, parseNumber, parsePort } from './number-option.ts'
import { Problem } from './problem.ts'
import { collectResolve } from './resolve-option.ts'

export type End = (exitCode: number) => void

/** Build the program; `end` receives the exit code of the command that ran. @throws CommanderError for wrong usage */
export function buildProgram(end: End): Command {
  const program = new Command('whytls')
    .description('Says which TLS handshake stage failed, on which leg and why, when the go command cannot download.')
    .version(VERSION)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'error[usage]: ')) })
    .addHelpText('after', '\nExamples:\n  whytls run -- go mod download\n  whytls show\n  whytls help run')
  addStyle(program)
  addServe(program, end)
  addRun(program, end)
  addRetry(program, end)
  addProbe(program, end)
  addDoctor(program, end)
  addLook(program, end)
  addDiff(program, end)
  addReport(program, end)
  addExport(program, end)
  addParse(program, end)
  addImport(program, end)
  addExplain(program, end)
  addCertificates(program, end)
  addKeep(program, end)
  addCa(program, end)
  addLab(program, end)
  refineErrors(program, 'whytls')
  return program
}

/** Wrong usage ends with exit 2 and names the help that lists what is right. */
function refineErrors(command: Command, path: string): void {
  command.exitOverride().showHelpAfterError(`  fix       ${path} --help`)
  for (const sub of command.commands) refineErrors(sub, `${path} ${sub.name()}`)
}

/** Options that stand before the command and behind it. */
function addStyle(command: Command): Command {
  return command
    .addOption(new Option('--color <when>', 'colour; auto = on a terminal (NO_COLOR wins)').choices(['always', 'never', 'auto']))
    .option('--plain', 'sentences only: no track, no box drawing (for screen readers)')
}

const resolveOption = () =>
  new Option('--resolve <HOST:PORT:ADDRESS>', 'connect to ADDRESS for this host and port, as curl has it (repeatable)')
    .argParser(collectResolve)
    .default([], 'none')
const interceptOption = () =>
  new Option(
    '--intercept [hosts]',
    'decrypt connections and show the HTTP in them: all, or those to these hosts (mods.example,*.corp.example)',
  )
const noProbeOption = () => new Option('--no-probe', 'never make a second connection to look at a failure')

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

function addServe(program: Command, end: End): void {
  addStyle(program.command('serve', { isDefault: true }))
    .description('start the proxy and the page, list handshakes live (the default)')
    .option('--port <n>', 'port of the proxy; 0 = any free one', parsePort, 8877)
    .option('--page-port <n>', 'port of the page; 0 = any free one', parsePort, 8878)
    .option('--listen <address>', 'address of the proxy; beyond loopback it asks for a token', '127.0.0.1')
    .option('--no-open', 'do not open the page in a browser')
    .option('--json', 'one JSON object a line instead of the list')
    .addOption(interceptOption())
    .addOption(resolveOption())
    .addOption(noProbeOption())
    .addHelpText('after', '\nExamples:\n  whytls\n  whytls serve --port 0 --no-open\n  export HTTPS_PROXY=http://127.0.0.1:8877')
    .allowExcessArguments()
    .action(async (_options, command: Command) => {
      refuseWords(command.args, program)
      end(await (await import('./serve.ts')).serveCommand(command.optsWithGlobals()))
    })
}

function addRun(program: Command, end: End): void {
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
    .addOption(resolveOption())
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

function addRetry(program: Command, end: End): void {
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

function addProbe(program: Command, end: End): void {
  addStyle(program.command('probe'))
    .description('make one TLS handshake of our own and judge it as go would')
    .argument('<HOST[:PORT]>', 'where to; port 443 unless given')
    .option('--json', 'the JSON document on stdout')
    .option('--go <version>', 'judge by the rules of this go version')
    .option('--keylog <file>', 'append the handshake secrets of this probe to this file (NSS key log, 0600)')
    .option('--bisect', "send go's ClientHello and changed copies of it (12 at most), and say which change is answered")
    .option('--aia', 'fetch a missing intermediate from where the certificate says (plain http, 64 KiB at most)')
    .addOption(resolveOption())
    .addHelpText(
      'after',
      '\nExamples:\n  whytls probe mods.example\n  whytls probe mods.example:8443 --aia\n  whytls probe mods.example --bisect',
    )
    .action(async (target: string, _options, command: Command) =>
      end(await (await import('./probe.ts')).probeCommand(target, command.optsWithGlobals())),
    )
}

function addDoctor(program: Command, end: End): void {
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

function addLook(program: Command, end: End): void {
  addStyle(program.command('ls'))
    .description('list handshakes, newest first')
    .argument('[filter...]', 'as in the page: host:*.example status:failed cause:cert-expired')
    .option('--limit <n>', 'at most this many', parseCount, 50)
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nExamples:\n  whytls ls\n  whytls ls status:failed stage:certificate\n  whytls ls --json run:9')
    .action(async (filter: string[], _options, command: Command) =>
      end(await (await import('./look.ts')).lsCommand(filter, command.optsWithGlobals())),
    )
  addStyle(program.command('show'))
    .description('show one handshake, or the last failed run')
    .argument('[id]', 'number of the handshake', parseCount)
    .option('--run <n>', 'all causes of this run', parseCount)
    .option('--chain', 'draw the certificate chain')
    .option('--full', 'all fields')
    .option('--markdown', 'one redacted block for an issue tracker')
    .option('--json', 'the JSON document')
    .option('--check', 'exit 1 when it failed')
    .addHelpText('after', '\nExamples:\n  whytls show\n  whytls show 418 --chain\n  whytls show --markdown > report.md')
    .action(async (id: number | undefined, _options, command: Command) =>
      end(await (await import('./look.ts')).showCommand(id, command.optsWithGlobals())),
    )
}

function addDiff(program: Command, end: End): void {
  addStyle(program.command('diff'))
    .description('lay two handshakes beside each other: what differs, and which difference matters')
    .argument('<a>', 'number of a handshake', parseCount)
    .argument('<b>', 'number of another', parseCount)
    .option('--all', 'equal fields too')
    .option('--json', 'JSON')
    .addHelpText('after', '\nExamples:\n  whytls diff 418 421\n  whytls diff 418 421 --all')
    .action(async (a: number, b: number, _options, command: Command) =>
      end(await (await import('./diff.ts')).diffCommand(a, b, command.optsWithGlobals())),
    )
}

function addReport(program: Command, end: End): void {
  program
    .command('report')
    .description('write one failure for somebody else: Markdown, or the page in one HTML file')
    .argument('[id]', 'number of the handshake (default: the last failed run)', parseCount)
    .option('--run <n>', 'all of this run', parseCount)
    .option('--markdown', 'for an issue tracker, with what tells of the person or the inner network taken out (the default)')
    .option('--html', 'the page with these handshakes in one file, readable without a server')
    .option('-o, --output <file>', 'write to this file instead of stdout')
    .addHelpText('after', '\nExamples:\n  whytls report > report.md\n  whytls report --run 9 --html -o run9.html')
    .action(async (id: number | undefined, _options, command: Command) =>
      end(await (await import('./report-command.ts')).reportCommand(id, command.optsWithGlobals())),
    )
}

function addExport(program: Command, end: End): void {
  program
    .command('export')
    .description('write handshakes and diagnoses as one document')
    .argument('[id]', 'number of the handshake', parseCount)
    .option('--run <n>', 'all of this run', parseCount)
    .option('--since <time>', 'all since this time (ISO 8601)')
    .option('--wait', 'wait until no probe of these is pending (30 s at most)')
    .option('--json', 'the JSON document (the default)')
    .option('--pem', 'the certificate chains')
    .option(
      '--missing [host]',
      'as PEM the intermediates that a server does not send, for its owner: of [id], or of the newest handshake with the host',
    )
    .option('--har', 'an HTTP archive: one entry per handshake, failed ones included')
    .option('--pcapng', 'a capture for Wireshark, with the secrets of probes')
    .option('-o, --output <file>', 'write to this file instead of stdout')
    .addHelpText(
      'after',
      '\nExamples:\n  whytls export --run 9 --json -o run9.json\n  whytls export 418 --pem\n  whytls export 418 --pcapng -o 418.pcapng',
    )
    .action(async (id: number | undefined, _options, command: Command) =>
      end(await (await import('./export.ts')).exportCommand(id, command.optsWithGlobals())),
    )
}

function addParse(program: Command, end: End): void {
  program
    .command('parse')
    .description('read TLS from the raw octets of each direction; no network, no database')
    .option('--client <file>', 'octets that the client sent')
    .option('--server <file>', 'octets that the server sent')
    .option('--batch', 'one JSON object a line on stdin, one a line on stdout')
    .option('--json', 'JSON (the default)')
    .addHelpText('after', '\nExamples:\n  whytls parse --client hello.bin --server answer.bin\n  whytls parse --batch < cases.jsonl')
    .action(async (_options, command: Command) => end(await (await import('./parse.ts')).parseCommand(command.optsWithGlobals())))
}

function addExplain(program: Command, end: End): void {
  addStyle(program.command('explain'))
    .description('read a pasted error of go, git or curl and rank what may be behind it; no network, no database')
    .argument('[error...]', 'the error; without it, stdin')
    .option('--json', 'JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  whytls explain < build.log\n  whytls explain "x509: certificate signed by unknown authority"\n\nExit code: 0 something is known, 3 nothing.',
    )
    .action(async (words: string[], _options, command: Command) =>
      end(await (await import('./explain.ts')).explainCommand(words, command.optsWithGlobals())),
    )
}

function addCertificates(program: Command, end: End): void {
  program
    .command('verify')
    .description('judge a certificate chain as go would; no network, no database')
    .option('--chain <file>', 'what the server sends, leaf first (PEM or DER; - is stdin)')
    .option('--roots <file>', 'trusted roots (PEM or DER), or `system`: those that go reads here', 'system')
    .option('--host <name>', 'host name or IP address that the certificate must be for')
    .option('--at <time>', 'judge at this time (ISO 8601; default: now)')
    .option('--go <version>', 'judge by the rules of this go version (default: the go command here)')
    .option('--godebug <settings>', 'value of GODEBUG (default: the one of this shell)')
    .option('--json', 'JSON')
    .option('--batch', 'one JSON object a line on stdin, one a line on stdout')
    .addHelpText(
      'after',
      '\nExamples:\n  whytls verify --chain chain.pem --host mods.example\n  whytls verify --chain chain.pem --roots ca.pem --host mods.example --at 2026-11-22T15:00:00Z --go 1.23\n  whytls verify --batch < cases.jsonl\n\nExit code: 0 accepted, 1 refused, 2 unreadable input.',
    )
    .action(async (_options, command: Command) => end(await (await import('./verify.ts')).verifyCommand(command.optsWithGlobals())))
  program
    .command('cert')
    .description('show certificates field by field, those that go refuses too')
    .argument('[FILE|HOST:PORT]', 'PEM or DER (- is stdin), or a server')
    .option('--json', 'JSON')
    .option('--go <version>', 'by the rules of this go version (default: the go command here)')
    .option('--batch', 'one JSON object a line on stdin, one a line on stdout')
    .addOption(resolveOption())
    .addHelpText('after', '\nExamples:\n  whytls cert chain.pem\n  whytls cert mods.example:443\n  whytls cert --json leaf.der')
    .action(async (source: string | undefined, _options, command: Command) =>
      end(await (await import('./cert.ts')).certCommand(source, command.optsWithGlobals())),
    )
}

function addImport(program: Command, end: End): void {
  program
    .command('import')
    .description('read TLS connections out of pcap and pcapng files (also gzipped) and judge them like live ones')
    .argument('<file...>', 'captures: Ethernet, Linux cooked, loopback, raw IP')
    .option('--json', 'the JSON document')
    .option('--check', 'exit 1 when a connection in it failed')
    .option('--keylog <file>', 'secrets of its sessions (NSS key log), besides those that the capture brings along')
    .option('--into-main', 'store the rows in your own database, marked (default: a database of their own)')
    .addHelpText('after', '\nExamples:\n  whytls import trace.pcapng\n  whytls import --check --json *.pcap.gz')
    .action(async (files: string[], _options, command: Command) =>
      end(await (await import('./import.ts')).importCommand(files, command.optsWithGlobals())),
    )
}

function addKeep(program: Command, end: End): void {
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

function addCa(program: Command, end: End): void {
  const ca = program
    .command('ca')
    .description('the authority kept for serve --intercept (run --intercept makes its own)')
    .addHelpText('after', '\nExamples:\n  whytls ca init --hosts mods.example,*.corp.example\n  whytls ca trust\n  whytls ca untrust --do')
  const load = () => import('./ca.ts')
  ca.command('init')
    .description('make one: EC P-256, its key readable by you alone')
    .option('--hosts <hosts>', 'it may sign for these only (mods.example,*.corp.example)')
    .action(async (_options, command: Command) => end((await load()).caInitCommand(command.optsWithGlobals())))
  ca.command('path')
    .description('print the path of its certificate')
    .action(async () => end((await load()).caPathCommand()))
  ca.command('show')
    .description('print what it is')
    .action(async () => end((await load()).caShowCommand()))
  ca.command('trust')
    .description('print how to trust it on this system')
    .option('--do', 'write the bundle that a shell can name in SSL_CERT_FILE')
    .action(async (_options, command: Command) => end((await load()).caTrustCommand(command.optsWithGlobals())))
  ca.command('untrust')
    .description('print how to take that back')
    .option('--do', 'delete that bundle, the authority and its key')
    .action(async (_options, command: Command) => end((await load()).caUntrustCommand(command.optsWithGlobals())))
}

function addLab(program: Command, end: End): void {
  const lab = program.command('lab').description('small broken worlds on loopback, to see whytls work')
  lab
    .command('list')
    .description('name what exists')
    .option('--json', 'as JSON')
    .option('--names', 'names only, one a line')
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
