/** Options that several commands share. */
import { type Command, Option } from 'commander'
import { collectResolve } from './resolve-option.ts'

/** Called with the exit code of the command that ran. */
export type End = (exitCode: number) => void

/** Options that stand before the command and behind it. */
export function addStyle(command: Command): Command {
  return command
    .addOption(new Option('--color <when>', 'colour; auto = on a terminal (NO_COLOR wins)').choices(['always', 'never', 'auto']))
    .option('--plain', 'sentences only: no track, no box drawing (for screen readers)')
}

/** `--resolve HOST:PORT:ADDRESS`, any number of times. */
export function resolveOption(): Option {
  return new Option('--resolve <HOST:PORT:ADDRESS>', 'connect to ADDRESS for this host and port, as curl has it (repeatable)')
    .argParser(collectResolve)
    .default([], 'none')
}

/** `--intercept`, for all hosts or for some. */
export function interceptOption(): Option {
  return new Option(
    '--intercept [hosts]',
    'decrypt connections and show the HTTP in them: all, or those to these hosts (mods.example,*.corp.example)',
  )
}

/** `--bodies`, for intercept mode. */
export function bodiesOption(): Option {
  return new Option('--bodies', 'with --intercept: keep the text of all answers (64 KiB each), not of failures alone')
}

/** `--trust FILE`. */
export function trustOption(): Option {
  return new Option('--trust <file>', 'a CA that you got from its owner: where go lacks it, say whether it would help, and how')
}

/** `--no-probe`. */
export function noProbeOption(): Option {
  return new Option('--no-probe', 'never make a second connection to look at a failure')
}
