/** Finds the sentences of go, git and curl in pasted text: terminal output, a CI log, an issue. Pure; the text is hostile and bounded. */

/** Whose words a sentence seems to be. */
export type PasteTool = 'go' | 'git' | 'curl' | 'unknown'

/** What a sentence is about: a request, the body of its answer, its status, or nothing that can be told. */
export type PasteKind = 'get' | 'read' | 'status' | 'other'

export interface PastedSentence {
  readonly tool: PasteTool
  readonly kind: PasteKind
  /** The reason alone: what stands behind the URL. */
  readonly text: string
  /** The line without colours and time stamps. */
  readonly line: string
  /** Lower case; null where the line names none. */
  readonly host: string | null
  readonly port: number | null
  /** path@version, null where the line names none. */
  readonly module: string | null
  /** The next line, where this one is a request and that one may be its rest; else "". */
  readonly next: string
  /** The leg to the proxy failed, says go. */
  readonly isProxyLeg: boolean
  /** The request was for the checksum database. */
  readonly isChecksum: boolean
}

/** Octets of text that are read; the rest is left out. */
export const MOST_PASTED = 1 << 20
const MOST_LINES = 20_000
/** A longer line is no error message. */
const LONGEST_LINE = 4_000

/** All lines that may be sentences, in order. */
export function readPaste(text: string): readonly PastedSentence[] {
  const lines = splitLines(text.slice(0, MOST_PASTED))
  const sentences: PastedSentence[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const [line = '', next = ''] = [lines[at], lines[at + 1]]
    const whole = readRequest(line)
    const broken = whole === undefined ? readBroken(line, next) : undefined
    const found = whole ?? broken ?? readLine(line)
    if (found !== undefined) sentences.push(whole === undefined || line.length < NARROWEST || isNew(next) ? found : { ...found, next })
    // What stood in the next line was read with this one.
    if (broken !== undefined) at += 1
  }
  return sentences
}

/** No terminal is narrower that breaks a line in a sentence. */
const NARROWEST = 50

/** A line that begins a message of its own. */
function isNew(line: string): boolean {
  return line === '' || /^(?:go: |verifying |fatal: |curl: |error: |\$ |\S{1,200}\.go:\d)|\b(?:Get|Head|Post|read) "https?:/.test(line)
}

function splitLines(text: string): readonly string[] {
  return text
    .replace(ESCAPES, '')
    .split(/\r\n|[\r\n\u2028\u2029]/, MOST_LINES)
    .map((line) => cleanLine(line.slice(0, LONGEST_LINE)))
    .filter((line) => line !== '')
}

/** Colours and links of a terminal (CSI, OSC), and other escapes; also where the ESC itself got lost in copying. */
const ESCAPES =
  /\u001b\[[0-9;:?]{0,40}[ -/]?[@-~]|\u001b\][^\u0007\u001b]{0,400}(?:\u0007|\u001b\\)|\u001b[@-Z\\^_]|\[(?:\d{1,3};){0,4}\d{1,3}m|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g

/** Take away what CI systems and containers put before a line. */
function cleanLine(line: string): string {
  let rest = line.trim()
  for (let round = 0; round < 6; round += 1) {
    const shorter = rest.replace(PREFIX, '')
    if (shorter === rest) break
    rest = shorter
  }
  return rest.trim()
}

/** Time stamps, BuildKit's step and seconds, names in brackets, GitHub's and GitLab's marks, quoting, a shell's stderr. */
const PREFIX =
  /^(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?(?:Z| ?[+-]\d\d:?\d\d)?\]?|\[?\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?\]?|#\d{1,4} (?:\d{1,6}\.\d{1,4} )?|\d{1,6}\.\d{2,4}(?= )|##\[\w{1,20}\]|::\w{1,20}(?: [^:]{0,200})?::|\[[\w ./:-]{1,40}\](?= )|\d{2}[OE]\+?(?= )|[>|](?= )|(?:stderr|stdout|ERROR|WARN|INFO|level=\w{1,10}|time="[^"]{1,40}"|msg=)(?:[:=] ?|(?= ))|(?:Error|error|remote)(?:[:=] ?| (?=- )))\s*/

function readLine(line: string): PastedSentence | undefined {
  return readStatus(line) ?? readGit(line) ?? readCurl(line) ?? readOther(line)
}

/** `Get "URL": TEXT`; before go 1.14 the URL stood without quotes. */
function readRequest(line: string): PastedSentence | undefined {
  const match = [...line.matchAll(/\b(Get|Head|Post|read) (?:\\?"(https?:[^"\s\\]{1,2000})\\?"|(https?:[^"\s]{1,2000})): ?/g)].at(-1)
  const url = match?.[2] ?? match?.[3]
  if (match === undefined || match === null || url === undefined) return undefined
  const text = line.slice((match.index ?? 0) + match[0].length)
  return sentence(line, url, { tool: 'go', kind: match[1] === 'read' ? 'read' : 'get', text })
}

