/** `whytls verify` as text: Go's verdict, the path, all defects, what each go version says. */
import { describeVersionSplit } from '../diagnosis/go-versions.ts'
import type { CertificatePath, PathStep } from '../x509/path.ts'
import type { ChainVerdict, Defect } from '../x509/verdict.ts'
import { printable } from './escape.ts'
import { padEnd, wrap } from './layout.ts'
import { glyphs, paint, type Style } from './style.ts'
import { formatCount } from './units.ts'

/** A verdict with what it was made from. */
export interface VerifyReport {
  /** "" when no name was asked for. */
  readonly host: string
  /** ISO 8601 */
  readonly at: string
  readonly go: { readonly version: string; readonly godebug: string }
  readonly presented: number
  readonly verdict: ChainVerdict
  readonly path: CertificatePath
  readonly byGoVersion: Readonly<Record<string, string>>
  readonly roots: { readonly whose: string; readonly count: number }
  /** What else should be known, a sentence each. */
  readonly notes: readonly string[]
}

/** The whole report; ends in a line break. */
export function verifyText(report: VerifyReport, style: Style): string {
  const sections = [
    headLines(report, style),
    section('path', pathLines(report, style), style),
    section('defects', defectLines(report, style), style),
    section('versions', versionLines(report.byGoVersion, style), style),
    section('roots', rootLines(report, style), style),
    section(
      'note',
      report.notes.flatMap((note) => wrap(printable(note, style), textWidth(style))),
      style,
    ),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

/**
 * One line a group of versions that say the same, then the sentence where they differ.
 * @param byGoVersion in ascending order
 * @param fine the word for those that accept
 */
export function versionLines(byGoVersion: Readonly<Record<string, string>>, style: Style, fine = 'passes'): readonly string[] {
  const groups: { from: string; to: string; text: string }[] = []
  for (const [version, text] of Object.entries(byGoVersion)) {
    const last = groups.at(-1)
    if (last?.text === text) last.to = version
    else groups.push({ from: version, to: version, text })
  }
  const split = describeVersionSplit(byGoVersion)
  return [
    ...groups.flatMap(({ from, to, text }) => {
      const span = padEnd(from === to ? `go ${from}` : `go ${from} to ${to}`, 16)
      return hang(span, text === 'passes' ? fine : `refuses: ${printable(text, style)}`, style)
    }),
    ...(split === null ? [] : wrap(printable(split, style), textWidth(style))),
  ]
}

/** Lines under a label in the margin. */
export function section(label: string, lines: readonly string[], style: Style): readonly string[] {
  return lines.map((line, i) => (i === 0 ? `  ${paint(padEnd(label, 10), 'dim', style)}${line}` : `${' '.repeat(12)}${line}`.trimEnd()))
}

/** Cells right of the margin. */
export function textWidth(style: Style): number {
  return Math.min(Math.max(style.columns, 40), 100) - 12
}

/** Text that starts behind a word and stays in its column. */
function hang(word: string, text: string, style: Style): readonly string[] {
  return wrap(text, textWidth(style) - word.length).map((line, i) => `${i === 0 ? word : ' '.repeat(word.length)}${line}`)
}

function headLines({ verdict, host, at, go }: VerifyReport, style: Style): readonly string[] {
  const signs = glyphs(style)
  const name = host === '' ? 'no host name was asked for' : `for ${host}`
  const settings = go.godebug === '' ? '' : ` with GODEBUG=${go.godebug}`
  const head = `${verdict.ok ? `${signs.passed} accepted` : `${signs.failed} refused`} by go ${go.version}${settings}, ${name}, at ${at}`
  const words = wrap(printable(head, style), textWidth(style) + 12).map((line) => paint(line, verdict.ok ? 'good' : 'bad', style))
  // On one line, so that it can be searched for and compared with what go printed.
  return verdict.ok ? words : [...words, `  ${printable(verdict.tlsText, style)}`]
}

function pathLines(report: VerifyReport, style: Style): readonly string[] {
  const { path } = report
  if (path.steps.length === 0) return ['none: go cannot read the certificate that stands first']
  const drawn = path.steps.flatMap((step, depth) => stepLines(step, depth, report, style))
  const end = path.steps.at(-1)
  if (path.reachesRoot || end === undefined) return path.kind === 'taken' ? drawn : ['nearest miss, it reaches a root:', ...drawn]
  const missing = `its issuer ${JSON.stringify(end.issuer)} is not among the ${formatCount(report.roots.count, 'root')}${report.presented > 1 ? ', nor did the server send it' : ''}`
  return ['nearest miss, it reaches no root:', ...drawn, ...wrap(printable(`${glyphs(style).failed} ${missing}`, style), textWidth(style))]
}

function stepLines(step: PathStep, depth: number, { presented }: VerifyReport, style: Style): readonly string[] {
  const indent = depth === 0 || style.plain ? '' : `${'   '.repeat(Math.min(depth, 8) - 1)}${glyphs(style).branch} `
  const where = step.certificate === null ? 'not sent, from the roots' : `certificate ${step.certificate + 1} of ${presented}`
  const text = `${step.subject === '' ? '(no subject)' : step.subject}, ${step.role}, ${where}, sha256 ${step.sha256.slice(0, 16)}`
  return wrap(printable(text, style), Math.max(20, textWidth(style) - indent.length)).map(
    (line, i) => `${i === 0 ? indent : ' '.repeat(indent.length)}${line}`,
  )
}

function defectLines({ verdict, presented }: VerifyReport, style: Style): readonly string[] {
  return verdict.defects.flatMap((defect, i) => {
    const mark = i === 0 ? `${style.unicode ? '▸' : '>'} 1 ` : `  ${i + 1} `
    const facts = Object.entries(defect.facts).filter(([, value]) => value !== '')
    return [
      ...hang(mark, printable(`${describeDefect(defect, presented)}${i === 0 ? ' (the one that go prints)' : ''}`, style), style),
      ...(i > 0 && defect.goText !== '' ? hang('    ', printable(defect.goText, style), style) : []),
      ...facts.flatMap(([name, value]) => hang('    ', printable(`${name} ${value}`, style), style)),
    ]
  })
}

function describeDefect({ code, certificate, subject }: Defect, presented: number): string {
  const where = certificate === null ? '' : `, certificate ${certificate + 1} of ${presented}`
  return `${code}${where}${subject === '' ? '' : `, ${subject}`}`
}

function rootLines({ roots }: VerifyReport, style: Style): readonly string[] {
  const text = `${formatCount(roots.count, 'root')} of ${roots.whose}; revocation is not checked (go does not check it either)`
  return wrap(printable(text, style), textWidth(style))
}
