/** The page as one file: its code, its style and the answers that it would have asked for, readable from disk without a server. */
import { createHash } from 'node:crypto'
import type { HandshakeRow, Store } from '../store/store.ts'
import type { InlinedReport, Meta } from './protocol.ts'
import { answerApi, type Sources } from './routes.ts'

/** The parts of the built page. */
export interface PageParts {
  readonly script: string
  readonly style: string
}

/** One HTML document. It makes no request: its policy allows nothing but these two parts, by their hashes. */
export function composeReport(report: InlinedReport, { script, style }: PageParts): string {
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(inlineScript(script))}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>whytls</title>
<style>${style}</style>
</head>
<body>
<noscript>This page needs JavaScript. The same facts are in the terminal: whytls show.</noscript>
<script type="application/json" id="inlined">${JSON.stringify(report).replaceAll('<', '\\u003c')}</script>
<script type="module">${inlineScript(script)}</script>
</body>
</html>
`
}

/** Collect what the page asks for of these handshakes, as far as a file of some 20 MB holds it: those that failed before those that passed. */
export async function gatherReport(store: Store, ids: readonly number[], meta: () => Meta): Promise<InlinedReport> {
  const wanted = new Set(ids)
  const all = store.rows({ limit: MOST_READ }).filter(({ id }) => wanted.has(id))
  const kept = new Set(failedFirst(all).slice(0, MOST_ROWS))
  const rows = all.filter((row) => kept.has(row))
  const runIds = new Set(rows.flatMap(({ runId }) => runId ?? []))
  const runs = [...runIds].flatMap((id) => store.run(id) ?? [])
  const file = new AnswerFile({ store, meta })
  await file.add('meta')
  const inFull: HandshakeRow[] = []
  for (const row of failedFirst(rows)) {
    if (file.lengthBytes > MOST_BYTES) break
    await file.add(`handshakes/${row.id}`)
    await file.add(`handshakes/${row.id}/messages`)
    inFull.push(row)
  }
  for (const [a, b] of pairsOf(inFull)) await file.add(`compare?a=${a}&b=${b}`)
  const isWhole = inFull.length === ids.length
  return { rows, runs, answers: file.answers, ...(isWhole ? {} : { cut: { of: ids.length, inFull: inFull.length } }) }
}

/** Newest first within both. A look at a failure counts as one. */
function failedFirst(rows: readonly HandshakeRow[]): readonly HandshakeRow[] {
  const isFailure = ({ outcome, probeOf }: HandshakeRow) => outcome === 'failed' || probeOf !== null
  return [...rows.filter(isFailure), ...rows.filter((row) => !isFailure(row))]
}

/** Answers of the API by their paths. */
class AnswerFile {
  readonly answers: Record<string, unknown> = {}
  lengthBytes = 0
  readonly #sources: Sources
  constructor(sources: Sources) {
    this.#sources = sources
  }

  async add(path: string): Promise<void> {
    const [name = '', search] = path.split('?')
    const request = { method: 'GET', path: name, query: new URLSearchParams(search), body: '', ifNoneMatch: undefined, isMarked: false }
    const { body } = await answerApi(this.#sources, request)
    this.lengthBytes += body.length
    this.answers[`/api/v1/${path}`] = JSON.parse(Buffer.from(body).toString('utf8'))
  }
}

const MOST_READ = 100_000
/** Some 1.5 KB each. */
const MOST_ROWS = 2_000
/** Of handshakes in full, some 25 KB each. */
const MOST_BYTES = 16 * 1024 * 1024
const MOST_PAIRS = 200

/** Failed handshakes, each with those of the same host that passed. */
function pairsOf(rows: readonly HandshakeRow[]): readonly (readonly [number, number])[] {
  const failed = rows.filter(({ outcome }) => outcome === 'failed')
  const pairs = failed.flatMap((row) =>
    rows
      .filter(({ outcome, host, port }) => outcome === 'passed' && host === row.host && port === row.port)
      .map(({ id }) => [row.id, id] as const),
  )
  return pairs.slice(0, MOST_PAIRS)
}

/** Nothing in a script may end its element. */
function inlineScript(script: string): string {
  return script.replaceAll('</script', '<\\/script')
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
