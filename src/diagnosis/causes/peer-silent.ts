import type { Ending, Observation } from '../observation.ts'
import { type DeathEvidence, peerCause, traffic } from '../peer-cause.ts'
import { clientPatienceMs } from '../refusal.ts'
import { inTime } from '../units.ts'

/** Nothing more came until somebody stopped waiting. */
export const peerSilent = peerCause({
  id: 'peer-silent',
  meaning: 'The peer stopped answering until a time limit',
  recognise: (ending, seen) => ending.how === 'timeout' || clientGaveUp(ending, seen),
  goText: (death) => (death.stage === 'application-data' ? undefined : 'net/http: TLS handshake timeout'),
  verb: 'stopped answering',
  why: (death, seen) =>
    `${death.waitingFor ?? 'An answer'} was awaited${death.ending.afterHelloMs === null ? '' : ` for ${inTime(death.ending.afterHelloMs)}`} and did not come. The connection stayed open: packets are dropped on the way, or the service hangs.${pathHint(death, seen)}`,
  evidence: (death) =>
    `${traffic(death)}, then silence${death.ending.afterHelloMs === null ? '' : ` until ${inTime(death.ending.afterHelloMs)}`}`,
})

/** The client left during the handshake without an alert, after as long as go waits. */
function clientGaveUp(ending: Ending, seen: Observation): boolean {
  const { transcript } = seen
  // In TLS 1.2 the client's own Finished is not the last message: the server's is awaited then.
  if (ending.by !== 'client' || transcript.isComplete || transcript.clientAnswer === 'alert') return false
  if (transcript.alerts.some(({ level }) => level !== 'warning')) return false
  return (ending.afterHelloMs ?? 0) >= clientPatienceMs(transcript)
}

/** What of the path is known to do so: large packets that get lost on the way back, and one of two address families. */
function pathHint({ receivedBytes, stage }: DeathEvidence, { target }: Observation): string {
  const isCut = receivedBytes > 0 && (stage === 'server-hello' || stage === 'certificate')
  if (isCut)
    return ' Its answer began and then stopped: packets of full size may get lost on the way back (a VPN or container whose MTU is too large).'
  if (target.address?.includes(':') === true && receivedBytes === 0) return ' The connection is over IPv6: over IPv4 the host may answer.'
  return ''
}
