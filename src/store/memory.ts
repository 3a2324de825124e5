/** The same store in memory, for a machine where better-sqlite3 cannot be loaded: nothing is kept when the program ends. */
import { randomUUID } from 'node:crypto'
import type { Diagnosis, Warning } from '../contract/diagnosis.ts'
import type { Run } from '../contract/document.ts'
import type { Handshake, HttpExchange } from '../contract/handshake.ts'
import { makeMatcher } from '../filter/match.ts'
import { parseFilter } from '../filter/parse.ts'
import type { Flight } from '../handshake/flight.ts'
import type { SeenMessage } from '../handshake/transcript.ts'
import { readNames } from '../x509/names.ts'
import { type FoundDiagnosis, groupDiagnoses, groupKey } from './group.ts'
import { summarise } from './row.ts'
import type { ChangedRun, HandshakeDraft, HandshakeRow, RowQuery, RunEnd, RunStart, Store } from './store.ts'

/** An empty store that lives as long as this object. */
export function openMemoryStore(): Store {
  return new MemoryStore()
}

interface KeptHandshake {
  readonly id: number
  readonly seq: number
  readonly draft: HandshakeDraft
  readonly probeOf: number | null
  /** Id of its first finding, kept when it is judged again. */
  readonly findingId: number | null
}

interface KeptRun {
  readonly seq: number
  readonly run: Run
  readonly warnings: readonly Warning[]
}

class MemoryStore implements Store {
  readonly place = 'memory'
  readonly #handshakes = new Map<number, KeptHandshake>()
  readonly #runs = new Map<number, KeptRun>()
  readonly #ids = new Map<string, number>()
  readonly #listeners = new Set<() => void>()
  #epoch: string = randomUUID()
  #seq = 0
  #lastId = { handshake: 0, run: 0, finding: 0 }

  readonly epoch = (): string => this.#epoch
  readonly seq = (): number => this.#seq

  startRun({ argv, startedAt, go }: RunStart): number {
    const id = ++this.#lastId.run
    const run = { id, argv, startedAt, durationMs: null, exitCode: null, signal: null, go, stderrTail: '' }
    this.#runs.set(id, { seq: ++this.#seq, run, warnings: [] })
    this.#tell()
    return id
  }

  describeRun(id: number, go: Run['go']): void {
    this.#changeRun(id, (kept) => ({ ...kept, run: { ...kept.run, go } }))
  }

  endRun(id: number, { durationMs, exitCode, signal, stderrTail, warnings }: RunEnd): void {
    this.#changeRun(id, (kept) => ({ ...kept, run: { ...kept.run, durationMs, exitCode, signal, stderrTail }, warnings }))
  }

