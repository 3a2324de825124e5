/** One block for an issue tracker, in Markdown, with what tells of the person or the inner network taken out. */
import type { Diagnosis } from '../contract/diagnosis.ts'
import type { Document } from '../contract/document.ts'
import type { Handshake } from '../contract/handshake.ts'
import { counted, inTime } from '../diagnosis/units.ts'
import { escapeText } from './escape.ts'
import { chainSummary } from './show-chain.ts'
import { routeOf, STAGE_NAMES, targetOf } from './words.ts'

const MOST_HANDSHAKES = 20
/** Settings of go that change where and how it fetches. */
const TELLING: readonly string[] = [
  'GOPROXY',
  'GONOPROXY',
  'GOPRIVATE',
  'GOSUMDB',
  'GONOSUMDB',
  'GOINSECURE',
  'GOFLAGS',
  'GODEBUG',
  'GOTOOLCHAIN',
  'GOVCS',
]

/** The document as Markdown. Every captured text stands in a code span or block; ends in a line break. */
export function markdownReport(document: Document): string {
  const title = document.diagnoses[0]?.cause ?? (document.handshakes.some(({ outcome }) => outcome === 'failed') ? 'no cause found' : 'ok')
  const sections = [
    [`### whytls: \`${title}\``],
    environmentLines(document),
    ...document.diagnoses.map(diagnosisSection),
    handshakeSection(document.handshakes),
    [
      '_Made by whytls. User names, addresses of inner networks and URL credentials are masked; host names are not. Read it before you post it._',
    ],
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function environmentLines({ tool, run }: Document): readonly string[] {
  const lines = [`- whytls ${code(tool.version)}, node ${code(tool.node)}, ${code(tool.platform)}`]
  if (run === null) return lines
  const settings = Object.entries(run.go?.env ?? {}).filter(([name, value]) => TELLING.includes(name) && value !== '')
  return [
    ...lines,
    `- ${code(run.argv.join(' '))}: ${run.exitCode === null ? (run.signal ?? 'running') : `exit ${run.exitCode}`}${run.go === null ? '' : `, ${code(run.go.version)}`}`,
    ...(settings.length === 0 ? [] : [`- ${settings.map(([name, value]) => code(`${name}=${value}`)).join(' ')}`]),
  ]
}

function diagnosisSection(diagnosis: Diagnosis): readonly string[] {
  const stage = diagnosis.stage === null ? '' : STAGE_NAMES[diagnosis.stage]
  return [
    `**${prose(diagnosis.title)}**`,
    '',
    `Stage ${stage}, leg ${diagnosis.leg ?? 'none'}, ${diagnosis.confidence}; ${counted(diagnosis.count, 'handshake')} with ${code(`${diagnosis.host}:${diagnosis.port}`)}.`,
    '',
    ...(diagnosis.goText === null ? [] : [...fenced(diagnosis.goText.text), '']),
    prose(diagnosis.why),
    '',
    ...diagnosis.evidence.map(({ text, source }, index) => `${index + 1}. ${prose(text)} (${source})`),
    ...(diagnosis.notChecked.length === 0 ? [] : ['', `Not checked: ${prose(diagnosis.notChecked.join('; '))}.`]),
  ]
}

function handshakeSection(handshakes: readonly Handshake[]): readonly string[] {
  if (handshakes.length === 0) return []
  const rows = handshakes.slice(0, MOST_HANDSHAKES).map((handshake) => {
    const hello = handshake.serverHello
    const chosen =
      hello === null
        ? 'no ServerHello'
        : [hello.selectedVersion.name, hello.cipherSuite.name, hello.keyShareGroup?.name ?? '', hello.alpn ?? '']
            .filter((word) => word !== '')
            .join(', ')
    const cells = [
      `#${handshake.id}`,
      code(targetOf(handshake)),
      code(routeOf(handshake)),
      handshake.outcome,
      code(chosen),
      prose(chainSummary(handshake)),
      handshake.durationMs === null ? '' : inTime(handshake.durationMs),
    ]
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  })
  const more = handshakes.length > MOST_HANDSHAKES ? [`and ${handshakes.length - MOST_HANDSHAKES} more`] : []
  return ['| | host | route | outcome | chosen | chain | time |', '|---|---|---|---|---|---|---|', ...rows, ...more]
}

/** A code span that captured text cannot leave. */
function code(text: string): string {
  const safe = redact(escapeText(text)).replaceAll('`', "'")
  return safe === '' ? '` `' : `\`${safe}\``
}

/** A sentence in which captured text cannot make links, images, mentions or HTML. */
function prose(text: string): string {
  return redact(escapeText(text))
    .replace(/[\\`*_{}[\]<>#|!~]/g, '\\$&')
    .replace(/@(?=\w)/g, '@\u2060')
}

function fenced(text: string): readonly string[] {
  return ['```text', redact(escapeText(text)).replaceAll('```', "'''"), '```']
}

/** Home folders, users and passwords in URLs, addresses of inner networks. */
function redact(text: string): string {
  return text
    .replace(/\/(home|Users)\/[^/\s"':]+/g, '/$1/USER')
    .replace(/([A-Za-z]:\\Users\\)[^\\\s"]+/g, '$1USER')
    .replace(/(\w+:\/\/)[\w.~!$&'*+,;=:%-]+@/g, '$1[masked]@')
    .replace(/\b(?:10(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2})\b/g, '[inner address]')
}
