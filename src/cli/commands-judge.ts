/** Commands that judge what they are given, without a connection of their own: parse, explain, verify, cert, import. Nothing here does work: each action loads its command. */
import type { Command } from 'commander'
import { addStyle, type End, resolveOption } from './shared-options.ts'

/** Add `parse` to the program. */
export function addParse(program: Command, end: End): void {
  program
    .command('parse')
    .description('read TLS from the raw octets of each direction; no network, no database')
    .option('--client <file>', 'octets that the client sent')
    .option('--server <file>', 'octets that the server sent')
    .option('--batch', 'one JSON object a line on stdin, one a line on stdout')
    .option('--fields', 'add every field of records and messages with its offset, length and meaning')
    .option('--json', 'JSON (the default)')
    .addHelpText(
      'after',
      '\nExamples:\n  whytls parse --client hello.bin --server answer.bin\n  whytls parse --fields --client hello.bin\n  whytls parse --batch < cases.jsonl',
    )
    .action(async (_options, command: Command) => end(await (await import('./parse.ts')).parseCommand(command.optsWithGlobals())))
}

/** Add `explain` to the program. */
export function addExplain(program: Command, end: End): void {
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

/** Add `verify` and `cert` to the program. */
export function addCertificates(program: Command, end: End): void {
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

/** Add `import` to the program. */
export function addImport(program: Command, end: End): void {
  program
    .command('import')
    .description('read TLS connections out of pcap and pcapng files (also gzipped) and judge them like live ones')
    .argument('<file...>', 'captures: Ethernet, Linux cooked, loopback, raw IP; - for stdin')
    .option('--json', 'the JSON document')
    .option('--check', 'exit 1 when a connection in it failed')
    .option('--keylog <file>', 'secrets of its sessions (NSS key log), besides those that the capture brings along')
    .option('--into-main', 'store the rows in your own database, marked (default: a database of their own)')
    .addHelpText(
      'after',
      '\nExamples:\n  whytls import trace.pcapng\n  whytls import --check --json *.pcap.gz\n  ssh gate.example tcpdump -w - port 443 | whytls import -',
    )
    .action(async (files: string[], _options, command: Command) =>
      end(await (await import('./import.ts')).importCommand(files, command.optsWithGlobals())),
    )
}
