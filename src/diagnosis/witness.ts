/** Reads go's own sentences from its stderr and says to which connection each belongs. Shapes, never causes, decide. */
import type { Outcome } from '../contract/terms.ts'
import type { Witness } from './observation.ts'

/** What a line of go's stderr is about. `get`: a request failed; `read`: its body; `reading`: its status; `git`: git's own connection; `content`: an answer that go refused. */
export type GoErrorKind = 'get' | 'read' | 'reading' | 'git' | 'content'

/** One sentence of go about one request. */
export interface GoError extends Witness {
  readonly kind: GoErrorKind
  /** Lower case, without brackets; "" where the sentence names no host. */
  readonly host: string
  readonly port: number
  /** `example.test/m@v1.0.0`, null where the line names none. */
  readonly module: string | null
  /** Other URLs in the sentence (redirects). */
  readonly otherUrls: readonly string[]
  /** Indented lines that follow: the server's words, or git's. */
  readonly detail: readonly string[]
}

/** A connection that is over, as far as matching needs it. */
export interface EndedConnection {
  readonly key: string
  readonly host: string
  readonly port: number
  /** Milliseconds of one clock, or a Date. */
  readonly endedAt: number | Date
  readonly outcome: Outcome
  /** ip:port of the client's end; go names it in some sentences. */
  readonly clientAddress?: string
  /** Which known client sent its ClientHello ("go 1.26"); null or absent where that is not known. */
  readonly looksLike?: string | null
  /** Nothing was asked on it: the handshake was not complete, or the client left behind its Finished. Absent = that is not known. */
  readonly isIdle?: boolean
}

/** All sentences about requests, in order of appearance; the same sentence about one URL counts once. */
export function readGoErrors(stderr: string): readonly GoError[] {
  const lines = stderr.split(/\r?\n/)
  const errors: GoError[] = []
  const known = new Set<string>()
  for (const [index, line] of lines.entries()) {
    const error = readLine(line, followers(lines, index))
    const name = error === undefined ? '' : `${error.kind} ${error.url} ${error.text} ${error.module}`
    if (error === undefined || known.has(name)) continue
    known.add(name)
    errors.push(error)
  }
  return withoutTraces(errors)
}

/**
 * Which sentence belongs to which connection, by its key. A sentence about a request goes to failed connections to that host, in order of their ends (exactly,
 * where it names the client's address); one about an answer goes to the last connection that passed.
 */
export function matchWitness(errors: readonly GoError[], connections: readonly EndedConnection[]): ReadonlyMap<string, GoError> {
  const matched = new Map<string, GoError>()
  const ended = [...connections].sort((a, b) => Number(a.endedAt) - Number(b.endedAt))
  for (const group of groupByTarget(errors.filter(({ host }) => host !== ''))) matchGroup(group, ended, matched)
  matchUnaddressed(errors, ended, matched)
  return matched
}

/** A sentence that names no host is about the last connection that passed, if nothing else is known of that. */
function matchUnaddressed(errors: readonly GoError[], ended: readonly EndedConnection[], matched: Map<string, GoError>): void {
  const last = ended.findLast(({ outcome }) => outcome === 'passed')
  const error = errors.find(({ host }) => host === '')
  if (last !== undefined && error !== undefined && !matched.has(last.key)) matched.set(last.key, error)
}

function matchGroup(group: readonly GoError[], connections: readonly EndedConnection[], matched: Map<string, GoError>): void {
  const [first] = group
  if (first === undefined) return
  const here = connections.filter((one) => isTarget(one, first) && maySay(one, first))
  const failed = here.filter(({ outcome }) => outcome === 'failed')
  const requests = group.filter(({ kind }) => kind === 'get' || kind === 'git')
  if (failed.length > 0) pairFailed(requests, failed, matched)
  const answered = group.findLast(({ kind }) => kind !== 'get' && kind !== 'git') ?? (failed.length === 0 ? requests.at(-1) : undefined)
  const lastOver = answered === undefined ? undefined : findAnswered(answered, here)
  if (lastOver === undefined || answered === undefined || (lastOver.outcome === 'failed' && matched.has(lastOver.key))) return
  matched.set(lastOver.key, answered)
}

/** The connection on which an answer came, or that ended without one: the last that passed and was asked, else one that failed by its answer. */
function findAnswered(error: GoError, here: readonly EndedConnection[]): EndedConnection | undefined {
  const failed = here.filter(({ outcome }) => outcome === 'failed')
  const parts = { isGits: error.kind === 'git', hasFailed: failed.length > 0 }
  if (mayBeOfTls(error)) return findLastOver(here, parts)
  const asked = here.filter(({ isIdle }) => isIdle !== true)
  const byAnswer = asked.findLast(({ outcome, isIdle }) => outcome === 'failed' && isIdle === false)
  return findLastOver(asked, parts) ?? byAnswer ?? findLastOver(here, parts) ?? (error.kind === 'read' ? failed.at(-1) : undefined)
}

