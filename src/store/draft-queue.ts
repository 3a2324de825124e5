/** Drafts on their way to the database: collected for some milliseconds, kept while the disk refuses, bounded. */
import { explainStoreError, type StoreError } from './error.ts'
import type { GrownHandshake } from './exchanges.ts'
import type { HandshakeDraft } from './store.ts'

/** What is written in one transaction. */
export interface Batch {
  readonly drafts: readonly HandshakeDraft[]
  /** Handshakes that were put before and have more exchanges now. */
  readonly grown: readonly GrownHandshake[]
  readonly runChanges: readonly ((seq: number) => void)[]
}

export interface DraftQueueOptions {
  readonly place: string
  readonly flushMs: number
  /** Writes all or nothing. */
  readonly write: (batch: Batch) => void
  /** Called after a write, when the queue is empty again: what is called here may read, and so flush. */
  readonly written: () => void
  readonly warn: (line: string) => void
}

/** One draft a key, the last one wins. A failure is told once, until a write succeeds again. */
export class DraftQueue {
  readonly #options: DraftQueueOptions
  readonly #drafts = new Map<string, HandshakeDraft>()
  readonly #grown = new Map<string, GrownHandshake>()
  #runChanges: ((seq: number) => void)[] = []
  #timer: NodeJS.Timeout | undefined
  /** The timer is one for exchanges: a row that comes meanwhile is written sooner. */
  #isPatient = false
  #octets = 0
  #lost = 0
  #isTold = false

  constructor(options: DraftQueueOptions) {
    this.#options = options
  }

  put(draft: HandshakeDraft): void {
    this.#remove(draft.key)
    this.#grown.delete(draft.key)
    this.#drafts.set(draft.key, draft)
    this.#octets += weigh(draft)
    this.#shrink()
    this.#schedule(this.#options.flushMs)
  }

  /** Exchanges come by the hundred a second; they wait a little longer, so that more of them are written at once. */
  addExchanges(grown: GrownHandshake): void {
    const draft = this.#drafts.get(grown.key)
    if (draft === undefined) this.#grown.set(grown.key, grown)
    else if (draft.http !== grown.http) this.#drafts.set(grown.key, { ...draft, http: grown.http })
    this.#schedule(EXCHANGES_TIMES * this.#options.flushMs, true)
  }

  changeRun(change: (seq: number) => void): void {
    this.#runChanges.push(change)
    this.#schedule(this.#options.flushMs)
  }

  /** Write everything now. @throws StoreError when the database refuses; the drafts stay queued */
  flush(): void {
    if (this.#drafts.size === 0 && this.#grown.size === 0 && this.#runChanges.length === 0) return
    this.#options.write({ drafts: [...this.#drafts.values()], grown: [...this.#grown.values()], runChanges: this.#runChanges })
    this.clear()
    this.#recover()
    this.#options.written()
  }

  /** Like `flush`, but a refusal is told by `warn` and tried again later. */
  tryFlush(): void {
    try {
      this.flush()
    } catch (error) {
      const known = explainStoreError(error, this.#options.place)
      if (known === undefined) throw error
      this.#tell(known)
      this.#schedule(known.code === 'busy' ? this.#options.flushMs : RETRY_MS)
    }
  }

  /** Drop everything that is queued (it was asked to be forgotten). */
  clear(): void {
    this.#drafts.clear()
    this.#grown.clear()
    this.#runChanges = []
    this.#octets = 0
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #schedule(afterMs: number, isPatient = false): void {
    if (this.#timer !== undefined && (isPatient || !this.#isPatient)) return
    clearTimeout(this.#timer)
    this.#isPatient = isPatient
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.tryFlush()
    }, afterMs)
    this.#timer.unref()
  }

  #tell(error: StoreError): void {
    if (this.#isTold) return
    this.#isTold = true
    this.#options.warn(`${error.message}. ${error.fix}`)
  }

  #recover(): void {
    if (this.#isTold)
      this.#options.warn(`the database can be written again (${this.#options.place}); handshakes lost meanwhile: ${this.#lost}`)
    this.#isTold = false
    this.#lost = 0
  }

  #shrink(): void {
    for (const key of this.#drafts.keys()) {
      if (this.#drafts.size <= MAX_DRAFTS && this.#octets <= MAX_OCTETS) return
      this.#remove(key)
      this.#lost++
    }
  }

  #remove(key: string): void {
    const old = this.#drafts.get(key)
    if (old === undefined) return
    this.#drafts.delete(key)
    this.#octets -= weigh(old)
  }
}

/** About what a draft keeps in memory. */
function weigh(draft: HandshakeDraft): number {
  return draft.messages.reduce((sum, message) => sum + (message.octets?.length ?? 0), BASE_OCTETS + 100 * draft.records.length)
}

const RETRY_MS = 1_000
/** How much longer exchanges wait than rows do. */
const EXCHANGES_TIMES = 5
const BASE_OCTETS = 4_096
/** Bounds of what waits while the disk refuses; the oldest go first. */
const MAX_DRAFTS = 10_000
const MAX_OCTETS = 64 * 1024 * 1024
