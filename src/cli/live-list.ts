/** The live list of `serve`: one line per handshake, rewritten in place on a terminal while it changes. */

import { jsonText } from '../report/json-text.ts'
import { serveLine } from '../report/serve-line.ts'
import type { Style } from '../report/style.ts'
import type { HandshakeRow, Store } from '../store/store.ts'

export interface LiveListOptions {
  readonly store: Store
  readonly json: boolean
  readonly style: Style
  readonly stdout: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>
}

const BATCH = 500

/** Follow the store from now on. */
export function startLiveList(options: LiveListOptions): { readonly stop: () => void } {
  let seq = options.store.seq()
  const folded = new FoldedLines(options)
  const unfollow = options.store.onChange(() => {
    for (;;) {
      const rows = options.store.changedSince(seq, BATCH)
      for (const row of rows) folded.show(row)
      seq = rows.at(-1)?.seq ?? seq
      if (rows.length < BATCH) return
    }
  })
  return { stop: unfollow }
}

/** Retries of the same run, host and cause share one line on a terminal; elsewhere each settled handshake is one line. */
class FoldedLines {
  readonly #options: LiveListOptions
  /** Row ids behind the line that was written last. */
  #last: { readonly key: string; readonly ids: Set<number> } | null = null
  /** What was said of the newest rows, where lines are not rewritten. */
  readonly #said = new Map<number, string>()

  constructor(options: LiveListOptions) {
    this.#options = options
  }

  show(row: HandshakeRow): void {
    if (row.mode === 'probe') return
    const { json, stdout, style } = this.#options
    if (json) {
      stdout.write(`${jsonText(row)}\n`)
      return
    }
    if (!stdout.isTTY && !this.#isNews(row)) return
    const key = `${row.runId} ${row.host} ${row.cause ?? row.outcome}`
    const sameLine = stdout.isTTY && this.#last !== null && (this.#last.ids.has(row.id) || this.#last.key === key)
    const ids = sameLine && this.#last !== null ? this.#last.ids.add(row.id) : new Set([row.id])
    this.#last = { key, ids }
    stdout.write(`${sameLine ? '\u001b[1A\u001b[2K\r' : ''}${serveLine(row, ids.size, style)}\n`)
  }

  /** Settled, and not said before with the same result: a `run` beside us judges its rows anew at its end. */
  #isNews({ id, outcome, waitingFor, cause }: HandshakeRow): boolean {
    if (outcome === 'open' || waitingFor !== null) return false
    const result = `${outcome} ${cause}`
    if (this.#said.get(id) === result) return false
    this.#said.set(id, result)
    for (const old of [...this.#said.keys()].slice(0, -BATCH)) this.#said.delete(old)
    return true
  }
}
