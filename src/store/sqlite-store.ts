/** The store on SQLite: one connection, one queue, prepared statements. */
import { statSync } from 'node:fs'
import type { Diagnosis, Warning } from '../contract/diagnosis.ts'
import type { Run } from '../contract/document.ts'
import type { Handshake, HttpExchange } from '../contract/handshake.ts'
import type { Flight } from '../handshake/flight.ts'
import type { SeenMessage } from '../handshake/transcript.ts'
import { ChangeWatch } from './change-watch.ts'
import { attempt, type Connection } from './connect.ts'
import { type DiagnosisReader, prepareDiagnosisReader } from './diagnoses.ts'
import { DraftQueue } from './draft-queue.ts'
import { type Database, WAIT_MS } from './driver.ts'
import { forgetRows, retainRows } from './erase.ts'
import { type HandshakeReader, prepareReader } from './read.ts'
import { prepareRowReader, type RowReader } from './rows.ts'
import { prepareRuns, type RunTable } from './runs.ts'
import type { ChangedRun, HandshakeDraft, HandshakeRow, RowQuery, RunEnd, RunStart, Store } from './store.ts'
import { octets } from './value.ts'
import { prepareBatchWriter } from './write-batch.ts'

export interface SqliteStoreOptions {
  readonly warn: (line: string) => void
  readonly flushMs: number
  readonly pollMs: number
  readonly waitMs: number
}

/** See `Store`. Reads write the queue first; a queue that cannot be written is told once by `warn` and does not stop the read. */
export class SqliteStore implements Store {
  readonly place: string
  readonly #database: Database
  readonly #queue: DraftQueue
  readonly #watch: ChangeWatch
  readonly #ids = new Map<string, number>()
  readonly #handshakes: HandshakeReader
  readonly #rows: RowReader
  readonly #diagnoses: DiagnosisReader
  readonly #runs: RunTable
  readonly #waitMs: number
  readonly #seq: () => number
  readonly #epoch: () => string

