/** Write drafts into the tables. Everything here runs inside one transaction of `flush`. */
import type { Database } from './driver.ts'
import type { ExchangeWriter } from './exchanges.ts'
import type { HandshakeDraft } from './store.ts'
import type { Value } from './value.ts'
import {
  CERTIFICATE_COLUMNS,
  certificateValues,
  DIAGNOSIS_COLUMNS,
  diagnosisValues,
  HANDSHAKE_COLUMNS,
  handshakeValues,
  LISTS,
  type List,
  type ResolvedDraft,
  SINGLES,
  type Single,
} from './values.ts'

/** Writes one draft; returns its id, or null when its run was forgotten meanwhile. */
export type WriteDraft = (resolved: ResolvedDraft) => number | null

/** Prepare the statements once; the result writes drafts on this connection. */
export function prepareWriter(database: Database, writeExchanges: ExchangeWriter['write']): WriteDraft {
  const runExists = database.prepare('SELECT 1 FROM runs WHERE id = ?')
  const insert = database.prepare(`INSERT INTO handshakes (${HANDSHAKE_COLUMNS.join(', ')}) VALUES (${marks(HANDSHAKE_COLUMNS)})`)
  const update = database.prepare(`UPDATE handshakes SET ${HANDSHAKE_COLUMNS.map((name) => `${name} = ?`).join(', ')} WHERE id = ?`)
  const lists = LISTS.map((list) => prepareList(database, list))
  const singles = SINGLES.map((single) => prepareSingle(database, single))
  const writeChain = prepareChain(database)
  const writeDiagnoses = prepareDiagnoses(database)
  return (resolved) => {
    const { draft } = resolved
    if (draft.runId !== null && runExists.get(draft.runId) === undefined) return null
    const values = handshakeValues(resolved)
    const isKnown = resolved.id !== null && update.run(...values, resolved.id).changes === 1
    const id = isKnown ? Number(resolved.id) : Number(insert.run(...values).lastInsertRowid)
    for (const write of singles) write(id, draft, isKnown)
    for (const write of lists) write(id, draft, isKnown)
    writeExchanges(id, draft.http, isKnown)
    writeChain(id, draft, isKnown)
    writeDiagnoses(id, draft, isKnown)
    return id
  }
}

type WritePart = (id: number, draft: HandshakeDraft, isKnown: boolean) => void

function prepareList(database: Database, list: List): WritePart {
  const put = prepareReplace(database, list.table, ['handshake_id', 'position', ...list.columns])
  const cut = database.prepare(`DELETE FROM ${list.table} WHERE handshake_id = ? AND position >= ?`)
  return (id, draft, isKnown) => {
    const rows = list.rows(draft)
    for (const [position, row] of rows.entries()) put.run(id, position, ...row)
    if (isKnown) cut.run(id, rows.length)
  }
}

function prepareSingle(database: Database, single: Single): WritePart {
  const put = prepareReplace(database, single.table, ['handshake_id', ...single.columns])
  const cut = database.prepare(`DELETE FROM ${single.table} WHERE handshake_id = ?`)
  return (id, draft, isKnown) => {
    const row = single.row(draft)
    if (row !== null) put.run(id, ...row)
    else if (isKnown) cut.run(id)
  }
}

function prepareChain(database: Database): WritePart {
  const keep = database.prepare(
    `INSERT OR IGNORE INTO certificates (${CERTIFICATE_COLUMNS.join(', ')}) VALUES (${marks(CERTIFICATE_COLUMNS)})`,
  )
  const link = prepareReplace(database, 'chains', ['handshake_id', 'position', 'sha256'])
  const cut = database.prepare('DELETE FROM chains WHERE handshake_id = ? AND position >= ?')
  return (id, draft, isKnown) => {
    const chain = draft.certificates?.chain ?? []
    for (const [position, certificate] of chain.entries()) {
      keep.run(...certificateValues(certificate))
      link.run(id, position, certificate.sha256)
    }
    if (isKnown) cut.run(id, chain.length)
  }
}

/** The id of a diagnosis stays when its handshake is judged again. */
function prepareDiagnoses(database: Database): WritePart {
  const columns = ['handshake_id', 'position', 'run_id', ...DIAGNOSIS_COLUMNS]
  const kept = columns.slice(2).map((name) => `${name} = excluded.${name}`)
  const put = database.prepare(
    `INSERT INTO diagnoses (${columns.join(', ')}) VALUES (${marks(columns)}) ON CONFLICT (handshake_id, position) DO UPDATE SET ${kept.join(', ')}`,
  )
  const cut = database.prepare('DELETE FROM diagnoses WHERE handshake_id = ? AND position >= ?')
  return (id, draft, isKnown) => {
    for (const [position, finding] of draft.findings.entries()) put.run(id, position, draft.runId, ...diagnosisValues(finding))
    if (isKnown) cut.run(id, draft.findings.length)
  }
}

function prepareReplace(database: Database, table: string, columns: readonly string[]) {
  return database.prepare<Value[]>(`INSERT OR REPLACE INTO ${table} (${columns.join(', ')}) VALUES (${marks(columns)})`)
}

function marks(columns: readonly unknown[]): string {
  return columns.map(() => '?').join(', ')
}
