/** Delete handshakes so that their octets are gone from the files too. */
import { newEpoch } from './connect.ts'
import type { Database } from './driver.ts'
import { storeError } from './error.ts'

/** Delete one run, or everything. Returns how many handshakes went.
 *  The octets are overwritten (`secure_delete`), the file is rewritten and the write-ahead log emptied.
 *  @throws StoreError `busy` when another program keeps the old log open */
export function forgetRows(database: Database, place: string, what: { readonly runId: number } | 'all'): number {
  const erase = database.transaction(() => {
    const count =
      what === 'all'
        ? database.prepare('DELETE FROM handshakes').run().changes
        : database.prepare('DELETE FROM handshakes WHERE run_id = ?').run(what.runId).changes
    if (what === 'all') database.exec('DELETE FROM runs')
    else database.prepare('DELETE FROM runs WHERE id = ?').run(what.runId)
    beginEpoch(database)
    return count
  })
  const count = erase.immediate()
  database.exec('VACUUM')
  emptyLog(database, place)
  return count
}

/** Delete what is older than `maxAgeDays`, then the oldest until `maxBytes` are enough. Returns how many handshakes went. */
export function retainRows(database: Database, limits: { readonly maxAgeDays: number; readonly maxBytes: number }, now: Date): number {
  const erase = database.transaction(() => {
    const oldest = new Date(now.getTime() - limits.maxAgeDays * DAY_MS).toISOString()
    let count = deleteBefore(database, oldest)
    for (let excess = excessShare(database, limits.maxBytes); excess > 0; excess = excessShare(database, limits.maxBytes)) {
      const gone = deleteOldest(database, excess)
      if (gone === 0) break
      count += gone
    }
    if (count > 0) beginEpoch(database)
    return count
  })
  const count = erase.immediate()
  if (count === 0) return 0
  database.pragma('incremental_vacuum')
  database.pragma('wal_checkpoint(TRUNCATE)')
  return count
}

function beginEpoch(database: Database): void {
  database.exec('DELETE FROM certificates WHERE sha256 NOT IN (SELECT sha256 FROM chains)')
  database.exec('UPDATE change_counter SET seq = seq + 1')
  database.prepare(`UPDATE settings SET value = ? WHERE name = 'epoch'`).run(newEpoch())
}

/** Handshakes that began before `time`, and runs that did and have none left. */
function deleteBefore(database: Database, time: string): number {
  const { changes } = database.prepare('DELETE FROM handshakes WHERE started_at < ?').run(time)
  database.prepare('DELETE FROM runs WHERE started_at < ? AND id NOT IN (SELECT run_id FROM handshakes WHERE run_id IS NOT NULL)').run(time)
  return changes
}

/** A share of the handshakes, at least one. */
function deleteOldest(database: Database, share: number): number {
  const { changes } = database
    .prepare(
      `DELETE FROM handshakes WHERE id IN (SELECT id FROM handshakes ORDER BY started_at, id
       LIMIT (SELECT max(1, CAST(count(*) * ? AS INTEGER)) FROM handshakes))`,
    )
    .run(share)
  const oldest = database.prepare<[], string | null>('SELECT min(started_at) FROM handshakes').pluck().get()
  if (oldest) deleteBefore(database, oldest)
  return changes
}

/** How much of the used pages is too much: 0 = none, 0.25 = a quarter (and a little more, so that few rounds are needed). */
function excessShare(database: Database, maxBytes: number): number {
  const [pages, free, size] = ['page_count', 'freelist_count', 'page_size'].map((name) => Number(database.pragma(name, { simple: true })))
  const used = ((pages ?? 0) - (free ?? 0)) * (size ?? 0)
  return used <= maxBytes ? 0 : 1 - maxBytes / used + 0.02
}

function emptyLog(database: Database, place: string): void {
  const [result] = [database.pragma('wal_checkpoint(TRUNCATE)')].flat()
  const isBusy = typeof result === 'object' && result !== null && 'busy' in result && result.busy === 1
  if (isBusy) throw storeError('busy', place)
}

const DAY_MS = 86_400_000
