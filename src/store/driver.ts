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
  return (path) => new Constructor(path, { timeout: WAIT_MS })
}

/** How long a statement waits for another writer unless told otherwise: short, since the relay waits with it. */
export const WAIT_MS = 200
