import type { Ending, Observation } from '../observation.ts'
import { type DeathEvidence, peerCause, traffic } from '../peer-cause.ts'
import { inTime } from '../units.ts'

/** go gives a TLS handshake 10 s (net/http); a little less is allowed for clocks. */
const PATIENCE_MS = 9_000
/** The client of GOINSECURE discovery, without ALPN, gives a whole request 5 s. */
const SHORT_PATIENCE_MS = 4_900

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
  const offersAlpn = transcript.clientHellos.some((hello) => hello.alpn.length > 0)
  const patience = transcript.clientHellos.length === 0 || offersAlpn ? PATIENCE_MS : SHORT_PATIENCE_MS
  return (ending.afterHelloMs ?? 0) >= patience
}

/** What of the path is known to do so: large packets that get lost on the way back, and one of two address families. */
function pathHint({ receivedBytes, stage }: DeathEvidence, { target }: Observation): string {
  const isCut = receivedBytes > 0 && (stage === 'server-hello' || stage === 'certificate')
  if (isCut)
    return ' Its answer began and then stopped: packets of full size may get lost on the way back (a VPN or container whose MTU is too large).'
  if (target.address?.includes(':') === true && receivedBytes === 0) return ' The connection is over IPv6: over IPv4 the host may answer.'
  return ''
}
