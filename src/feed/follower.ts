/** One page that follows the store: where it stands, what it gets next. Nothing is queued for it; what it lacks is read from the store by `seq`. */
import type { Run } from '../contract/document.ts'
import { type Matcher, makeMatcher } from '../filter/match.ts'
import { parseFilter } from '../filter/parse.ts'
import { StoreError } from '../store/error.ts'
import type { HandshakeRow, Store } from '../store/store.ts'
import { readDelta } from './delta.ts'
import { takeFitting } from './fitting.ts'
import type { ClientMessage, ServerMessage } from './protocol.ts'

/** The socket of a page, as far as following needs it. */
export interface Line {
  readonly send: (message: ServerMessage) => void
  /** Octets that the socket has not passed on. */
  readonly waitingBytes: () => number
  /** Resolves when about everything was passed on, or the socket is gone. */
  readonly drained: () => Promise<void>
}

/** `new`: has not said hello; `filling`: gets its snapshot; `live`: gets deltas; `behind`: too slow, skipped until it drains; `asked`: was sent `gap`. */
type State = 'new' | 'filling' | 'live' | 'behind' | 'asked'

/** The next part of a snapshot. */
interface Part {
  readonly round: number
  readonly part: number
  readonly limit: number
  /** Rows that are still to come. */
  readonly left: number
  readonly before: number | undefined
}

/** @throws FilterError from `hear` when a filter cannot be read; the former one stays */
export class Follower {
  readonly #store: Store
  readonly #line: Line
  #state: State = 'new'
  #epoch = ''
  #seq = 0
  #acked = 0
  #filterText = ''
  #matches: Matcher = () => true
  /** Rows that a filtered page holds: it must hear when they match no more. */
  #held = new Set<number>()
  /** Raised by each hello or filter; an older snapshot that is still on its way then stops. */
  #round = 0

  constructor(store: Store, line: Line) {
    this.#store = store
    this.#line = line
  }

  get isNew(): boolean {
    return this.#state === 'new'
  }

