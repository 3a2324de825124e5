/** What differs between versions of go, as a sentence. */
import { shown } from './captured.ts'

/**
 * Say from which version on the verdict is another one.
 * @param byGoVersion by version in ascending order: "passes", or the text with which it refuses
 * @returns "works until go 1.23, refused from go 1.24 on: x509: …"; null where all versions agree
 */
export function describeVersionSplit(byGoVersion: Readonly<Record<string, string>>): string | null {
  const spans = listSpans(byGoVersion)
  const [first, second] = spans
  if (first === undefined || second === undefined) return null
  if (spans.length > 2)
    return spans.map((span) => (span.passes ? `works with ${nameSpan(span)}` : refused(`with ${nameSpan(span)}`, span))).join('; ')
  if (first.passes) return `works until go ${first.to}, ${refused(`from go ${second.from} on`, second)}`
  return `${refused(`until go ${first.to}`, first)}; works from go ${second.from} on`
}

/** Versions in a row that judge alike. */
interface Span {
  readonly from: string
  readonly to: string
  readonly passes: boolean
  readonly text: string
}

function listSpans(byGoVersion: Readonly<Record<string, string>>): readonly Span[] {
  const spans: Span[] = []
  for (const [version, text] of Object.entries(byGoVersion)) {
    const passes = text === 'passes'
    const last = spans.at(-1)
    if (last?.passes === passes) spans[spans.length - 1] = { ...last, to: version }
    else spans.push({ from: version, to: version, passes, text })
  }
  return spans
}

function refused(where: string, { text }: Span): string {
  return `refused ${where} because "${shown(text)}"`
}

function nameSpan({ from, to }: Span): string {
  return from === to ? `go ${from}` : `go ${from} to ${to}`
}
