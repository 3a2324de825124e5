/** Pairs go's own sentences with the connections they are about. */
import { matchWitness, readGoErrors } from '../diagnosis/witness.ts'
import type { Recorder } from '../recorder/recorder.ts'

/** Read go's stderr and let each connection hear what go said of it. */
export function hearWitness(recorder: Recorder, stderr: string): void {
  const connections = recorder.connections().map((connection) => ({
    key: connection.start.key,
    host: connection.start.host,
    port: connection.start.port,
    outcome: connection.outcome,
    startedAtMs: connection.start.startedAt.getTime(),
    endedAtMs: connection.start.startedAt.getTime() + (connection.closedAtMs ?? 0),
  }))
  for (const { key, witness } of matchWitness(readGoErrors(stderr), connections)) recorder.hear(key, witness)
}
