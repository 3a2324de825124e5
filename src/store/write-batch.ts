/** Write a batch of drafts and run changes in one transaction, each with its own `seq`. */

import type { Batch } from './draft-queue.ts'
import type { Database } from './driver.ts'
import { explainStoreError } from './error.ts'
import { prepareExchanges } from './exchanges.ts'
import type { HandshakeDraft } from './store.ts'
import { prepareWriter } from './write.ts'

/** Writes a batch and returns the ids of its drafts. All or nothing, but for a draft that SQLite cannot take at all: that one is left out and told. */
export type WriteBatch = (batch: Batch) => ReadonlyMap<string, number>

/** @param known ids of drafts that were written before, by key; read only */
export function prepareBatchWriter(database: Database, known: ReadonlyMap<string, number>, warn: (line: string) => void): WriteBatch {
  const exchanges = prepareExchanges(database)
  const writeDraft = prepareWriter(database, exchanges.write)
  const exists = database.prepare('SELECT 1 FROM handshakes WHERE id = ?')
  const readSeq = database.prepare<[], number>('SELECT seq FROM change_counter').pluck()
  const writeSeq = database.prepare<[number]>('UPDATE change_counter SET seq = ?')
  const writeAll = database.transaction(({ drafts, grown, runChanges }: Batch) => {
    const ids = new Map<string, number>()
    let seq = readSeq.get() ?? 0
    const probed = ({ probeOfKey: key, probeOfId }: HandshakeDraft) => {
      const id = key === null ? probeOfId : (ids.get(key) ?? known.get(key))
      return id !== undefined && exists.get(id) !== undefined ? id : null
    }
    for (const change of runChanges) change(++seq)
    for (const draft of probesLast(drafts)) {
      const id = writeDraft({ draft, id: known.get(draft.key) ?? null, probeOf: probed(draft), seq: ++seq })
      if (id !== null) ids.set(draft.key, id)
    }
    for (const { key, http } of grown) {
      const id = ids.get(key) ?? known.get(key)
      if (id !== undefined) exchanges.grow(id, http, ++seq)
    }
    writeSeq.run(seq)
    return ids
  })
  return (batch) => {
    try {
      return writeAll.immediate(batch)
    } catch (error) {
      if (explainStoreError(error, '') !== undefined) throw error
      return writeSingly(batch, (one) => writeAll.immediate(one), warn)
    }
  }
}

/** One draft that breaks a rule of the tables must not keep the others out for ever. */
function writeSingly(
  batch: Batch,
  write: (one: Batch) => ReadonlyMap<string, number>,
  warn: (line: string) => void,
): ReadonlyMap<string, number> {
  const ids = new Map<string, number>()
  write({ drafts: [], grown: [], runChanges: batch.runChanges })
  const drafts = probesLast(batch.drafts).map((draft): Batch => ({ drafts: [draft], grown: [], runChanges: [] }))
  const grown = batch.grown.map((one): Batch => ({ drafts: [], grown: [one], runChanges: [] }))
  for (const one of [...drafts, ...grown]) {
    try {
      for (const [key, id] of write(one)) ids.set(key, id)
    } catch (error) {
      if (explainStoreError(error, '') !== undefined) throw error
      warn(`a handshake could not be stored: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return ids
}

/** A probe refers to the handshake that it repeats. */
function probesLast(drafts: readonly HandshakeDraft[]): HandshakeDraft[] {
  return [...drafts.filter((draft) => draft.probeOfKey === null), ...drafts.filter((draft) => draft.probeOfKey !== null)]
}
