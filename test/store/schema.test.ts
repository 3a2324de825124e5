/** docs/SCHEMA.md is true: its tables and columns are those of the database, its queries run in the sqlite3 shell's language. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type BetterSqlite3 from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../src/store/connect.ts'
import { loadDriver } from '../../src/store/driver.ts'
import { openStore, RETENTION } from '../../src/store/open.ts'
import { MIGRATIONS, SCHEMA_VERSION } from '../../src/store/schema.ts'
import { certificate, fullDraft, plainDraft } from './draft.ts'

const Database: typeof BetterSqlite3 = createRequire(import.meta.url)('better-sqlite3')
const TEXT = readFileSync(fileURLToPath(new URL('../../docs/SCHEMA.md', import.meta.url)), 'utf8')
const QUERIES = Array.from(TEXT.matchAll(/```sql\n([\s\S]*?)```/g), (match) => match[1] ?? '')

describe('docs/SCHEMA.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'whytls-schema-'))
  let database: BetterSqlite3.Database
  beforeAll(() => {
    const store = openStore({ folder })
    const runId = store.startRun({ argv: ['go', 'mod', 'download'], startedAt: '2026-11-22T12:00:00.000Z', go: null })
    const chain = [{ ...certificate('ending', 'CN=a', 'CN=b'), notAfter: '2026-11-24T00:00:00.000Z' }]
    store.put(fullDraft('a', { runId }))
    store.put(fullDraft('b', { certificates: { source: 'wire', sameAsGoSaw: true, chain, verified: null, ocspStapled: null } }))
    store.put(plainDraft('c'))
    store.endRun(runId, { durationMs: 1, exitCode: 1, signal: null, stderrTail: '', warnings: [] })
    store.close()
    database = new Database(join(folder, 'whytls.db'), { readonly: true })
  })
  afterAll(() => {
    database.close()
    rmSync(folder, { recursive: true })
  })

  it('names exactly the tables and columns that the database has, in their order', () => {
    const tables = database
      .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid`)
      .pluck()
      .all()
    const columns = database.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck()
    const real = Object.fromEntries(tables.map((table) => [table, columns.all(table)]))
    expect(documentedTables()).toEqual(real)
  })

  it('tells the limits that are kept to', () => {
    expect(TEXT).toContain(`older than ${RETENTION.maxAgeDays} days, and the oldest beyond ${RETENTION.maxBytes / 1024 / 1024} MiB`)
  })

  it('has five queries, each of which finds something', () => {
    expect(QUERIES).toHaveLength(5)
    const found = QUERIES.map((sql) => database.prepare(sql).all().length)
    expect(found.every((count) => count > 0)).toBe(true)
  })
})

describe('the schema', () => {
  it('is brought up from any earlier version by the migrations in order', () => {
    const folder = mkdtempSync(join(tmpdir(), 'whytls-migrate-'))
    const { database, path } = connect(folder, loadDriver)
    expect(database.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION)
    expect(SCHEMA_VERSION).toBe(MIGRATIONS.length)
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(database.pragma('synchronous', { simple: true })).toBe(1)
    expect(database.pragma('secure_delete', { simple: true })).toBe(1)
    database.close()
    expect(path.startsWith(folder)).toBe(true)
    rmSync(folder, { recursive: true })
  })
})

function documentedTables(): Record<string, string[]> {
  const sections = TEXT.slice(TEXT.indexOf('## Tables')).split(/^### /m).slice(1)
  return Object.fromEntries(
    sections.map((section) => {
      const name = section.split('\n', 1)[0] ?? ''
      const rows = Array.from(section.matchAll(/^\| (\w+) \|/gm), (match) => match[1] ?? '')
      return [name, rows.filter((row) => row !== 'column')]
    }),
  )
}
