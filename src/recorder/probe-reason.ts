/** Whether a second connection could tell more about a failure. Pure. */
import { mayRefuseFinished } from '../handshake/late-signs.ts'
import { carriesDowngradeMark } from '../tls/server-hello.ts'
import type { Connection } from './connection.ts'

/** What a probe is for. */
export type ProbeReason =
  /** TLS 1.3 hid the chain that the client refused. */
  | 'see-chain'
  /** The server refused the ClientHello by alert: offer it more and see what it takes. */
  | 'see-what-it-takes'
  /** It broke off: does it do so again? */
  | 'see-again'
  /** TLS 1.2: go left with an alert behind the server's Finished, which may have been a refusal. */
  | 'see-finished'

/** Why to probe, null when there is nothing to learn (or when it would only wait as long again). */
export function probeReason(connection: Connection): ProbeReason | null {
  const { transcript, ending } = connection
  if (connection.tunnelAtMs === null || transcript === null) return null
  if (connection.outcome === 'passed')
    return mayRefuseFinished(transcript) && connection.interception?.kind !== 'decrypted' ? 'see-finished' : null
  if (connection.outcome !== 'failed') return null
  // Our own leg has shown all of it.
  if (connection.interception?.kind === 'decrypted') return null
  if (transcript.clientHellos.length === 0) return null
  // Does another ClientHello come through with TLS 1.3?
  if (!transcript.isComplete && transcript.serverHellos.some(carriesDowngradeMark)) return 'see-again'
  if (transcript.serverHellos.length > 0) return transcript.chain === null || transcript.isComplete ? 'see-chain' : null
  // Go goes on behind a warning; what then ended the session is asked below.
  if (transcript.alerts.some((alert) => alert.sender === 'server' && alert.level !== 'warning')) return 'see-what-it-takes'
  if (transcript.notTls !== null) return null
  return ending !== null && ending.by === 'server' ? 'see-again' : null
}
