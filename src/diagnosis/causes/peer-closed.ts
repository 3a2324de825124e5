import { endedByServerFirst } from '../../handshake/late-signs.ts'
import type { Transcript } from '../../handshake/transcript.ts'
import type { Observation } from '../observation.ts'
import { afterHello, type DeathEvidence, peerCause, traffic } from '../peer-cause.ts'

/** A FIN from the server's side, or its close_notify behind the handshake, before the session was done. */
export const peerClosed = peerCause({
  id: 'peer-closed',
  meaning: 'The connection was closed (FIN, end of file) before it was done',
  recognise: (ending, { transcript }) =>
    ending.how === 'fin' && (ending.by === 'server' || endedByServerFirst(transcript) || saysGoodbye(transcript)),
  goText: endOfFile,
  verb: 'closed the connection',
  why: () =>
    'The end of the stream came without a TLS alert that says why. The name may be unknown there, the service behind it may be down, or a filter on the path closes it.',
  evidence: (death) =>
    death.ending.by === 'client'
      ? `close_notify from the server; ${traffic(death)}`
      : `FIN from the server's side${afterHello(death.ending)}; ${traffic(death)}${death.partialRecordBytes > 0 ? `, the last record cut after ${death.partialRecordBytes} bytes` : ''}`,
})

/** close_notify in place of the handshake's next message: go closes on it, and may be the first to do so. */
function saysGoodbye({ isComplete, alerts }: Transcript): boolean {
  return !isComplete && alerts.some(({ sender, code, how }) => sender === 'server' && code === 0 && how !== 'inferred')
}

/** `EOF` at a record boundary, `unexpected EOF` inside a record; after the handshake it varies (HTTP/2). */
function endOfFile(death: DeathEvidence, seen: Observation): string | undefined {
  if (death.stage === 'application-data') return undefined
  return seen.transcript.partialRecordBytes['server-to-client'] > 0 ? 'unexpected EOF' : 'EOF'
}