/** What go or git says of the session itself may be about a connection on which nothing was asked; what is said of an answer never is. */
function mayBeOfTls({ kind, text }: GoError): boolean {
  return kind === 'git' || (kind === 'get' && /^(?:(?:local|remote) error: )?(?:tls|x509): /.test(text))
}

/** go's own reset may make a handshake that it refused look broken off; git may leave before it has said a word, and connects anew for each command. */
function findLastOver(here: readonly EndedConnection[], { isGits, hasFailed }: { readonly isGits: boolean; readonly hasFailed: boolean }) {
  const aborted = hasFailed ? undefined : here.findLast(({ outcome }) => outcome === 'aborted')
  const passed = here.findLast(({ outcome }) => outcome === 'passed')
  return isGits && aborted !== undefined ? here.findLast((one) => one === aborted || one === passed) : (passed ?? aborted)
}

/** go says nothing of git's connections, nor git of go's. */
function maySay({ looksLike }: EndedConnection, { kind }: GoError): boolean {
  if (looksLike === undefined || looksLike === null) return true
  return kind === 'git' ? !looksLike.startsWith('go ') : !looksLike.startsWith('git ')
}

function pairFailed(errors: readonly GoError[], failed: readonly EndedConnection[], matched: Map<string, GoError>): void {
  const rest: EndedConnection[] = []
  const left = new Set(errors)
  for (const connection of failed) {
    const exact = errors.find(({ text }) => connection.clientAddress !== undefined && text.includes(` ${connection.clientAddress}->`))
    if (exact === undefined) rest.push(connection)
    else matched.set(connection.key, exact)
    if (exact !== undefined) left.delete(exact)
  }
  const unnamed = left.size > 0 ? [...left] : errors
  for (const [index, connection] of rest.entries()) {
    const error = unnamed[Math.min(index, unnamed.length - 1)]
    if (error !== undefined) matched.set(connection.key, error)
  }
}

/** Whether a line is about a command of git that go ran. */
export function isGitLine(line: string): boolean {
  return /: exit status \d{1,3}:?$/.test(line) && /\bgit (?:ls-remote|fetch|clone) /.test(line)
}

function groupByTarget(errors: readonly GoError[]): readonly (readonly GoError[])[] {
  const groups = new Map<string, GoError[]>()
  for (const error of errors) {
    const name = [error.kind === 'git' ? 'git' : 'go', `${error.host}:${error.port}`, ...error.otherUrls].join(' ')
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [error])
    else group.push(error)
  }
  return [...groups.values()]
}

function isTarget(connection: EndedConnection, error: GoError): boolean {
  const host = bareHost(connection.host)
  if (host === error.host && connection.port === error.port) return true
  return error.otherUrls.some((url) => {
    const target = parseTarget(url)
    return target?.host === host && target.port === connection.port
  })
}

function readLine(line: string, detail: readonly string[]): GoError | undefined {
  return (
    readQuoted(line, detail) ??
    readStatus(line, detail) ??
    readContent(line, detail) ??
    readDiscovery(line, detail) ??
    readGit(line, detail) ??
    readUnaddressed(line, detail)
  )
}

/** `… Get "URL": TEXT` and `… read "URL": TEXT`: the last such URL counts. */
function readQuoted(line: string, detail: readonly string[]): GoError | undefined {
  const match = [...line.matchAll(/\b(Get|Head|Post|read) "((?:[^"\\]|\\.)*)": ?/g)].at(-1)
  if (match?.[2] === undefined) return undefined
  const before = line.slice(0, match.index)
  const text = line.slice(match.index + match[0].length)
  // A redirect without a host: net/http names the address as the server wrote it.
  if (match[2].startsWith('/')) {
    return { kind: 'content', host: '', port: 0, line, text, url: null, module: moduleIn(before), otherUrls: [], detail }
  }
  return sentence({ kind: match[1] === 'read' ? 'read' : 'get', line, text, url: match[2], before, detail })
}

/** `… reading URL: 404 Not Found`, followed by the server's words. */
function readStatus(line: string, detail: readonly string[]): GoError | undefined {
  const match = /\breading (https?:\/\/\S+): (\d{3}(?: .*)?)$/.exec(line)
  if (match?.[1] === undefined || match[2] === undefined || line.startsWith('# get ')) return undefined
  return sentence({ kind: 'reading', line, text: match[2], url: match[1], before: line.slice(0, match.index), detail })
}

/** An answer that go could not use: it names the URL in quotes, or only the module. */
function readContent(line: string, detail: readonly string[]): GoError | undefined {
  const match = /\b(invalid response from proxy "((?:[^"\\]|\\.)*)".*)$/.exec(line)
  if (match?.[1] === undefined || match[2] === undefined) return undefined
  return sentence({ kind: 'content', line, text: match[1], url: match[2], before: line.slice(0, match.index), detail })
}

