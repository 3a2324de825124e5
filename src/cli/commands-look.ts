/** Commands that show and hand over what was seen: ls, show, diff, report, export. Nothing here does work: each action loads its command. */
import type { Command } from 'commander'
import { parseCount } from './number-option.ts'
import { addStyle, type End } from './shared-options.ts'

/** Add `ls` and `show` to the program. */
export function addLook(program: Command, end: End): void {
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
    .option('--full', 'all fields; with --json and an id also all octets')
    .option('--markdown', 'one redacted block for an issue tracker')
    .option('--json', 'the JSON document')
    .option('--check', 'exit 1 when it failed')
    .addHelpText('after', '\nExamples:\n  whytls show\n  whytls show 418 --chain\n  whytls show --markdown > report.md')
    .action(async (id: number | undefined, _options, command: Command) =>
      end(await (await import('./look.ts')).showCommand(id, command.optsWithGlobals())),
    )
}

/** Add `diff` to the program. */
export function addDiff(program: Command, end: End): void {
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

/** Add `report` to the program. */
export function addReport(program: Command, end: End): void {
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

/** Add `export` to the program. */
export function addExport(program: Command, end: End): void {
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
