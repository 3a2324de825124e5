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

/** Collect what the page asks for of these handshakes. */
export async function gatherReport(store: Store, ids: readonly number[], meta: () => Meta): Promise<InlinedReport> {
  const wanted = new Set(ids)
  const rows = store.rows({ limit: MOST_ROWS }).filter(({ id }) => wanted.has(id))
  const runIds = new Set(rows.flatMap(({ runId }) => runId ?? []))
  const runs = [...runIds].flatMap((id) => store.run(id) ?? [])
  const paths = [
    'meta',
    ...rows.flatMap(({ id }) => [`handshakes/${id}`, `handshakes/${id}/messages`]),
    ...pairsOf(rows).map(([a, b]) => `compare?a=${a}&b=${b}`),
  ]
  const answers: Record<string, unknown> = {}
  for (const path of paths) answers[`/api/v1/${path}`] = await readAnswer({ store, meta }, path)
  return { rows, runs, answers }
}

const MOST_ROWS = 100_000
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

async function readAnswer(sources: Sources, path: string): Promise<unknown> {
  const [name = '', search] = path.split('?')
  const request = { method: 'GET', path: name, query: new URLSearchParams(search), body: '', ifNoneMatch: undefined, isMarked: false }
  const { body } = await answerApi(sources, request)
  return JSON.parse(Buffer.from(body).toString('utf8'))
}

/** Nothing in a script may end its element. */
function inlineScript(script: string): string {
  return script.replaceAll('</script', '<\\/script')
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
