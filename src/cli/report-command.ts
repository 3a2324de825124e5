/** `whytls report`: one failure for somebody else, as Markdown or as the page in one file. */
import { writeFile } from 'node:fs/promises'
import { composeReport, gatherReport } from '../feed/inlined.ts'
import type { InlinedReport } from '../feed/protocol.ts'
import { markdownReport } from '../report/markdown.ts'
import { formatNumber } from '../report/units.ts'
import type { Store } from '../store/store.ts'
import { EXIT } from './exit-code.ts'
import { gatherDocument } from './gather.ts'
import { lastFailedRun } from './look.ts'
import { openStoreOrExplain } from './open-store.ts'
import { describeMeta, loadPageParts } from './page.ts'
import { messageOf, Problem } from './problem.ts'

export interface ReportOptions {
  readonly run?: number
  readonly html?: boolean
  readonly markdown?: boolean
  readonly output?: string
}

/** Write the report of one handshake, of a run, or of the last failed run. */
export async function reportCommand(id: number | undefined, options: ReportOptions): Promise<number> {
  const store = openStoreOrExplain(process.env)
  try {
    const ids = chooseHandshakes(store, id, options.run)
    const content = options.html === true ? await composeHtml(store, ids) : composeMarkdown(store, id, ids)
    if (options.output === undefined) process.stdout.write(content)
    else await writeReport(options.output, content)
    return EXIT.fine
  } finally {
    store.close()
  }
}

/** A handshake with its probes, or all of a run. */
function chooseHandshakes(store: Store, id: number | undefined, run: number | undefined): readonly number[] {
  if (id !== undefined) {
    if (store.handshake(id) === undefined)
      throw new Problem('no-such-handshake', `there is no handshake ${id} in ${store.place}`, 'whytls ls', EXIT.usage)
    const probes = store.rows({ limit: MANY, filter: 'mode:probe' }).filter(({ probeOf }) => probeOf === id)
    return [id, ...probes.map((row) => row.id)]
  }
  const runId = run ?? lastFailedRun(store)
  const ids = runId === null ? [] : store.handshakeIdsOfRun(runId)
  if (ids.length > 0) return ids
  const what = run === undefined ? 'no failed run' : `no handshake of a run ${run}`
  throw new Problem('nothing-to-report', `${what} is in ${store.place}`, 'whytls ls', EXIT.usage)
}

const MANY = 10_000

async function composeHtml(store: Store, ids: readonly number[]): Promise<string> {
  const env = { ...process.env, HTTPS_PROXY: '', https_proxy: '' }
  const meta = () => describeMeta({ store, env, proxyUrl: '', go: null })
  const report = await gatherReport(store, ids, meta)
  if (report.cut !== undefined) process.stderr.write(`${describeCut(report.rows.length, report.cut)}\n`)
  return composeReport(report, loadPageParts())
}

/** What a file of bounded size does not hold. */
function describeCut(rows: number, { of, inFull }: NonNullable<InlinedReport['cut']>): string {
  const listed = rows === of ? `lists all ${formatNumber(of)} handshakes` : `lists ${formatNumber(rows)} of ${formatNumber(of)} handshakes`
  return `whytls: the report ${listed} and holds ${formatNumber(inFull)} of them in full, those that failed first. One more: whytls report ID --html`
}

function composeMarkdown(store: Store, id: number | undefined, ids: readonly number[]): string {
  const document = gatherDocument(store, { handshakeIds: id === undefined ? ids : [id] })
  const runId = document.handshakes[0]?.runId ?? null
  return `${markdownReport({ ...document, run: runId === null ? null : (store.run(runId) ?? null) })}\n`
}

async function writeReport(file: string, content: string): Promise<void> {
  try {
    await writeFile(file, content, { mode: 0o600 })
  } catch (error) {
    throw new Problem('unwritable', `the report could not be written: ${messageOf(error)}`, 'whytls report -o FILE', EXIT.usage)
  }
}