  /** Take in a message of the page. */
  hear(message: ClientMessage): void {
    if (message.t === 'ack') {
      this.#acked = Math.max(this.#acked, Math.min(message.seq, this.#seq))
      return
    }
    this.#chooseFilter(message.q ?? (message.t === 'hello' ? '' : this.#filterText))
    if (this.#line.waitingBytes() > MAX_WAITING_BYTES) {
      // It asks and does not read: the answer is a gap, once it does.
      this.#round++
      this.#state = 'behind'
      return
    }
    if (message.t === 'hello' && this.#canResume(message)) this.#resume(message.seq ?? 0)
    else this.#fill()
  }

  /** The page is gone. */
  stop(): void {
    this.#round++
    this.#state = 'asked'
  }

  /** Send the next delta where there is one. @returns when to come again: `soon` more is there, `later` the page is slow, `idle` nothing to do */
  advance(): 'soon' | 'later' | 'idle' {
    if (this.#state === 'filling') return 'soon'
    if (this.#state === 'new' || this.#state === 'asked') return 'idle'
    if (this.#store.epoch() !== this.#epoch) {
      this.#fill()
      return 'soon'
    }
    if (this.#state === 'behind') return this.#isSlow() ? 'later' : this.#askAgain()
    return this.#sendDelta()
  }

  #isSlow(): boolean {
    return this.#line.waitingBytes() > MAX_WAITING_BYTES || this.#seq - this.#acked > MAX_UNACKED
  }

  #sendDelta(): 'soon' | 'later' | 'idle' {
    const delta = readDelta(this.#store, this.#seq)
    if (delta.to === this.#seq) return 'idle'
    const rows = this.#filterText === '' ? delta.rows : delta.rows.filter((row) => this.#concerns(row))
    this.#line.send({ t: 'd', from: this.#seq, to: delta.to, rows, runs: delta.runs.map(withoutOutput) })
    this.#seq = delta.to
    if (this.#isSlow()) {
      this.#state = 'behind'
      return 'later'
    }
    return delta.isMore ? 'soon' : 'idle'
  }

  #askAgain(): 'idle' {
    this.#state = 'asked'
    this.#line.send({ t: 'gap', to: this.#store.seq() })
    return 'idle'
  }

  #canResume({ epoch, seq }: Extract<ClientMessage, { t: 'hello' }>): boolean {
    if (epoch === undefined || seq === undefined || epoch !== this.#store.epoch()) return false
    const now = this.#store.seq()
    return seq <= now && now - seq <= MAX_RESUMED
  }

  #resume(seq: number): void {
    this.#round++
    this.#epoch = this.#store.epoch()
    this.#seq = seq
    this.#acked = seq
    this.#state = 'live'
    const total = this.#store.countRows(this.#filterText)
    this.#line.send({ t: 'welcome', epoch: this.#epoch, seq: this.#store.seq(), resume: true, total })
  }

  /** Welcome and snapshot: the newest rows in parts, each when the one before has left. */
  #fill(): void {
    const round = ++this.#round
    this.#state = 'filling'
    this.#held.clear()
    this.#epoch = this.#store.epoch()
    this.#seq = this.#acked = this.#store.seq()
    const total = this.#store.countRows(this.#filterText)
    this.#line.send({ t: 'welcome', epoch: this.#epoch, seq: this.#seq, resume: false, total })
    this.#sendPart({ round, part: 0, limit: FIRST_PART_ROWS, left: Math.min(total, MAX_SNAPSHOT_ROWS), before: undefined })
  }

  #sendPart({ round, part, limit, left, before }: Part): void {
    const read = this.#store.rows({ limit, filter: this.#filterText, ...(before === undefined ? {} : { before }) })
    const rows = takeFitting(read)
    if (this.#filterText !== '') for (const row of rows) this.#held.add(row.id)
    const runs = part === 0 ? this.#store.runs(MAX_RUNS).map(withoutOutput) : []
    const more = read.length < limit && rows === read ? 0 : Math.max(0, left - rows.length)
    const of = part + 1 + Math.ceil(more / PART_ROWS)
    this.#line.send({ t: 'snap', part, of, seq: this.#seq, rows, runs })
    // Long rows are read by the few: as many as went, and twice as many while they fit.
    const next = rows === read && part > 0 ? limit * 2 : Math.max(rows.length, rows === read ? PART_ROWS : 1)
    const step = { round, part: part + 1, limit: Math.min(PART_ROWS, next, more), left: more, before: rows.at(-1)?.id ?? before }
    void this.#goOn(step)
  }

  /** A store that refuses in the middle of a snapshot: the page is asked to begin again. */
  async #goOn(step: Part): Promise<void> {
    await this.#line.drained()
    if (step.round !== this.#round) return
    try {
      if (step.left > 0) this.#sendPart(step)
      else this.#state = 'live'
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      this.#state = 'behind'
    }
  }

  #concerns(row: HandshakeRow): boolean {
    const isMatch = this.#matches(row)
    if (isMatch) this.#held.add(row.id)
    return isMatch || this.#held.delete(row.id)
  }

  #chooseFilter(text: string): void {
    this.#matches = makeMatcher(parseFilter(text, new Date()))
    this.#filterText = text
  }
}

/** What go printed is up to 64 KiB a run and shown with a handshake only: the detail has it. */
function withoutOutput(run: Run): Run {
  return { ...run, stderrTail: '' }
}

const MAX_WAITING_BYTES = 1024 * 1024
const MAX_UNACKED = 10_000
const MAX_RESUMED = 50_000
const MAX_SNAPSHOT_ROWS = 10_000
/** What a screen shows comes at once. */
const FIRST_PART_ROWS = 200
/** Some 600 KB: what lies in memory for a page that does not read, with what waits (`MAX_WAITING_BYTES`) less than 2 MiB. */
const PART_ROWS = 500
const MAX_RUNS = 200