  put(draft: HandshakeDraft): void {
    if (draft.runId !== null && !this.#runs.has(draft.runId)) return
    const id = this.#ids.get(draft.key) ?? ++this.#lastId.handshake
    const findingId = draft.findings.length === 0 ? null : (this.#handshakes.get(id)?.findingId ?? ++this.#lastId.finding)
    const probed = draft.probeOfKey === null ? draft.probeOfId : this.#ids.get(draft.probeOfKey)
    this.#ids.set(draft.key, id)
    this.#handshakes.set(id, { id, seq: ++this.#seq, draft, probeOf: probed ?? null, findingId })
    this.#tell()
  }

  addExchanges(key: string, http: readonly HttpExchange[]): void {
    const kept = this.#handshakes.get(this.#ids.get(key) ?? -1)
    if (kept === undefined) return
    this.#handshakes.set(kept.id, { ...kept, seq: ++this.#seq, draft: { ...kept.draft, http } })
    this.#tell()
  }

  flush(): void {}

  idOf(key: string): number | undefined {
    return this.#ids.get(key)
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  rows(query: RowQuery): readonly HandshakeRow[] {
    const filter = parseFilter(query.filter ?? '', new Date())
    const before = query.before === undefined ? undefined : this.#handshakes.get(query.before)
    return [...this.#handshakes.values()]
      .filter((kept) => query.before === undefined || (before ? compareAge(kept, before) < 0 : kept.id < query.before))
      .filter(({ draft }) => query.runId === undefined || draft.runId === query.runId)
      .filter(({ draft }) => query.since === undefined || draft.startedAt >= query.since)
      .sort((a, b) => compareAge(b, a))
      .map(rowOf)
      .filter(makeMatcher(filter))
      .slice(0, query.limit)
  }

  countRows(filter: string): number {
    return this.rows({ limit: Number.POSITIVE_INFINITY, filter }).length
  }

  changedSince(seq: number, limit: number): readonly HandshakeRow[] {
    return newer([...this.#handshakes.values()], seq, limit).map(rowOf)
  }

  changedRunsSince(seq: number, limit: number): readonly ChangedRun[] {
    return newer([...this.#runs.values()], seq, limit).map((kept) => ({ seq: kept.seq, run: kept.run }))
  }

  handshake(id: number): Handshake | undefined {
    const kept = this.#handshakes.get(id)
    if (kept === undefined) return undefined
    const {
      key: _key,
      probeOfKey: _probeOfKey,
      probeOfId: _probeOfId,
      messages: _messages,
      flight: _flight,
      findings: _findings,
      ...facts
    } = kept.draft
    return { ...facts, id, probeOf: kept.probeOf, diagnosis: this.#groupOf(kept)?.id ?? null }
  }

  messages(id: number): readonly SeenMessage[] {
    return this.#handshakes.get(id)?.draft.messages ?? []
  }

  flight(id: number): Flight | undefined {
    return this.#handshakes.get(id)?.draft.flight
  }

  diagnosis(id: number): Diagnosis | undefined {
    const kept = [...this.#handshakes.values()].find((one) => one.findingId === id)
    return kept && this.#groupOf(kept)
  }

  diagnoses({ runId, handshakeIds }: { readonly runId?: number; readonly handshakeIds?: readonly number[] }): readonly Diagnosis[] {
    const found = this.#found()
      .filter((one) => runId === undefined || one.runId === runId)
      .filter((one) => handshakeIds === undefined || handshakeIds.includes(one.handshakeId))
    return groupDiagnoses(found)
  }

  warnings(runId: number): readonly Warning[] {
    return this.#runs.get(runId)?.warnings ?? []
  }

  run(id: number): Run | undefined {
    return this.#runs.get(id)?.run
  }

  runs(limit: number): readonly Run[] {
    return [...this.#runs.values()]
      .map(({ run }) => run)
      .reverse()
      .slice(0, limit)
  }

  handshakeIdsOfRun(runId: number): readonly number[] {
    return [...this.#handshakes.values()].filter(({ draft }) => draft.runId === runId).map(({ id }) => id)
  }

  counts(): ReturnType<Store['counts']> {
    const drafts = [...this.#handshakes.values()].map(({ draft }) => draft)
    const failed = drafts.filter(({ outcome, mode }) => outcome === 'failed' && mode !== 'probe').length
    return { handshakes: drafts.length, failed, runs: this.#runs.size, sizeBytes: 0 }
  }

  certificatesBySubject(subjectDer: Uint8Array): readonly Uint8Array[] {
    const seen = [...this.#handshakes.values()].filter(({ draft }) => draft.imported === undefined)
    const chains = seen.flatMap(({ draft }) => draft.certificates?.chain ?? [])
    const authorities = new Map(chains.filter(({ isCa }) => isCa).map(({ sha256, der }) => [sha256, Buffer.from(der, 'base64')]))
    const wanted = Buffer.from(subjectDer)
    return [...authorities.values()].filter((der) => {
      const names = readNames(der)
      return names !== null && wanted.equals(names.subject) && !wanted.equals(names.issuer)
    })
  }

  forget(what: { readonly runId: number } | 'all'): number {
    const ids = what === 'all' ? [...this.#handshakes.keys()] : this.handshakeIdsOfRun(what.runId)
    if (what === 'all') this.#runs.clear()
    else this.#runs.delete(what.runId)
    this.#drop(ids)
    return ids.length
  }

  retain({ maxAgeDays }: { readonly maxAgeDays: number; readonly maxBytes: number }): number {
    const oldest = new Date(Date.now() - maxAgeDays * 86_400_000).toISOString()
    const ids = [...this.#handshakes.values()].filter(({ draft }) => draft.startedAt < oldest).map(({ id }) => id)
    if (ids.length > 0) this.#drop(ids)
    return ids.length
  }

  close(): void {
    this.#listeners.clear()
  }

  #drop(ids: readonly number[]): void {
    for (const id of ids) {
      const key = this.#handshakes.get(id)?.draft.key
      if (key !== undefined) this.#ids.delete(key)
      this.#handshakes.delete(id)
    }
    this.#epoch = randomUUID()
    this.#seq++
    this.#tell()
  }

  #changeRun(id: number, change: (kept: KeptRun) => KeptRun): void {
    const kept = this.#runs.get(id)
    if (kept === undefined) return
    this.#runs.set(id, { ...change(kept), seq: ++this.#seq })
    this.#tell()
  }

  #found(): FoundDiagnosis[] {
    return [...this.#handshakes.values()].flatMap(findingOf)
  }

  #groupOf(kept: KeptHandshake): Diagnosis | undefined {
    const [own] = findingOf(kept)
    if (own === undefined) return undefined
    const key = groupKey(own)
    return groupDiagnoses(this.#found().filter((one) => groupKey(one) === key))[0]
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}

function findingOf({ id, draft, findingId }: KeptHandshake): FoundDiagnosis[] {
  const [first] = draft.findings
  if (first === undefined || findingId === null) return []
  const { facts: _facts, ...finding } = first
  return [{ id: findingId, handshakeId: id, runId: draft.runId, finding }]
}

function rowOf({ id, seq, draft, probeOf }: KeptHandshake): HandshakeRow {
  return { id, seq, runId: draft.runId, probeOf, ...summarise(draft) }
}

function newer<T extends { readonly seq: number }>(kept: readonly T[], seq: number, limit: number): T[] {
  return kept
    .filter((one) => one.seq > seq)
    .sort((a, b) => a.seq - b.seq)
    .slice(0, limit)
}

function compareAge(a: KeptHandshake, b: KeptHandshake): number {
  if (a.draft.startedAt !== b.draft.startedAt) return a.draft.startedAt < b.draft.startedAt ? -1 : 1
  return a.id - b.id
}
