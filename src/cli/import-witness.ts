/** Finds, in one capture, a session that shows what another one hides: the chain, or what the server would have taken. */
import type { TcpStream } from '../capture/tcp-stream.ts'
import { sameFlight } from '../handshake/same-flight.ts'
import type { SessionResult } from './import-session.ts'

/** One captured TLS session with its TCP stream. */
export interface Captured {
  readonly stream: TcpStream
  readonly result: SessionResult
}

/** A session whose encrypted flight was read, since the capture brought its secrets; or one that our own export calls a probe. */
export function isWitness({ stream, result }: Captured): boolean {
  return result.transcript.chainSource === 'decrypted' || probedBy(stream) !== null
}

/** A session whose certificates are unread. */
export function isHidden({ stream, result }: Captured): boolean {
  return (
    result.transcript.chain === null && (result.transcript.serverHellos.length > 0 || nameOf(stream) !== null) && probedBy(stream) === null
  )
}

/** Our own export calls it a probe. */
export function isProbe({ stream }: Captured): boolean {
  return probedBy(stream) !== null
}

/** The session that this probe was made for; null where it is not in the capture. */
export function findOwner({ stream }: Captured, sessions: readonly Captured[]): Captured | null {
  const wanted = probedBy(stream)
  return sessions.find((one) => nameOf(one.stream) === wanted) ?? null
}

/**
 * The probe of this session, where the capture is an export of ours that says so; else the session with the same server and server name that was
 * decrypted and whose records were as long, the nearest in time. Null where there is none.
 */
export function findWitness(hidden: Captured, witnesses: readonly Captured[]): Captured | null {
  const own = nameOf(hidden.stream)
  const probe = own === null ? undefined : witnesses.find(({ stream }) => probedBy(stream) === own)
  if (probe !== undefined && hasSamePeer(probe, hidden)) return probe
  const fitting = witnesses.filter((one) => hasSamePeer(one, hidden) && isSameFlight(one, hidden))
  return fitting.toSorted((left, right) => distance(left, hidden) - distance(right, hidden))[0] ?? null
}

/** What our own export calls this session: "#4"; null in captures of others. */
function nameOf({ comment }: TcpStream): string | null {
  return /^whytls (#\d+): go's connection /.exec(comment ?? '')?.[1] ?? null
}

/** Whose probe our own export calls this session. */
function probedBy({ comment }: TcpStream): string | null {
  return /^whytls #\d+: whytls's own probe of (#\d+) /.exec(comment ?? '')?.[1] ?? null
}

function isSameFlight(one: Captured, hidden: Captured): boolean {
  return one.result.transcript.chainSource === 'decrypted' && sameFlight(hidden.result.transcript, one.result.transcript)
}

function hasSamePeer(left: Captured, right: Captured): boolean {
  const [one, other] = [serverOf(left), serverOf(right)]
  return one.address === other.address && one.port === other.port && askedFor(left) === askedFor(right)
}

function serverOf({ stream, result }: Captured) {
  return stream.ends[result.client === 0 ? 1 : 0]
}

function askedFor({ result }: Captured): string | null {
  return result.transcript.clientHellos[0]?.serverName ?? null
}

function distance(left: Captured, right: Captured): number {
  return Math.abs(left.stream.startedAtMs - right.stream.startedAtMs)
}
