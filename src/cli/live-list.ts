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

/**
 * Retries of the same run, host and cause share one line on a terminal; elsewhere each settled handshake is one line.
 * On a terminal what is still open stands on one line of its own below the others, which comes and goes.
 */
class FoldedLines {
  readonly #options: LiveListOptions
  /** The settled line that was written last: whose, and how many it stands for. */
  #last: { readonly key: string; readonly ids: Set<number> } | null = null
  /** What was said of the newest rows. */
  readonly #said = new Map<number, string>()
  /** Handshakes that are not settled, oldest first. */
  readonly #open = new Map<number, HandshakeRow>()
  /** The last line in JSON of rows that are open, but for its seq. */
  readonly #lines = new Map<number, string>()
  #showsOpen = false

  constructor(options: LiveListOptions) {
    this.#options = options
  }

  show(row: HandshakeRow): void {
    if (row.mode === 'probe') return
    const { json, stdout, style } = this.#options
    if (json) this.#showAsJson(row)
    else if (stdout.isTTY) this.#showOnTerminal(row)
    else if (this.#isNews(row)) stdout.write(`${serveLine(row, 1, style)}\n`)
  }

  /** HTTP goes on in a connection that is open, some times a second: its row has a new seq each time, and no other news. */
  #showAsJson(row: HandshakeRow): void {
    const line = jsonText({ ...row, seq: 0 })
    const isSaid = this.#lines.get(row.id) === line
    this.#lines.delete(row.id)
    if (row.outcome === 'open') this.#lines.set(row.id, line)
    for (const old of [...this.#lines.keys()].slice(0, -BATCH)) this.#lines.delete(old)
    if (!isSaid) this.#options.stdout.write(`${jsonText(row)}\n`)
  }

  #showOnTerminal(row: HandshakeRow): void {
    if (isPending(row)) this.#open.set(row.id, row)
    else this.#open.delete(row.id)
    const erase = this.#showsOpen ? UP : ''
    const waiting = this.#waitingLine()
    this.#options.stdout.write(erase + this.#settledLine(row) + waiting)
    this.#showsOpen = waiting !== ''
  }

  /** The line of a row that has just settled; it takes the place of the last one where both say the same. "" where nothing is new. */
  #settledLine(row: HandshakeRow): string {
    if (!this.#isNews(row)) return ''
    const key = `${row.runId} ${row.host} ${row.cause ?? row.outcome}`
    const isSame = this.#last !== null && (this.#last.key === key || (this.#last.ids.size === 1 && this.#last.ids.has(row.id)))
    const ids = isSame && this.#last !== null ? this.#last.ids.add(row.id) : new Set([row.id])
    this.#last = { key, ids }
    return `${isSame ? UP : ''}${serveLine(row, ids.size, this.#options.style)}\n`
  }

  /** The handshake that is open for the longest time; "" where none is. */
  #waitingLine(): string {
    const [oldest] = this.#open.values()
    return oldest === undefined ? '' : `${serveLine(oldest, this.#open.size, this.#options.style)}\n`
  }

  /** Settled, and not said before with the same result: a `run` beside us judges its rows anew at its end. */
  #isNews({ id, outcome, waitingFor, cause }: HandshakeRow): boolean {
    if (isPending({ outcome, waitingFor })) return false
    const result = `${outcome} ${cause}`
    if (this.#said.get(id) === result) return false
    this.#said.set(id, result)
    for (const old of [...this.#said.keys()].slice(0, -BATCH)) this.#said.delete(old)
    return true
  }
}

/** Open, or failed and still looked at. */
function isPending({ outcome, waitingFor }: Pick<HandshakeRow, 'outcome' | 'waitingFor'>): boolean {
  return outcome === 'open' || waitingFor !== null
}

/** Erase the line above and begin it anew. */
const UP = '\u001b[1A\u001b[2K\r'
