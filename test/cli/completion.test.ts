import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { completionScript } from '../../src/cli/completion.ts'
import { buildProgram } from '../../src/cli/program.ts'

const program = buildProgram(() => undefined)

/** What bash offers for the last of these words. */
function offered(...words: readonly string[]): readonly string[] {
  const script = `${completionScript('bash', program)}
whytls() { printf 'cert-expired\\nok\\n'; }
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
_whytls; printf '%s\\n' "\${COMPREPLY[@]}"`
  const answer = execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8' })
  return answer.split('\n').filter((line) => line !== '')
}

describe('completion in bash', () => {
  it('offers commands first', () => {
    expect(offered('whytls', 'pr')).toEqual(['probe'])
    expect(offered('whytls', '')).toEqual(expect.arrayContaining(['run', 'serve', 'ls', 'show', 'export', 'lab', '--help']))
  })
  it('offers the options of the command', () => {
    expect(offered('whytls', 'run', '--no-p')).toEqual(['--no-probe'])
    expect(offered('whytls', 'export', '--pe')).toEqual(['--pem'])
    expect(offered('whytls', 'ls', '--no-p')).toEqual([])
  })
  it('offers the cases behind `lab run`', () => {
    expect(offered('whytls', 'lab', '')).toEqual(expect.arrayContaining(['list', 'run']))
    expect(offered('whytls', 'lab', 'run', 'cert')).toEqual(['cert-expired'])
    expect(offered('whytls', 'lab', 'up', 'cert')).toEqual(['cert-expired'])
  })
})

describe('completion in other shells', () => {
  it('borrows the bash script in zsh', () => {
    const script = completionScript('zsh', program)
    expect(script).toMatch(/^autoload -U \+X bashcompinit && bashcompinit\n/)
    expect(script).toContain('complete -o default -F _whytls whytls')
  })
  it('has a line for each command and option in fish, with balanced quotes', () => {
    const lines = completionScript('fish', program).trimEnd().split('\n')
    expect(lines).toContain("complete -c whytls -n '__fish_seen_subcommand_from run' -l no-witness")
    for (const line of lines) {
      expect(line).toMatch(/^complete -c whytls -n /)
      expect(line.match(/'/g)?.length ?? 0).toSatisfy((quotes: number) => quotes % 2 === 0)
    }
  })
})
