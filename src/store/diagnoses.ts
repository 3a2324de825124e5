/** Read diagnoses and group them. */
import type { Diagnosis } from '../contract/diagnosis.ts'
import type { DiagnosisColumns } from './columns.ts'
import type { Database } from './driver.ts'
import { type FoundDiagnosis, groupDiagnoses } from './group.ts'
import { parseJson } from './value.ts'

/** Reads diagnoses on one connection. */
export interface DiagnosisReader {
  /** By the id of any finding of the group. */
  readonly one: (id: number) => Diagnosis | undefined
  readonly some: (filter: { readonly runId?: number; readonly handshakeIds?: readonly number[] }) => Diagnosis[]
  /** The id of the diagnosis that a handshake belongs to. */
  readonly idOfHandshake: (handshakeId: number) => number | null
}

/** Prepare the statements once. */
export function prepareDiagnosisReader(database: Database): DiagnosisReader {
  const first = `SELECT ${COLUMNS} FROM diagnoses WHERE position = 0`
  const all = database.prepare<[], DiagnosisColumns>(first)
  const ofRun = database.prepare<[number], DiagnosisColumns>(`${first} AND run_id = ?`)
  const ofHandshakes = database.prepare<[string], DiagnosisColumns>(`${first} AND handshake_id IN (SELECT value FROM json_each(?))`)
  const group = database.prepare<[number], DiagnosisColumns>(`${first} AND id IN (${GROUP_OF} WHERE me.id = ? AND me.position = 0)`)
  const smallest = database
    .prepare<[number], number | null>(`SELECT min(id) FROM (${GROUP_OF} WHERE me.handshake_id = ? AND me.position = 0)`)
    .pluck()
  return {
    one: (id) => groupDiagnoses(group.all(id).map(readFinding))[0],
    idOfHandshake: (handshakeId) => smallest.get(handshakeId) ?? null,
    some({ runId, handshakeIds }) {
      const rows =
        runId !== undefined ? ofRun.all(runId) : handshakeIds !== undefined ? ofHandshakes.all(JSON.stringify(handshakeIds)) : all.all()
      const wanted = handshakeIds === undefined ? undefined : new Set(handshakeIds)
      return groupDiagnoses(rows.filter((row) => wanted === undefined || wanted.has(row.handshake_id)).map(readFinding))
    },
  }
}

function readFinding(row: DiagnosisColumns): FoundDiagnosis {
  const { go_text: text, go_text_source: source } = row
  return {
    id: row.id,
    handshakeId: row.handshake_id,
    runId: row.run_id,
    finding: {
      cause: row.cause,
      leg: row.leg,
      stage: row.stage,
      fault: row.fault,
      confidence: row.confidence,
      host: row.host,
      port: row.port,
      title: row.title,
      why: row.why,
      goText: text === null || source === null ? null : { text, source },
      evidence: parseJson(row.evidence),
      fixes: parseJson(row.fixes),
      willNotHelp: parseJson(row.will_not_help),
      alsoPossible: parseJson(row.also_possible),
      alsoTrue: parseJson(row.also_true),
      notChecked: parseJson(row.not_checked),
    },
  }
}

const COLUMNS =
  'id, handshake_id, run_id, cause, leg, stage, fault, confidence, host, port, title, why, go_text, go_text_source, evidence, fixes, will_not_help, also_possible, also_true, not_checked'

/** Ids of the findings that form one diagnosis with `me`. */
const GROUP_OF = `SELECT other.id FROM diagnoses AS me JOIN diagnoses AS other
  ON other.position = 0 AND other.cause = me.cause AND other.host = me.host AND other.port = me.port
  AND (other.id = me.id OR (me.run_id IS NOT NULL AND other.run_id = me.run_id))`
