/** Completion scripts, made from the program's own commands and options. Pure. */
import type { Command } from 'commander'

/** A script for this shell that completes commands, options and lab case names. */
export function completionScript(shell: string, program: Command): string {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    summary: command.description(),
    words: [
      ...command.commands.map((sub) => sub.name()),
      ...command.options.flatMap((option) => [option.long, option.short]).filter(isWord),
    ],
  }))
  if (shell === 'fish') return fishScript(commands)
  return shell === 'zsh' ? `autoload -U +X bashcompinit && bashcompinit\n${bashScript(commands)}` : bashScript(commands)
}

interface CommandWords {
  readonly name: string
  readonly summary: string
  readonly words: readonly string[]
}

function isWord(word: string | undefined | null): word is string {
  return typeof word === 'string'
}

function bashScript(commands: readonly CommandWords[]): string {
  const cases = commands.map(({ name, words }) => `    ${name}) words="${words.join(' ')}" ;;`).join('\n')
  return `_whytls() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words
  case "\${COMP_WORDS[1]}" in
${cases}
    *) words="${commands.map(({ name }) => name).join(' ')}" ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words="${commands.map(({ name }) => name).join(' ')} --help --version"; fi
  if [ "\${COMP_WORDS[1]}" = lab ] && [[ "\${COMP_WORDS[2]}" = @(run|up) ]]; then words="$(whytls lab list --names 2>/dev/null)"; fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _whytls whytls
`
}

function fishScript(commands: readonly CommandWords[]): string {
  const lines = commands.flatMap(({ name, summary, words }) => [
    `complete -c whytls -n __fish_use_subcommand -a ${name} -d '${summary.replaceAll("'", '')}'`,
    ...words.map(
      (word) =>
        `complete -c whytls -n '__fish_seen_subcommand_from ${name}' ${word.startsWith('--') ? `-l ${word.slice(2)}` : word.startsWith('-') ? `-s ${word.slice(1)}` : `-a ${word}`}`,
    ),
  ])
  return `${lines.join('\n')}\n`
}
