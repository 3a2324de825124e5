import { createRequire } from 'node:module'
import type BetterSqlite3 from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { keepStatements, mustKeepStatements } from '../../src/store/driver.ts'

const Constructor: typeof BetterSqlite3 = createRequire(import.meta.url)('better-sqlite3')

describe('a database whose statements are kept', () => {
  it('is one of the versions of Node that abort when a statement is collected', () => {
    expect(['20.20.2', '22.23.3', '24.18.0', '24.19.0', '24.21.0', '25.0.0'].map(mustKeepStatements)).toEqual([
      ...[false, false, false],
      ...[true, true, true],
    ])
  })

  it('answers as without: rows, PRAGMAs that read, set and do', () => {
    const [kept, plain] = [keepStatements(new Constructor(':memory:')), new Constructor(':memory:')]
    const ask = (database: BetterSqlite3.Database) => {
      const answers = ['user_version', 'data_version', 'busy_timeout', 'user_version'].map((name) =>
        database.pragma(name, { simple: true }),
      )
      database.pragma('busy_timeout = 7')
      database.pragma('busy_timeout = 9')
      database.pragma('busy_timeout = 7')
      database.pragma('user_version = 3')
      database.pragma('incremental_vacuum')
      database.exec('CREATE TABLE t (n INTEGER)')
      database.transaction(() => database.prepare('INSERT INTO t VALUES (?)').run(1))()
      const checkpoint = database.pragma('wal_checkpoint(TRUNCATE)')
      return [...answers, database.pragma('busy_timeout', { simple: true }), database.pragma('user_version', { simple: true }), checkpoint]
        .concat(database.prepare('SELECT n FROM t').pluck().all())
        .concat(database.pragma('user_version'))
    }
    expect(ask(kept)).toEqual(ask(plain))
  })
})
