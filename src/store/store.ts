/** The interface of the store; SQLite stands behind it (`open.ts`), memory where better-sqlite3 cannot be loaded (`memory.ts`). */
import type { Diagnosis, Warning } from '../contract/diagnosis.ts'
import type { Run } from '../contract/document.ts'
import type { Handshake, HttpExchange } from '../contract/handshake.ts'
import type { DiagnosisDraft } from '../diagnosis/draft.ts'
import type { Flight } from '../handshake/flight.ts'
import type { SeenMessage } from '../handshake/transcript.ts'

/** A handshake on its way in: its id is given when it is written; until then `key` names it. The same key updates the same row. */
export interface HandshakeDraft extends Omit<Handshake, 'id' | 'diagnosis' | 'probeOf'> {
  readonly key: string
  /** Key of the handshake that this probe repeats. */
  readonly probeOfKey: string | null
  /** Its id, where the key is not known because another process wrote it. */
  readonly probeOfId?: number
  /** Handshake messages with their octets, kept once the handshake is over. */
  readonly messages: readonly SeenMessage[]
  /** Octets and handshake secrets of a probe; absent for connections of others. */
  readonly flight?: Flight
  /** The findings of this handshake, most important first; [] while open or passed. Only the first makes the diagnosis, the rest are kept. */
  readonly findings: readonly DiagnosisDraft[]
}

/** A row of the list: what the page and `ls` show of each handshake. */
export interface HandshakeRow {
  readonly id: number
  readonly seq: number
  readonly runId: number | null
  readonly mode: Handshake['mode']
  readonly startedAt: string
  readonly durationMs: number | null
  readonly outcome: Handshake['outcome']
  readonly host: string
  readonly port: number
  readonly leg: string | null
  readonly stage: string | null
  readonly cause: string | null
  readonly title: string | null
  readonly version: string | null
  readonly alpn: string | null
  readonly group: string | null
  readonly issuer: string | null
  readonly ja4: string | null
  readonly waitingFor: string | null
  readonly probeOf: number | null
  /** Name of the capture file that it was imported from; absent for what whytls saw itself. */
  readonly imported?: string
  /** Via which parent proxy, "" when direct. */
  readonly route: string
  /** stage + leg -> status, for the small track. */
  readonly stages: Handshake['stages']
}

export interface RunStart {
  readonly argv: readonly string[]
  readonly startedAt: string
  readonly go: Run['go']
}

export interface RunEnd {
  readonly durationMs: number
  readonly exitCode: number | null
  readonly signal: string | null
  readonly stderrTail: string
  readonly warnings: readonly Warning[]
}

export interface Store {
  /** Where it lives, for people; "memory" when nothing is kept. */
  readonly place: string
  /** Changes when the database is another one or rows were forgotten: pages drop their state. */
  readonly epoch: () => string
  /** Number of the last change; every write of a handshake or run raises it. */
  readonly seq: () => number
  /** Written at once. */
  startRun(run: RunStart): number
  /** Update go's facts once known. */
  describeRun(id: number, go: Run['go']): void
  endRun(id: number, end: RunEnd): void
  /** Queue a row; written within 50 ms. Its `http` may only be longer than in the put before: what was written of it is not written again. */
  put(draft: HandshakeDraft): void
  /**
   * Queue the exchanges, all so far, of a handshake that was put before; those that are new are written within 250 ms, and the row counts as
   * changed. A key whose row is not known any more is left out.
   */
  addExchanges(key: string, http: readonly HttpExchange[]): void
  /** Write all that is queued now; throws StoreError when the disk refuses. */
  flush(): void
  /** The id of a written draft, undefined before its flush. */
  idOf(key: string): number | undefined
  /** Called after each write with the changed row ids, own or (by polling data_version) of other processes. Returns how to stop. */
  onChange(listener: () => void): () => void
  rows(query: RowQuery): readonly HandshakeRow[]
  /** How many rows match a filter; "" = all. */
  countRows(filter: string): number
  /** Rows changed after `seq`, oldest change first, at most `limit`. */
  changedSince(seq: number, limit: number): readonly HandshakeRow[]
  /** Runs changed after `seq`, oldest change first, at most `limit`; runs and handshakes share one counter. */
  changedRunsSince(seq: number, limit: number): readonly ChangedRun[]
  handshake(id: number): Handshake | undefined
  /** Octets of the handshake messages of one handshake. */
  messages(id: number): readonly SeenMessage[]
  /** Octets and handshake secrets of a probe, undefined where none are kept. */
  flight(id: number): Flight | undefined
  diagnosis(id: number): Diagnosis | undefined
  diagnoses(filter: { readonly runId?: number; readonly handshakeIds?: readonly number[] }): readonly Diagnosis[]
  warnings(runId: number): readonly Warning[]
  run(id: number): Run | undefined
  runs(limit: number): readonly Run[]
  handshakeIdsOfRun(runId: number): readonly number[]
  counts(): { readonly handshakes: number; readonly failed: number; readonly runs: number; readonly sizeBytes: number }
  /** Intermediate certificates (DER) seen in live chains of earlier handshakes whose subject (raw DER name) equals `issuerDer`. */
  certificatesBySubject(subjectDer: Uint8Array): readonly Uint8Array[]
  /** Delete one run or everything, then vacuum; a new epoch begins. Returns how many handshakes went. */
  forget(what: { readonly runId: number } | 'all'): number
  /** Delete what is too old or too much; returns how many handshakes went. */
  retain(limits: { readonly maxAgeDays: number; readonly maxBytes: number }): number
  close(): void
}

/** A run with the number of its last change. */
export interface ChangedRun {
  readonly seq: number
  readonly run: Run
}

export interface RowQuery {
  readonly limit: number
  /** Rows older than this id (keyset on (startedAt, id)); absent = newest first page. */
  readonly before?: number
  /** Filter text of room `filter`; "" = all. */
  readonly filter?: string
  readonly runId?: number
  /** ISO time. */
  readonly since?: string
}
