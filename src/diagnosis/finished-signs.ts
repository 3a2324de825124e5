/** What a server says in clear where its Finished is awaited (TLS 1.2): it could not use the client's. */
import type { SeenAlert } from '../handshake/transcript.ts'
import type { Observation } from './observation.ts'

/** The server's fatal alert behind the client's Finished and in place of its own; undefined elsewhere. */
export function serverAlertAtFinished(seen: Observation): Pick<SeenAlert, 'code'> | undefined {
  const { transcript } = seen
  const isTls12 = transcript.serverHellos.some(({ selectedVersion }) => selectedVersion.id < 0x0304)
  const hasAnswered = transcript.clientAnswer === 'finished' || transcript.clientAnswer === 'empty-certificate-and-finished'
  if (!isTls12 || transcript.pending !== 'finished' || !hasAnswered) return undefined
  return transcript.alerts.find(({ sender, how, code }) => sender === 'server' && how !== 'inferred' && code !== 0)
}

/** The server's key was used to decrypt, not to sign: only what it can read from then on shows that it has it. */
export function usesRsaKeyExchange(seen: Observation): boolean {
  return seen.transcript.serverHellos.some(({ cipherSuite }) => cipherSuite.name.startsWith('TLS_RSA_'))
}
