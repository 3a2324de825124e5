/** Write and read runs and their warnings. */
import type { Warning } from '../contract/diagnosis.ts'
import type { Run } from '../contract/document.ts'
import type { RunColumns } from './columns.ts'
import type { Database } from './driver.ts'
import type { RunEnd, RunStart } from './store.ts'
import { json, parseJson, type Value } from './value.ts'

/** Runs on one connection. The writing functions need an open transaction and the next `seq`. */
export interface RunTable {
  readonly start: (seq: number, run: RunStart) => number
  readonly describe: (seq: number, id: number, go: Run['go']) => void
  readonly end: (seq: number, id: number, end: RunEnd) => void
  readonly one: (id: number) => Run | undefined
  readonly newest: (limit: number) => Run[]
  /** Oldest change first. */
  readonly changedSince: (seq: number, limit: number) => { readonly seq: number; readonly run: Run }[]
  readonly warnings: (id: number) => Warning[]
}

/** Prepare the statements once. */
export function prepareRuns(database: Database): RunTable {
  const insert = database.prepare('INSERT INTO runs (seq, argv, started_at, go_version, go_env) VALUES (?, ?, ?, ?, ?)')
  const describe = database.prepare('UPDATE runs SET seq = ?, go_version = ?, go_env = ? WHERE id = ?')
  const end = database.prepare('UPDATE runs SET seq = ?, duration_ms = ?, exit_code = ?, signal = ?, stderr_tail = ? WHERE id = ?')
  const clearWarnings = database.prepare('DELETE FROM warnings WHERE run_id = ?')
  const addWarning = database.prepare('INSERT INTO warnings (run_id, position, code, host, text) VALUES (?, ?, ?, ?, ?)')
  const one = database.prepare<[number], RunColumns>('SELECT * FROM runs WHERE id = ?')
  const newest = database.prepare<[number], RunColumns>('SELECT * FROM runs ORDER BY id DESC LIMIT ?')
  const changed = database.prepare<[number, number], RunColumns>('SELECT * FROM runs WHERE seq > ? ORDER BY seq LIMIT ?')
  const warnings = database.prepare<[number], Warning>('SELECT code, host, text FROM warnings WHERE run_id = ? ORDER BY position')
  return {
    start: (seq, run) => Number(insert.run(seq, json(run.argv), run.startedAt, ...goValues(run.go)).lastInsertRowid),
    describe: (seq, id, go) => void describe.run(seq, ...goValues(go), id),
    end(seq, id, facts) {
      const { changes } = end.run(seq, facts.durationMs, facts.exitCode, facts.signal, facts.stderrTail, id)
      if (changes === 0) return
      clearWarnings.run(id)
      for (const [position, warning] of facts.warnings.entries()) addWarning.run(id, position, warning.code, warning.host, warning.text)
    },
    one: (id) => {
      const row = one.get(id)
      return row && readRun(row)
    },
    newest: (limit) => newest.all(limit).map(readRun),
    changedSince: (seq, limit) => changed.all(seq, limit).map((row) => ({ seq: row.seq, run: readRun(row) })),
    warnings: (id) => warnings.all(id),
  }
}

function goValues(go: Run['go']): Value[] {
  return go === null ? [null, null] : [go.version, json(go.env)]
}

function readRun(row: RunColumns): Run {
  return {
    id: row.id,
    argv: parseJson(row.argv),
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    exitCode: row.exit_code,
    signal: row.signal,
    go: row.go_version === null ? null : { version: row.go_version, env: parseJson(row.go_env ?? '{}') },
    stderrTail: row.stderr_tail,
  }
}
