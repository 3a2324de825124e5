import type { Direction, Leg } from '../contract/terms.ts'
import type { HandshakeEvent } from '../handshake/event.ts'
import { HandshakeObserver } from '../handshake/observer.ts'
import type { Transcript } from '../handshake/transcript.ts'
import type { Unpack } from '../tls/compressed-certificate.ts'

/** What the proxy needs of a handshake reader (`HandshakeObserver` of room handshake). */
export interface SessionObserver {
  feed(direction: Direction, octets: Uint8Array, atMs: number): readonly HandshakeEvent[]
  addSecret(keylogLine: string): readonly HandshakeEvent[]
  transcript(): Transcript
  /** Nothing more will be learned: the relay may become a bare pipe. */
  readonly isDone: boolean
}

/** Makes a reader for one new session. */
export type ObserverFactory = (options: { readonly leg?: Leg; readonly limitBytes?: number; readonly unpack?: Unpack }) => SessionObserver

/** The reader of a plain relay: no secret will ever come, so protected records are not kept. */
export const observeHandshake: ObserverFactory = (options) => new HandshakeObserver({ ...options, decrypts: false })

/** The reader of a probe, which learns the session's secrets. */
export const observeProbe: ObserverFactory = (options) => new HandshakeObserver(options)

/** Feeds both directions of one session to an observer, until it is done or has seen `limitBytes` of a direction. */
export interface SessionTap {
  /** False: this direction need not be fed any more. */
  feed(direction: Direction, octets: Uint8Array): boolean
  readonly observer: SessionObserver
  /** When the ClientHello was complete, ms since the session's time zero. */
  readonly helloAtMs: number | null
}

/** Default of `limitBytes`: what a reader may see of each direction. */
export const LIMIT_BYTES = 96 * 1024

/**
 * Put a bounded reader on a session. A reader that throws is left out from then on; the relay goes on.
 * @param now milliseconds since the session's time zero
 */
export function tapSession(
  observer: SessionObserver,
  now: () => number,
  onEvent: (event: HandshakeEvent, transcript: () => Transcript) => void,
  limitBytes: number = LIMIT_BYTES,
): SessionTap {
  const seen = { 'client-to-server': 0, 'server-to-client': 0 }
  let helloAtMs: number | null = null
  let isBroken = false
  const tell = (events: readonly HandshakeEvent[]) => {
    if (events.length === 0) return
    const transcript = onceOnly(() => observer.transcript())
    for (const event of events) {
      if (event.type === 'client-hello') helloAtMs ??= event.atMs
      onEvent(event, transcript)
    }
  }
  return {
    observer,
    get helloAtMs() {
      return helloAtMs
    },
    feed(direction, octets) {
      if (isBroken || observer.isDone || seen[direction] >= limitBytes) return false
      const part = octets.subarray(0, limitBytes - seen[direction])
      seen[direction] += part.length
      try {
        tell(observer.feed(direction, part, now()))
      } catch (error) {
        isBroken = true
        process.emitWarning(`whytls stopped reading one handshake: ${String(error)}`)
      }
      return !isBroken && !observer.isDone && seen[direction] < limitBytes
    },
  }
}

function onceOnly<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
