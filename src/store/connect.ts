/** Open a connection to the database file: pragmas, schema, migrations. */
import { randomBytes } from 'node:crypto'
import { type Database, type Driver, WAIT_MS } from './driver.ts'
import { explainStoreError, storeError } from './error.ts'
import { makeDatabaseFile } from './folder.ts'
import { MIGRATIONS, SCHEMA_VERSION } from './schema.ts'

/** A ready connection and where its file is. */
export interface Connection {
  readonly database: Database
  readonly path: string
}

/** Open or create the database in `folder` and bring its schema up to date.
 *  @param maxPageCount `PRAGMA max_page_count`; absent = SQLite's own limit
 *  @throws StoreError; the file is left as it was */
export function connect(folder: string, load: () => Driver, maxPageCount?: number): Connection {
  const driver = attempt(folder, load)
  const path = attempt(folder, () => makeDatabaseFile(folder))
  const database = attempt(path, () => driver(path))
  try {
    attempt(path, () => prepareConnection(database, path, maxPageCount))
  } catch (error) {
    database.close()
    throw error
  }
  return { database, path }
}

/** Run `action`; what SQLite, Node or the loader throws becomes a StoreError about `place`. */
export function attempt<T>(place: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw explainStoreError(error, place) ?? error
  }
}

/** A new name for what the database holds: pages that know another one drop their state. */
export function newEpoch(): string {
  return randomBytes(6).toString('hex')
}

function prepareConnection(database: Database, path: string, maxPageCount: number | undefined): void {
  database.pragma(`busy_timeout = ${OPENING_WAIT_MS}`)
  if (schemaVersion(database) > SCHEMA_VERSION) throw storeError('newer', path)
  if (schemaVersion(database) === 0) database.pragma('auto_vacuum = INCREMENTAL')
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  database.pragma('foreign_keys = ON')
  database.pragma('secure_delete = ON')
  if (maxPageCount !== undefined) database.pragma(`max_page_count = ${Math.trunc(maxPageCount)}`)
  if (schemaVersion(database) < SCHEMA_VERSION) migrate(database, path)
  database.pragma(`busy_timeout = ${WAIT_MS}`)
}

/** Runs in one exclusive transaction; a second process that waited for it finds nothing left to do. */
function migrate(database: Database, path: string): void {
  const steps = database.transaction(() => {
    const from = schemaVersion(database)
    if (from > SCHEMA_VERSION) throw storeError('newer', path)
    for (const statements of MIGRATIONS.slice(from)) database.exec(statements)
    database.pragma(`user_version = ${SCHEMA_VERSION}`)
    database.prepare(`INSERT OR IGNORE INTO settings (name, value) VALUES ('epoch', ?)`).run(newEpoch())
  })
  steps.immediate()
}

function schemaVersion(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }))
}

const OPENING_WAIT_MS = 5_000
