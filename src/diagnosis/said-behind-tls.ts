/** go's own sentence about a session whose handshake was complete: what TLS itself hides from there on. */
import type { Observation } from './observation.ts'

/** The sentence where it fits and the handshake of this session was complete; null elsewhere. */
export function saidBehindHandshake(seen: Observation, pattern: RegExp): string | null {
  const text = seen.witness?.text
  return text !== undefined && seen.transcript.isComplete && pattern.test(text) ? text : null
}

/** go's sentence where it leaves open why the session ended. */
export interface OpenWords {
  readonly words: string
  /** The session ended before its first request took the connection. */
  readonly isUnused: boolean
}

/** go's sentence behind a complete handshake where it leaves the reason open, null where it said none, undefined where it tells more. */
export function leftOpenBehindHandshake({ witness, transcript }: Observation): OpenWords | null | undefined {
  if (!transcript.isComplete) return undefined
  if (witness === null) return null
  return TELLS_NOTHING.test(witness.text) ? { words: witness.text, isUnused: witness.text === NOT_ESTABLISHED } : undefined
}

/** net/http since go 1.24: the reading side ended before a request took the connection, which is decided by a race inside go. */
const NOT_ESTABLISHED = 'http2: client conn could not be established'
/** net/http's own words for a connection that ended beneath it. */
const TELLS_NOTHING = /^(?:http2: client conn(?:ection)? |(?:http: server closed idle|use of closed network) connection$)/
