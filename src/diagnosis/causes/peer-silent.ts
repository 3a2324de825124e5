import type { Ending, Observation } from '../observation.ts'
import { peerCause, traffic } from '../peer-cause.ts'
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
  why: ({ waitingFor, ending }) =>
    `${waitingFor ?? 'An answer'} was awaited${ending.afterHelloMs === null ? '' : ` for ${inTime(ending.afterHelloMs)}`} and did not come. The connection stayed open: packets are dropped on the way, or the service hangs.`,
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
