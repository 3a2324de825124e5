/** What go would have made of a handshake that another client carried to its end. Pure. */
import type { Transcript } from '../handshake/transcript.ts'
import type { ChainVerdict } from '../x509/verdict.ts'

/** The transcript as it would have ended with go, which breaks off at a chain that it refuses. */
export function asGoWouldEnd(transcript: Transcript, verdict: ChainVerdict | null): Transcript {
  if (verdict === null || verdict.ok || transcript.chain === null) return transcript
  return {
    ...transcript,
    clientAnswer: 'alert',
    isComplete: false,
    pending: 'certificate',
    waitingFor: null,
    serverAlertAfterFinished: false,
    stages: transcript.stages.map((stage) =>
      AFTER_CHAIN.has(stage.stage) || stage.stage === 'certificate' ? { ...stage, atMs: null } : stage,
    ),
  }
}

const AFTER_CHAIN = new Set<string>(['key-exchange', 'finished', 'application-data'])
