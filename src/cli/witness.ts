/** Pairs go's own sentences with the connections they are about. */
import { matchWitness, readGoErrors } from '../diagnosis/witness.ts'
import { leftBehindFinished, mayRefuseFinished } from '../handshake/late-signs.ts'
import type { Transcript } from '../handshake/transcript.ts'
import type { Recorder } from '../recorder/recorder.ts'

/** Read go's stderr and let each connection hear what go said of it. */
export function hearWitness(recorder: Recorder, stderr: string): void {
  const connections = recorder.connections().map(({ start, closedAtMs, outcome, transcript }) => ({
    key: start.key,
    host: start.host,
    port: start.port,
    outcome,
    endedAt: start.startedAt.getTime() + (closedAtMs ?? 0),
    clientAddress: start.clientAddress,
    looksLike: transcript?.clientHellos[0]?.looksLike ?? null,
    ...(transcript === null ? {} : { isIdle: isIdle(transcript) }),
  }))
  for (const [key, witness] of matchWitness(readGoErrors(stderr), connections)) recorder.hear(key, witness)
}

function isIdle(transcript: Transcript): boolean {
  return !transcript.isComplete || mayRefuseFinished(transcript) || leftBehindFinished(transcript)
}
