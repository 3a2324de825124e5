/** The one door to better-sqlite3. It is loaded when a database is opened, not before: without its native part the program still starts. */
import { createRequire } from 'node:module'
import type BetterSqlite3 from 'better-sqlite3'

/** An open connection to SQLite. */
export type Database = BetterSqlite3.Database

/** Opens the database file at `path`; better-sqlite3's constructor in all but tests. */
export type Driver = (path: string) => Database

/** Load better-sqlite3. @throws what the module loader throws (MODULE_NOT_FOUND, ERR_DLOPEN_FAILED) on the first call of the result. */
export function loadDriver(): Driver {
  const Constructor: typeof BetterSqlite3 = createRequire(import.meta.url)('better-sqlite3')
  return (path) => {
    const database = new Constructor(path, { timeout: WAIT_MS })
    return mustKeepStatements(process.versions.node) ? keepStatements(database) : database
  }
}

/** From 24.19 on Node aborts when a statement of better-sqlite3, compiled with its headers, is collected as garbage (nodejs/node#65446). */
export function mustKeepStatements(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 24 || (major === 24 && minor >= 19)
}

/**
 * Keep every statement for the life of the program, so that none is ever collected. Nearly all are prepared once; what a filter of the page asks for
 * costs some KiB for each new query. PRAGMAs that read, for which better-sqlite3 prepares a statement each time, are prepared once each.
 */
export function keepStatements(database: Database): Database {
  const prepare = database.prepare.bind(database)
  const keep = (sql: string) => {
    const statement = prepare(sql)
    KEPT.push(statement)
    return statement
  }
  const readers = new Map<string, ReturnType<typeof keep>>()
  const pragma: Database['pragma'] = (source, options) => {
    const sql = `PRAGMA ${source}`
    const isSimple = options?.simple === true
    const reader = isSetting(source) ? undefined : (readers.get(`${sql} ${isSimple}`) ?? keep(sql))
    if (reader?.reader !== true) {
      database.exec(sql)
      return isSimple ? undefined : []
    }
    readers.set(`${sql} ${isSimple}`, reader)
    return isSimple ? reader.pluck().get() : reader.all()
  }
  return Object.assign(database, { prepare: keep, pragma })
}

const KEPT: unknown[] = []

/** SQLite sets some while it compiles the statement: one that is kept would set nothing the second time. */
function isSetting(source: string): boolean {
  return source.includes('=')
}

/** How long a statement waits for another writer unless told otherwise: short, since the relay waits with it. */
export const WAIT_MS = 200
