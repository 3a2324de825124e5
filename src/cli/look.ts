/** `whytls ls` and `whytls show`: what the database holds, for people and programs. */

import type { Environment } from '../contract/document.ts'
import { listMessages } from '../feed/messages.ts'
import { FilterError } from '../filter/filter.ts'
import { jsonText } from '../report/json-text.ts'
import { listLine } from '../report/ls.ts'
import { markdownReport } from '../report/markdown.ts'
import { showHandshake, showRun } from '../report/show.ts'
import type { Store } from '../store/store.ts'
import { describeEnvironment, gatherLocalFacts } from './environment.ts'
import { EXIT } from './exit-code.ts'
import { gatherDocument } from './gather.ts'
import { openStoreOrExplain } from './open-store.ts'
import { Problem } from './problem.ts'
import { chooseStyle, type StyleChoice } from './style.ts'

export interface LsOptions extends StyleChoice {
  readonly limit: number
  readonly json?: boolean
}

/** One line per handshake, newest first. */
export async function lsCommand(words: readonly string[], options: LsOptions): Promise<number> {
  const filter = words.join(' ')
  const store = openStoreOrExplain(process.env)
  try {
    const style = chooseStyle(process.stdout, process.env, options)
    for (const row of store.rows({ limit: options.limit, filter })) {
      process.stdout.write(`${options.json === true ? jsonText(row) : listLine(row, style)}\n`)
    }
    return EXIT.fine
  } catch (error) {
    if (error instanceof FilterError) throw badFilter(filter, error)
    throw error
  } finally {
    store.close()
  }
}

export interface ShowOptions extends StyleChoice {
  readonly run?: number
  readonly chain?: boolean
  readonly full?: boolean
  readonly markdown?: boolean
  readonly json?: boolean
  readonly check?: boolean
}

/** One handshake, one run, or the last failed run. */
export async function showCommand(id: number | undefined, options: ShowOptions): Promise<number> {
  const store = openStoreOrExplain(process.env)
  try {
    return id === undefined ? showWhole(store, options) : showOne(store, id, options)
  } finally {
    store.close()
  }
}

function showOne(store: Store, id: number, options: ShowOptions): number {
  const document = gatherDocument(store, { handshakeIds: [id] }, options.json === true ? ownEnvironment(store, null) : undefined)
  const handshake = document.handshakes[0]
  if (handshake === undefined)
    throw new Problem('no-such-handshake', `there is no handshake ${id} in ${store.place}`, 'whytls ls', EXIT.usage)
  const run = handshake.runId === null ? null : (store.run(handshake.runId) ?? null)
  if (options.json === true)
    write(jsonText({ ...document, run, ...(options.full === true ? listMessages(handshake, store.messages(id)) : {}) }, 2))
  else if (options.markdown === true) write(markdownReport({ ...document, run }))
  else {
    const diagnosis = document.diagnoses[0] ?? null
    const style = chooseStyle(process.stdout, process.env, options)
    const messages = options.full === true ? store.messages(handshake.id) : []
    write(showHandshake({ handshake, diagnosis, run, messages }, { chain: options.chain === true, full: options.full === true }, style))
  }
  return options.check === true && handshake.outcome === 'failed' ? EXIT.problem : EXIT.fine
}

function showWhole(store: Store, options: ShowOptions): number {
  const runId = options.run ?? lastFailedRun(store)
  if (runId === null) return showNewest(store, options)
  if (store.run(runId) === undefined)
    throw new Problem('no-such-run', `there is no run ${runId} in ${store.place}`, 'whytls ls', EXIT.usage)
  const document = gatherDocument(store, { runId }, options.json === true ? ownEnvironment(store, runId) : undefined)
  if (options.json === true) write(jsonText(document, 2))
  else if (options.markdown === true) write(markdownReport(document))
  else write(showRun(document, chooseStyle(process.stdout, process.env, options)))
  return options.check === true && document.diagnoses.length > 0 ? EXIT.problem : EXIT.fine
}

/** The facts of this machine as they are now; go's settings as the run had them. */
function ownEnvironment(store: Store, runId: number | null): Environment {
  const go = runId === null ? null : (store.run(runId)?.go ?? null)
  const goVersion = (go?.version ?? '').replace(/^go/, '') || '1.26'
  return describeEnvironment(gatherLocalFacts({ env: process.env, settings: go?.env ?? null, goVersion, now: new Date() }), null)
}

/** Without runs: the newest failed handshake, else the newest. */
function showNewest(store: Store, options: ShowOptions): number {
  const row = store.rows({ limit: 1, filter: 'status:failed' })[0] ?? store.rows({ limit: 1 })[0]
  if (row !== undefined) return showOne(store, row.id, options)
  write(`nothing was seen yet (${store.place}). Try: whytls run -- go mod download`)
  return EXIT.fine
}

/** The newest run with a diagnosis, null when there is none. */
export function lastFailedRun(store: Store): number | null {
  const failed = store.runs(200).find((run) => store.diagnoses({ runId: run.id }).length > 0)
  return failed?.id ?? null
}

function badFilter(filter: string, error: FilterError): Problem {
  return new Problem('filter', `${error.message}\n  ${filter}\n  ${' '.repeat(error.offset)}^`, 'whytls ls status:failed', EXIT.usage)
}

function write(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
}