/** `unrecognized import path "HOST/…": TEXT`: what go made of the page at `?go-get=1`, whose URL is somewhere in TEXT, without its scheme, or not named. */
function readDiscovery(line: string, detail: readonly string[]): GoError | undefined {
  const match = /\bunrecognized import path "([^"\s]+)": (\S.*)$/.exec(line)
  const [, path, text] = match ?? []
  if (path === undefined || text === undefined || match === null) return undefined
  const asked = /\/\/([^\s"?]+\?go-get=1)(?=[:\s]|$)/.exec(text)?.[1]
  if (asked === undefined && text.includes('://')) return undefined
  const url = `https://${asked ?? `${path}?go-get=1`}`
  return sentence({ kind: 'content', line, text, url, before: line.slice(0, match.index), detail })
}

/** `git ls-remote … exit status 128:` and git's own words below it. */
function readGit(line: string, detail: readonly string[]): GoError | undefined {
  if (!isGitLine(line)) return undefined
  const said = detail.find((one) => one.startsWith('fatal: ')) ?? detail[0] ?? ''
  const url = /'(https?:\/\/[^']*)'/.exec(said)?.[1] ?? /\b(https?:\/\/\S+)/.exec(line)?.[1]
  if (url === undefined) return undefined
  const text = /^fatal: unable to access '[^']*': (.*)$/.exec(said)?.[1] ?? (said || line)
  return sentence({ kind: 'git', line, text, url, before: line, detail })
}

/** `go: M@V: TEXT`, `go: zip for M@V TEXT`, `go: TEXT: TEXT` and `verifying M@V: TEXT`, which name no URL. A module path with `.git` in it names its host. */
function readUnaddressed(line: string, detail: readonly string[]): GoError | undefined {
  const match = UNADDRESSED.map((pattern) => pattern.exec(line)).find((found) => found !== null)
  const [, module, text] = match ?? []
  if (text === undefined || /https?:\/\//.test(line) || (module === undefined && !text.includes(': '))) return undefined
  const gitHost = gitHostOf(module ?? '')
  const where =
    gitHost === undefined
      ? ({ kind: 'content', host: '', port: 0 } as const)
      : ({ kind: 'git', host: gitHost.toLowerCase(), port: 443 } as const)
  return { ...where, line, text, url: null, module: module ?? null, otherUrls: [], detail }
}

const UNADDRESSED = [
  /^go: zip for ([^\s:@]+@[^\s:@]+) (\S.*)$/,
  /^go: (?:([^\s:@]+@[^\s:@]+): )?(\S.*)$/,
  /^verifying ([^\s:@]+@[^\s:@]+): (\S.*)$/,
] as const

/** The first element of a module path that has `.git` in it, where that is a host. */
function gitHostOf(module: string): string | undefined {
  const [host] = module.split('/')
  return host?.includes('.') && /\.git[/@]/.test(module) && module.includes('/') ? host : undefined
}

interface SentenceParts {
  readonly kind: GoErrorKind
  readonly line: string
  readonly text: string
  readonly url: string
  /** The part of the line before the sentence. */
  readonly before: string
  readonly detail: readonly string[]
}

function sentence({ kind, line, text, url, before, detail }: SentenceParts): GoError | undefined {
  const target = parseTarget(url)
  if (target === undefined) return undefined
  const otherUrls = [...text.matchAll(/https?:\/\/[^\s"']+/g)].map(([found]) => found)
  return { kind, line, text, url, ...target, module: moduleIn(before), otherUrls, detail }
}

/** The last `path@version` before the sentence. */
function moduleIn(before: string): string | null {
  return [...before.matchAll(/(?:^|[\s:])([^\s:@"]+@[^\s:@"]+)(?=:|\s|$)/g)].at(-1)?.[1] ?? null
}

function parseTarget(url: string): { readonly host: string; readonly port: number } | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, hostname, port } = new URL(url)
  if (hostname === '') return undefined
  return { host: bareHost(hostname), port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port) }
}

function bareHost(host: string): string {
  return host.toLowerCase().replace(/^\[(.*)\]$/, '$1')
}

/** Indented lines below a line, without the tab; at most as many as go prints of a server's answer, with room. */
function followers(lines: readonly string[], index: number): readonly string[] {
  const next = lines.slice(index + 1, index + 1 + MOST_DETAIL)
  const end = next.findIndex((line) => !line.startsWith('\t'))
  return (end === -1 ? next : next.slice(0, end)).map((line) => line.slice(1).replace(/^server response: ?/, ''))
}

const MOST_DETAIL = 20

/** `go -x` prints each error twice; its own trace line counts only where go does not say it again. */
function withoutTraces(errors: readonly GoError[]): readonly GoError[] {
  const said = new Set(errors.filter(({ line }) => !line.startsWith('# get ')).map(({ url, text }) => `${url} ${text}`))
  return errors.filter(({ line, url, text }) => !line.startsWith('# get ') || !said.has(`${url} ${text}`))
}
