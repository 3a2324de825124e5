/**
 * What the proxy says while it works: one typed, synchronous stream. A listener must not wait; the relay never does.
 * Every `opened` is followed by exactly one `closed` with the same key; a key that was only `refused` was never opened.
 */
import type { HttpExchange, Interception, ProxyConnectReply, RouteHop } from '../contract/handshake.ts'
import type { Direction } from '../contract/terms.ts'
import type { DialFailure, Ending, ParentTls, SocksOutcome } from '../diagnosis/observation.ts'
import type { HandshakeEvent } from '../handshake/event.ts'
import type { Flight } from '../handshake/flight.ts'
import type { Transcript } from '../handshake/transcript.ts'

/** One client connection that asked for a tunnel (or an absolute-form request). `key` is unique for this process. */
export interface ConnectionStart {
  readonly key: string
  readonly startedAt: Date
  /** performance.now() at the start: zero of all `atMs`. */
  readonly host: string
  readonly port: number
  /** ip:port of the client's end of the socket. */
  readonly clientAddress: string
  /** ip:port of our end of it; absent where there is no such socket (probes, captures). */
  readonly acceptedAt?: string
  /** User name of the proxy token ("run-9"), null where none was asked for. */
  readonly user: string | null
  readonly method: 'CONNECT' | 'absolute-form'
  /** What the client calls itself in CONNECT, at most 200 characters; absent where it does not. */
  readonly userAgent?: string
}

export type ProxyEvent =
  | { readonly type: 'opened'; readonly key: string; readonly connection: ConnectionStart }
  | { readonly type: 'routed'; readonly key: string; readonly route: readonly RouteHop[]; readonly resolvedBy: '--resolve' | null }
  /** Name resolved, TCP made (to the origin, or to the parent proxy). Durations in ms. */
  | {
      readonly type: 'dialed'
      readonly key: string
      readonly atMs: number
      readonly leg: 'parent' | 'upstream'
      readonly address: string
      readonly dnsMs: number
      readonly tcpMs: number
    }
  | { readonly type: 'dial-failed'; readonly key: string; readonly atMs: number; readonly failure: DialFailure }
  /** The parent proxy answered CONNECT, whatever it said. */
  | { readonly type: 'connect-answered'; readonly key: string; readonly atMs: number; readonly reply: ProxyConnectReply }
  | {
      readonly type: 'connect-failed'
      readonly key: string
      readonly atMs: number
      readonly kind: 'closed' | 'reset' | 'silent' | 'not-http'
      readonly receivedBytes: number
      readonly head: string
      /** go's own words where they are known (SOCKS). */
      readonly goText?: string
    }
  /** A SOCKS proxy answered its last question: the tunnel stands, or go gives up. */
  | {
      readonly type: 'socks-answered'
      readonly key: string
      readonly atMs: number
      readonly outcome: Omit<SocksOutcome, 'kind' | 'afterMs'>
    }
  /** The TLS session with an https parent proxy goes on. */
  | { readonly type: 'parent-handshake'; readonly key: string; readonly event: HandshakeEvent; readonly transcript: Transcript }
  /** That session stands and its chain was accepted, or it failed; told again when more came in it. */
  | { readonly type: 'parent-tls'; readonly key: string; readonly atMs: number; readonly session: ParentTls }
  /** The tunnel stands: the client got its 200. */
  | { readonly type: 'tunnel'; readonly key: string; readonly atMs: number }
  | { readonly type: 'handshake'; readonly key: string; readonly event: HandshakeEvent; readonly transcript: Transcript }
  /** Intercept mode: what became of this connection; the last one counts. */
  | { readonly type: 'intercepted'; readonly key: string; readonly atMs: number; readonly how: Interception }
  /** Intercept mode: the session between the client and us; `handshake` is then the one between us and the origin. */
  | { readonly type: 'client-leg'; readonly key: string; readonly event: HandshakeEvent; readonly transcript: Transcript }
  /** Intercept mode: one HTTP exchange is over. */
  | { readonly type: 'exchange'; readonly key: string; readonly exchange: HttpExchange }
  | {
      readonly type: 'closed'
      readonly key: string
      readonly atMs: number
      readonly ending: Ending
      readonly transcript: Transcript | null
      /** All octets of the tunnel, also those that passed after the reader stopped; absent when there was no tunnel. */
      readonly bytes?: Readonly<Record<Direction, number>>
      /** Intercept mode, where both legs were ended here. */
      readonly legs?: { readonly client: Transcript; readonly clientFlight: Flight; readonly upstreamFlight: Flight }
    }
  /** The client could not be served at all (no port in CONNECT, loop, header too large, wrong token). */
  | { readonly type: 'refused'; readonly key: string; readonly clientAddress: string; readonly status: number; readonly why: string }

export type ProxyListener = (event: ProxyEvent) => void