/** A terminal broke the line inside the URL, or behind it. */
function readBroken(line: string, next: string): PastedSentence | undefined {
  const isOpen = /\b(?:Get|Head|Post|read) "https?:[^"\s]*$/.test(line)
  return isOpen ? readRequest(`${line}${next}`) : undefined
}

function readStatus(line: string): PastedSentence | undefined {
  const match =
    /\breading "?(https?:[^\s"]{1,2000})"?: (\d{3}(?: .*)?)$/.exec(line) ??
    // Before go 1.13.
    /\bunexpected status \((https?:[^\s)]{1,2000})\): (\d{3}(?: .*)?)$/.exec(line)
  return match?.[1] === undefined || match[2] === undefined
    ? undefined
    : sentence(line, match[1], { tool: 'go', kind: 'status', text: match[2] })
}

function readGit(line: string): PastedSentence | undefined {
  const match = /\bunable to access '([^']{1,2000})': (.*)$/.exec(line)
  return match?.[1] === undefined || match[2] === undefined
    ? undefined
    : sentence(line, match[1], { tool: 'git', kind: 'other', text: match[2] })
}

function readCurl(line: string): PastedSentence | undefined {
  const match = /\bcurl: \(\d{1,3}\) (.*)$/.exec(line)
  if (match?.[1] === undefined) return undefined
  const host =
    /\b(?:host(?: name)?:? |to |for |connection to )'?([a-z0-9.-]{1,253}\.[a-z0-9-]{1,63})'?(?::(\d{1,5})| port (\d{1,5}))?/i.exec(match[1])
  const url = host?.[1] === undefined ? '' : `https://${host[1]}:${host[2] ?? host[3] ?? 443}`
  return sentence(line, url, { tool: 'curl', kind: 'other', text: match[0] })
}

/** Any other line: only the table of known words tells whether it is a sentence at all. */
function readOther(line: string): PastedSentence | undefined {
  const url = /https?:\/\/[^\s"'<>]{1,2000}/.exec(line)?.[0] ?? ''
  const tool = /^(?:go: |verifying |\S{1,200}\.go:\d)/.test(line) ? 'go' : /^(?:fatal: |git )/.test(line) ? 'git' : 'unknown'
  const words = /^(?:go: )?(?:[^\s:@]{1,400}@[^\s:@]{1,200}: )?(.*)$/.exec(line)?.[1] ?? line
  return sentence(line, url, { tool, kind: 'other', text: words })
}

function sentence(line: string, url: string, parts: Pick<PastedSentence, 'tool' | 'kind' | 'text'>): PastedSentence {
  const proxyless = parts.text.replace(/^proxyconnect tcp: ?/, '')
  const target = URL.canParse(url) ? new URL(url) : null
  const named = target === null || target.hostname === '' ? null : target
  return {
    ...parts,
    text: proxyless.trim(),
    line,
    next: '',
    host: named?.hostname.toLowerCase().replace(/^\[(.*)\]$/, '$1') ?? null,
    port: named === null ? null : named.port === '' ? (named.protocol === 'http:' ? 80 : 443) : Number(named.port),
    module: moduleIn(line),
    isProxyLeg: proxyless !== parts.text,
    isChecksum: /\/sumdb\/|\/lookup\/|\bverifying (?:go\.mod|module|\S+@)/.test(line),
  }
}

/** The last `path@version` of a line, where it can stand in a command. */
function moduleIn(line: string): string | null {
  const found = [...line.matchAll(/(?:^|[\s:])([a-z0-9][\w.~/-]{0,300}\/?[\w.~/-]{0,300}@[\w.+-]{1,128})(?=[:\s]|$)/gi)].at(-1)?.[1]
  return found === undefined || !found.includes('.') ? null : found
}
