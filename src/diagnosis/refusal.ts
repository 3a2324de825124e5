/** Whether and how the client refused what the server sent, from the wire alone. */
import type { Confidence, Stage } from '../contract/terms.ts'
import { leftBehindFinished, mayRefuseFinished } from '../handshake/late-signs.ts'
import type { Transcript } from '../handshake/transcript.ts'
import type { Observation } from './observation.ts'

export interface Refusal {
  /** `clear`: its alert was read; `inferred`: an alert-sized record where Finished belongs; `closed`: it left without a readable word. */
  readonly how: 'clear' | 'inferred' | 'closed'
  readonly alertCode: number | null
  readonly alertName: string | null
}

/** The client's refusal after a ServerHello and before its own Finished; undefined when it sent Finished, or never answered. */
export function clientRefusal(seen: Observation): Refusal | undefined {
  const { transcript } = seen
  if (hasFinished(seen) || !sawServerHello(seen)) return undefined
  const alert = transcript.alerts.find((one) => one.sender === 'client' && one.beforeFinished && one.code !== 0)
  if (alert !== undefined && alert.how !== 'inferred') return { how: 'clear', alertCode: alert.code, alertName: alert.name }
  if (alert !== undefined || transcript.clientAnswer === 'alert') return { how: 'inferred', alertCode: null, alertName: null }
  const leftUnsaid = transcript.clientAnswer === 'unknown' && seen.ending?.by === 'client'
  return leftUnsaid ? { how: 'closed', alertCode: null, alertName: null } : undefined
}

/** git through GnuTLS finishes the handshake, looks at the chain then, and leaves without a request. go never does so. */
export function refusalBehindFinished({ transcript, judged, roots }: Observation): Refusal | undefined {
  const hasLeft =
    (judged?.source === 'wire' && mayRefuseFinished(transcript)) || (roots?.reader === 'git' && leftBehindFinished(transcript))
  return hasLeft ? { how: 'closed', alertCode: null, alertName: null } : undefined
}

/** The client sent its Finished: it accepted the certificate. */
export function hasFinished(seen: Observation): boolean {
  const { clientAnswer, isComplete } = seen.transcript
  return isComplete || clientAnswer === 'finished' || clientAnswer === 'empty-certificate-and-finished'
}

/** A ServerHello that is no HelloRetryRequest was seen. */
export function sawServerHello(seen: Observation): boolean {
  return seen.transcript.serverHellos.some((hello) => !hello.helloRetryRequest)
}

/** How long the client waits for the whole handshake, ms: who leaves later met silence. */
export function clientPatienceMs({ clientHellos }: Pick<Transcript, 'clientHellos'>): number {
  const offersAlpn = clientHellos.some(({ alpn }) => alpn.length > 0)
  return clientHellos.length === 0 || offersAlpn ? PATIENCE_MS : SHORT_PATIENCE_MS
}

/** go gives a TLS handshake 10 s (net/http); a little less is allowed for clocks. */
const PATIENCE_MS = 9_000
/** The client of GOINSECURE discovery, without ALPN, gives a whole request 5 s. */
const SHORT_PATIENCE_MS = 4_900

/** How sure one can be that the judged chain is the one that the client refused. */
export function chainConfidence(seen: Observation, refusal: Refusal): Confidence {
  if (seen.judged === null || refusal.how === 'closed') return 'possible'
  if (seen.judged.source !== 'probe') return refusal.how === 'clear' ? 'certain' : 'high'
  return seen.probe?.sameAsGoSaw === true ? 'high' : 'likely'
}

/** Where the TLS session stopped; `application-data` once both Finished were sent. */
export function stageOfDeath(seen: Observation): Stage {
  const { pending } = seen.transcript
  if (pending === null) return 'application-data'
  return pending === 'dns' || pending === 'tcp' || pending === 'proxy-connect' ? 'client-hello' : pending
}

const ORDER: readonly Confidence[] = ['possible', 'likely', 'high', 'certain']

/** The lesser of two confidences. */
export function atMost(confidence: Confidence, limit: Confidence): Confidence {
  return ORDER.indexOf(confidence) <= ORDER.indexOf(limit) ? confidence : limit
}