  constructor({ database, path }: Connection, options: SqliteStoreOptions) {
    this.place = path
    this.#database = database
    this.#waitMs = options.waitMs
    this.#watch = new ChangeWatch(database, options.pollMs)
    const write = prepareBatchWriter(database, this.#ids, options.warn)
    this.#queue = new DraftQueue({
      place: path,
      flushMs: options.flushMs,
      warn: options.warn,
      write: (batch) => this.#remember(write(batch)),
      written: () => this.#watch.tell(),
    })
    this.#handshakes = prepareReader(database)
    this.#rows = prepareRowReader(database)
    this.#diagnoses = prepareDiagnosisReader(database)
    this.#runs = prepareRuns(database)
    const seq = database.prepare<[], number>('SELECT seq FROM change_counter').pluck()
    const epoch = database.prepare<[], string>(`SELECT value FROM settings WHERE name = 'epoch'`).pluck()
    this.#seq = () => seq.get() ?? 0
    this.#epoch = () => epoch.get() ?? ''
  }

  readonly epoch = (): string => this.#read(this.#epoch)
  readonly seq = (): number => this.#read(this.#seq)

  startRun(run: RunStart): number {
    const start = this.#database.transaction(() => {
      this.#database.exec('UPDATE change_counter SET seq = seq + 1')
      return this.#runs.start(this.#seq(), run)
    })
    const id = attempt(this.place, () => this.#waitLong(() => start.immediate()))
    this.#watch.tell()
    return id
  }

  describeRun(id: number, go: Run['go']): void {
    this.#queue.changeRun((seq) => this.#runs.describe(seq, id, go))
  }

  endRun(id: number, end: RunEnd): void {
    this.#queue.changeRun((seq) => this.#runs.end(seq, id, end))
    this.#waitLong(() => this.#queue.tryFlush())
  }

  put(draft: HandshakeDraft): void {
    if (this.#database.open) this.#queue.put(draft)
  }

  addExchanges(key: string, http: readonly HttpExchange[]): void {
    if (this.#database.open) this.#queue.addExchanges({ key, http })
  }

  flush(): void {
    attempt(this.place, () => this.#waitLong(() => this.#queue.flush()))
  }

  idOf(key: string): number | undefined {
    return this.#ids.get(key)
  }

  onChange(listener: () => void): () => void {
    return this.#watch.listen(listener)
  }

  rows(query: RowQuery): readonly HandshakeRow[] {
    return this.#read(() => this.#rows.rows(query))
  }

  countRows(filter: string): number {
    return this.#read(() => this.#rows.count(filter))
  }

  changedSince(seq: number, limit: number): readonly HandshakeRow[] {
    return this.#read(() => this.#rows.changedSince(seq, limit))
  }

  changedRunsSince(seq: number, limit: number): readonly ChangedRun[] {
    return this.#read(() => this.#runs.changedSince(seq, limit))
  }

  handshake(id: number): Handshake | undefined {
    return this.#read(() => this.#handshakes.handshake(id, this.#diagnoses.idOfHandshake(id)))
  }

  messages(id: number): readonly SeenMessage[] {
    return this.#read(() => this.#handshakes.messages(id))
  }

  flight(id: number): Flight | undefined {
    return this.#read(() => this.#handshakes.flight(id))
  }

  diagnosis(id: number): Diagnosis | undefined {
    return this.#read(() => this.#diagnoses.one(id))
  }

  diagnoses(filter: { readonly runId?: number; readonly handshakeIds?: readonly number[] }): readonly Diagnosis[] {
    return this.#read(() => this.#diagnoses.some(filter))
  }

  warnings(runId: number): readonly Warning[] {
    return this.#read(() => this.#runs.warnings(runId))
  }

  run(id: number): Run | undefined {
    return this.#read(() => this.#runs.one(id))
  }

  runs(limit: number): readonly Run[] {
    return this.#read(() => this.#runs.newest(limit))
  }

  handshakeIdsOfRun(runId: number): readonly number[] {
    const ids = this.#database.prepare<[number], number>('SELECT id FROM handshakes WHERE run_id = ? ORDER BY id').pluck()
    return this.#read(() => ids.all(runId))
  }

  counts(): ReturnType<Store['counts']> {
    const one = (sql: string) => Number(this.#database.prepare(sql).pluck().get())
    return this.#read(() => ({
      handshakes: one('SELECT count(*) FROM handshakes'),
      failed: one(`SELECT count(*) FROM handshakes WHERE outcome = 'failed' AND mode <> 'probe'`),
      runs: one('SELECT count(*) FROM runs'),
      sizeBytes: fileBytes(this.place) + fileBytes(`${this.place}-wal`),
    }))
  }

  certificatesBySubject(subjectDer: Uint8Array): readonly Uint8Array[] {
    const wanted = this.#database
      .prepare<[Buffer], Buffer>(
        `SELECT der FROM certificates AS c WHERE subject_der = ? AND is_ca = 1 AND issuer_der <> subject_der AND EXISTS
         (SELECT 1 FROM chains JOIN handshakes AS h ON h.id = handshake_id WHERE sha256 = c.sha256 AND h.imported IS NULL)
         ORDER BY not_after DESC LIMIT 16`,
      )
      .pluck()
    return this.#read(() => wanted.all(octets(subjectDer)).map((der) => new Uint8Array(der)))
  }

  forget(what: { readonly runId: number } | 'all'): number {
    if (what === 'all') this.#queue.clear()
    else this.#queue.tryFlush()
    if (what === 'all') this.#ids.clear()
    const count = attempt(this.place, () => this.#waitLong(() => forgetRows(this.#database, this.place, what)))
    this.#watch.tell()
    return count
  }

  retain(limits: { readonly maxAgeDays: number; readonly maxBytes: number }): number {
    const count = this.#read(() => this.#waitLong(() => retainRows(this.#database, limits, new Date())))
    if (count > 0) this.#watch.tell()
    return count
  }

  close(): void {
    if (!this.#database.open) return
    this.#waitLong(() => this.#queue.tryFlush())
    this.#queue.stop()
    this.#watch.stop()
    this.#database.close()
  }

  #read<T>(action: () => T): T {
    this.#queue.tryFlush()
    return attempt(this.place, action)
  }

  /** Where somebody waits for the answer, another writer is waited for longer than in the middle of relaying. */
  #waitLong<T>(action: () => T): T {
    this.#database.pragma(`busy_timeout = ${this.#waitMs}`)
    try {
      return action()
    } finally {
      this.#database.pragma(`busy_timeout = ${WAIT_MS}`)
    }
  }

  #remember(ids: ReadonlyMap<string, number>): void {
    for (const [key, id] of ids) {
      this.#ids.delete(key)
      this.#ids.set(key, id)
    }
    for (const key of this.#ids.keys()) {
      if (this.#ids.size <= MAX_KEYS) break
      this.#ids.delete(key)
    }
  }
}

function fileBytes(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

/** Keys of connections whose rows can still be updated by this process; the longest untouched go first. */
const MAX_KEYS = 100_000
