/** Masks a command line and an environment before they are stored. Pure. */
import { lengthOf, maskText } from '../http/mask-text.ts'

/** Names of variables and options whose value is a secret. */
const SECRET_NAME = /(token|secret|password|passwd|passphrase|credential|apikey|api[_-]key|netrc|goauth|bearer|cookie)/i

/** Mask each word of a command line: secrets in URLs and behind names, and the words that follow an option which takes a secret. */
export function maskArguments(argv: readonly string[]): readonly string[] {
  const isHttpClient = argv.some((word) => HTTP_CLIENT.test(word))
  return argv.map((word, at) => (at === 0 ? maskText(word) : maskWord(word, argv[at - 1] ?? '', isHttpClient)))
}

/** Mask the values of an environment that is to be kept. */
export function maskEnvironment(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, SECRET_NAME.test(name) && value !== '' ? lengthOf(value) : maskText(value)]),
  )
}

function maskWord(word: string, before: string, isHttpClient: boolean): string {
  if (takesSecret(before, word, isHttpClient)) return lengthOf(word)
  if (isHttpClient && HEADER_OPTION.test(before)) return maskHeaderLine(word)
  const [, attached, rest] = (isHttpClient && ATTACHED.exec(word)) || []
  if (attached !== undefined && rest !== undefined) return `${attached}${lengthOf(rest)}`
  const sign = word.indexOf('=')
  const name = word.slice(0, Math.max(sign, 0))
  if (/^[\w.-]+$/.test(name) && SECRET_NAME.test(name)) return `${name}=${lengthOf(word.slice(sign + 1))}`
  if (/extraheader$/i.test(name)) return `${name}=${maskHeaderLine(word.slice(sign + 1))}`
  return /\s/.test(word)
    ? maskScript(word)
    : maskText(word).replace(BARE_USERINFO, (_all, start: string, user: string) => `${start}${lengthOf(user)}@`)
}

/** A word that holds a command line of its own (`sh -c '…'`). */
function maskScript(script: string): string {
  const isHttpClient = /(?:^|[\s/;|&(])(?:curl|wget)\s/.test(script)
  let before = ''
  return maskText(script).replace(/\S+/g, (word) => {
    const masked = maskWord(word, before, isHttpClient)
    before = word
    return masked
  })
}

function takesSecret(option: string, value: string, isHttpClient: boolean): boolean {
  if (/^--?[\w-]+$/.test(option) && SECRET_NAME.test(option)) return !value.startsWith('-')
  if (/^--?(?:[\w-]+-)?user$/.test(option)) return value.includes(':')
  return isHttpClient && SECRET_OPTION.test(option)
}

/** `Name: value` keeps its name. */
function maskHeaderLine(line: string): string {
  const [, name, value] = /^(["']?[\w-]+:\s*)(.*)$/s.exec(line) ?? []
  return name === undefined || value === undefined ? lengthOf(line) : `${name}${lengthOf(value)}`
}

const HTTP_CLIENT = /(?:^|[/\\])(?:curl|wget)(?:\.exe)?$/i
/** Options of curl and wget behind which a login, a cookie or a body stands. */
const SECRET_OPTION =
  /^(?:-[uUbdFE]|--(?:pass|proxy-pass|data(?:-\w+)*|json|form(?:-string)?|cert|proxy-cert|post-data|body-data|aws-sigv4))$/
const HEADER_OPTION = /^(?:-H|--(?:proxy-)?header)$/
const ATTACHED = /^(-[uUbdFE]|--(?:proxy-)?user=|--data(?:-\w+)*=|--(?:post|body)-data=)(?=.)(.+)$/s
/** `user:password@host:port`, as proxies are also named. */
const BARE_USERINFO = /(^|=)([^\s/@:="']+:[^\s/]*)@(?=[\w.[\]-]+(?::\d{1,5})?\/?$)/
