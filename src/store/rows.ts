/** Read the rows of the list. */
import type { StageState } from '../contract/handshake.ts'
import { parseFilter } from '../filter/parse.ts'
import type { Database } from './driver.ts'
import { type Condition, compileFilter } from './filter-sql.ts'
import type { HandshakeRow, RowQuery } from './store.ts'
import type { Value } from './value.ts'

/** Reads rows on one connection. */
export interface RowReader {
  /** Newest first. @throws FilterError when the filter text cannot be read */
  readonly rows: (query: RowQuery) => HandshakeRow[]
  readonly count: (filter: string) => number
  readonly changedSince: (seq: number, limit: number) => HandshakeRow[]
}

/** Prepare the statements once. */
export function prepareRowReader(database: Database): RowReader {
  const startOf = database.prepare<[number], string>('SELECT started_at FROM handshakes WHERE id = ?').pluck()
  const changed = database.prepare<[number, number], RowColumns>(
    `SELECT ${COLUMNS} FROM handshakes AS h WHERE seq > ? ORDER BY seq LIMIT ?`,
  )
  const addStages = prepareStages(database)
  return {
    rows(query) {
      const { sql, values } = conditionOf(query, (id) => startOf.get(id))
      const select = database.prepare<Value[], RowColumns>(
        `SELECT ${COLUMNS} FROM handshakes AS h WHERE ${sql} ORDER BY started_at DESC, id DESC LIMIT ?`,
      )
      return addStages(select.all(...values, query.limit))
    },
    count(filter) {
      const { sql, values } = conditionOf({ limit: 0, filter }, () => undefined)
      return (
        database
          .prepare<Value[], number>(`SELECT count(*) FROM handshakes AS h WHERE ${sql}`)
          .pluck()
          .get(...values) ?? 0
      )
    },
    changedSince: (seq, limit) => addStages(changed.all(seq, limit)),
  }
}

type RowColumns = Omit<HandshakeRow, 'stages' | 'imported'> & { readonly imported: string | null }

function conditionOf(query: RowQuery, startOf: (id: number) => string | undefined): Condition {
  const conditions: Condition[] = []
  if (query.before !== undefined) conditions.push(olderThan(query.before, startOf(query.before)))
  if (query.runId !== undefined) conditions.push({ sql: 'h.run_id = ?', values: [query.runId] })
  if (query.since !== undefined) conditions.push({ sql: 'h.started_at >= ?', values: [query.since] })
  if (query.filter) conditions.push(compileFilter(parseFilter(query.filter, new Date())))
  if (conditions.length === 0) return { sql: '1', values: [] }
  return { sql: conditions.map(({ sql }) => sql).join(' AND '), values: conditions.flatMap(({ values }) => values) }
}

/** A row that was deleted meanwhile still has its place by id. */
function olderThan(id: number, startedAt: string | undefined): Condition {
  if (startedAt === undefined) return { sql: 'h.id < ?', values: [id] }
  return { sql: '(h.started_at, h.id) < (?, ?)', values: [startedAt, id] }
}

/** Stages are read for a stretch of rows at once: one statement instead of one a row. */
function prepareStages(database: Database): (rows: readonly RowColumns[]) => HandshakeRow[] {
  const stagesOf = database
    .prepare<[string], StageColumns>(
      `SELECT handshake_id, position, stage, leg, status, source, at_ms, duration_ms
       FROM json_each(?) AS wanted CROSS JOIN stages ON handshake_id = wanted.value`,
    )
    .raw()
  return (rows) => {
    const stages = new Map<number, StageState[]>(rows.map((row) => [row.id, []]))
    const ids = rows.map((row) => row.id).toSorted((a, b) => a - b)
    for (const [id, position, stage, leg, status, source, atMs, durationMs] of stagesOf.all(JSON.stringify(ids))) {
      const list = stages.get(id)
      if (list) list[position] = { stage, leg, status, source, atMs, durationMs }
    }
    return rows.map(({ imported, ...row }) => {
      const source = imported === null ? {} : { imported }
      return { ...row, ...source, stages: stages.get(row.id) ?? [] }
    })
  }
}

type StageColumns = [
  id: number,
  position: number,
  stage: StageState['stage'],
  leg: StageState['leg'],
  status: StageState['status'],
  source: StageState['source'],
  atMs: number | null,
  durationMs: number | null,
]

const COLUMNS = `h.id, seq, run_id AS runId, mode, started_at AS startedAt, duration_ms AS durationMs, outcome, host, port, leg, stage, cause,
  title, version, alpn, key_group AS "group", issuer, ja4, waiting_for AS waitingFor, probe_of AS probeOf, via AS route, imported`
