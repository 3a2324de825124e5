/** Open the store: the entry of this room. */
import { connect } from './connect.ts'
import { type Driver, loadDriver } from './driver.ts'
import { SqliteStore } from './sqlite-store.ts'
import type { Store } from './store.ts'

export interface OpenStoreOptions {
  /** Where `whytls.db` lives; made (0700) where it does not exist. */
  readonly folder: string
  /** Takes one line for people when writing fails, once until it works again. */
  readonly warn?: (line: string) => void
  /** `PRAGMA max_page_count`. */
  readonly maxPageCount?: number
  /** How long drafts are collected before they are written. */
  readonly flushMs?: number
  /** How often changes of other processes are looked for, while somebody listens. */
  readonly pollMs?: number
  /** How long a call that somebody waits for (flush, startRun, forget …) waits for another writer; a write by timer gives up after 200 ms and comes again. */
  readonly waitMs?: number
  /** Loads the driver; a test gives one that fails. */
  readonly load?: () => Driver
}

/** Open or create the database. What goes in must be masked already: the store keeps what it is given (docs/SCHEMA.md).
 *  @throws StoreError `corrupt`, `unreadable`, `newer`, `busy`, `full`, or `native-module` (then `openMemoryStore` still works) */
export function openStore(options: OpenStoreOptions): Store {
  const connection = connect(options.folder, options.load ?? loadDriver, options.maxPageCount)
  return new SqliteStore(connection, {
    warn: options.warn ?? (() => {}),
    flushMs: options.flushMs ?? FLUSH_MS,
    pollMs: options.pollMs ?? POLL_MS,
    waitMs: options.waitMs ?? LONG_WAIT_MS,
  })
}

export { StoreError, type StoreErrorCode } from './error.ts'
export { DATABASE_NAME, defaultFolder } from './folder.ts'
export { openMemoryStore } from './memory.ts'

/** What `serve` keeps: call `store.retain(RETENTION)` when it starts. */
export const RETENTION = { maxAgeDays: 30, maxBytes: 256 * 1024 * 1024 } as const

const FLUSH_MS = 50
const POLL_MS = 250
const LONG_WAIT_MS = 5_000
