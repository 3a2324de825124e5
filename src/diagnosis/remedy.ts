/** The one place where printed commands are built: captured values pass a strict grammar and are quoted per shell, else a placeholder stands there. */

export type Shell = 'bash' | 'fish' | 'powershell' | 'cmd'
export const SHELLS: readonly Shell[] = ['bash', 'fish', 'powershell', 'cmd']

/** A host for a command: a DNS name or an IP address, else the placeholder `HOST`. A name never begins with `-`. */
export function hostWord(host: string): string {
  return isHost(host) ? host : 'HOST'
}

/** `HOST`, `HOST:PORT` (port other than 443) or `[v6]:PORT` for a command. */
export function targetWord(host: string, port: number): string {
  const name = hostWord(host)
  const bracketed = name.includes(':') ? `[${name}]` : name
  if (port === 443) return bracketed
  return Number.isInteger(port) && port > 0 && port < 65_536 ? `${bracketed}:${port}` : `${bracketed}:PORT`
}

/** A path for a command, else the placeholder. Letters, digits and `/ \ . _ @ % + = : , space -`; never beginning with `-`. */
export function pathWord(path: string, placeholder = 'FILE'): string {
  return PATH.test(path) ? path : placeholder
}

/** One word quoted for a shell; a word of harmless characters stays bare. */
export function quote(word: string, shell: Shell): string {
  if (BARE.test(word)) return word
  if (CONTROL.test(word)) throw new RangeError('a command word has a control character')
  switch (shell) {
    case 'bash':
      return `'${word.replaceAll("'", "'\\''")}'`
    case 'fish':
      return `'${word.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
    case 'powershell':
      return `'${word.replace(POWERSHELL_QUOTES, '$&$&')}'`
    case 'cmd':
      return quoteForCmd(word)
  }
}

/** A command line from its words, each quoted for that shell. */
export function commandLine(words: readonly string[], shell: Shell = 'bash'): string {
  return words.map((word) => quote(word, shell)).join(' ')
}

/** The line that sets an environment variable of this shell and its children. */
export function setVariable(name: string, value: string, shell: Shell): string {
  assertVariable(name)
  switch (shell) {
    case 'bash':
      return `export ${name}=${quote(value, shell)}`
    case 'fish':
      return `set -gx ${name} ${quote(value, shell)}`
    case 'powershell':
      return `$env:${name} = ${literal(value)}`
    case 'cmd':
      return `set "${name}=${cmdText(value)}"`
  }
}

/** The line that takes it back. */
export function unsetVariable(name: string, shell: Shell): string {
  assertVariable(name)
  switch (shell) {
    case 'bash':
      return `unset ${name}`
    case 'fish':
      return `set -e ${name}`
    case 'powershell':
      return `Remove-Item Env:${name}`
    case 'cmd':
      return `set "${name}="`
  }
}

/** The line that gives a variable the value of another one, or none (`from` null): no value is written out, so it may be a secret. */
export function copyVariable(name: string, from: string | null, shell: Shell): string {
  if (from === null) return shell === 'cmd' || shell === 'powershell' ? unsetVariable(name, shell) : setVariable(name, '', shell)
  assertVariable(name)
  assertVariable(from)
  switch (shell) {
    case 'bash':
      return `export ${name}="$${from}"`
    case 'fish':
      return `set -gx ${name} $${from}`
    case 'powershell':
      return `$env:${name} = $env:${from}`
    case 'cmd':
      return `set "${name}=%${from}%"`
  }
}

/** `sed -n 41p FILE`: shows one line of a file; null where its path cannot be written safely. A leading `~/` stays for the shell. */
export function showLineCommand(path: string, line: number): string | null {
  if (!/^(?:~\/)?[A-Za-z0-9/._@+-]{1,1024}$/.test(path) || path.startsWith('-') || !Number.isInteger(line) || line < 1) return null
  return `sed -n ${line}p ${path}`
}

/** `whytls probe HOST …`: the command that tests one host as go would. */
export function probeCommand(host: string, port: number, ...flags: readonly ('--aia' | '--bisect')[]): string {
  return commandLine(['whytls', 'probe', targetWord(host, port), ...flags])
}

/** `whytls export --missing HOST …`: writes the intermediates that a server does not send, for its owner. */
export function exportMissingCommand(host: string, port: number, file: string): string {
  return commandLine(['whytls', 'export', '--missing', targetWord(host, port), '-o', file])
}

/** A GODEBUG value with one setting more than the present one; the present one is dropped where it is not plain `name=value,…`. */
export function extendGodebug(present: string, setting: string): string {
  const name = setting.split('=')[0] ?? ''
  const kept = GODEBUG.test(present) ? present.split(',').filter((entry) => !entry.startsWith(`${name}=`)) : []
  return [...kept, setting].join(',')
}

/** A DNS name (underscores allowed) or an IP address, safe as one word of any shell. */
export function isHost(host: string): boolean {
  return NAME.test(host) || IPV4.test(host) || IPV6.test(host)
}

function assertVariable(name: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new RangeError(`not the name of a variable: ${JSON.stringify(name)}`)
}

function literal(value: string): string {
  if (CONTROL.test(value)) throw new RangeError('a command word has a control character')
  return `'${value.replace(POWERSHELL_QUOTES, '$&$&')}'`
}

function quoteForCmd(word: string): string {
  return `"${cmdText(word)}"`
}

/** cmd.exe expands %NAME% and !NAME! even between quotes, and a quote cannot be escaped: such a word cannot be written safely. */
function cmdText(word: string): string {
  if (/["%!]/.test(word) || CONTROL.test(word)) throw new RangeError('this word cannot be written for cmd.exe')
  return word
}

/** PowerShell takes the typographic single quotes for ' as well. */
const POWERSHELL_QUOTES = /['‘’‚‛]/g
const BARE = /^[A-Za-z0-9_./:@+=,-]+$/
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/
const NAME = /^(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62}))*\.?$/
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/
const IPV6 = /^(?=.*:.*:)[0-9A-Fa-f:.]{2,45}$/
const PATH = /^(?!-)(?:~\/)?[A-Za-z0-9/\\._@%+=:, -]{1,1024}$/
const GODEBUG = /^[a-z0-9]+=[A-Za-z0-9.]+(?:,[a-z0-9]+=[A-Za-z0-9.]+)*$/
