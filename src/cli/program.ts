/** All commands and options with their help. Nothing here does work: each action loads its command. */
import { Command } from 'commander'
import { VERSION } from '../contract/version.ts'
import { addCertificates, addExplain, addImport, addParse } from './commands-judge.ts'
import { addCa, addKeep, addLab } from './commands-keep.ts'
import { addDiff, addExport, addLook, addReport } from './commands-look.ts'
import { addDoctor, addProbe, addRetry, addRun, addServe } from './commands-watch.ts'
import { addStyle, type End } from './shared-options.ts'

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
