/** go's own sentence about a session whose handshake was complete: what TLS itself hides from there on. */
import type { Observation } from './observation.ts'

/** The sentence where it fits and the handshake of this session was complete; null elsewhere. */
export function saidBehindHandshake(seen: Observation, pattern: RegExp): string | null {
  const text = seen.witness?.text
  return text !== undefined && seen.transcript.isComplete && pattern.test(text) ? text : null
}
