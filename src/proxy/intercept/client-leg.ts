/** The leg to go: we are the server, with a leaf of our own authority and the protocol that the origin chose. */
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { HandshakeEvent } from '../../handshake/event.ts'
import type { Transcript } from '../../handshake/transcript.ts'
import type { Authority } from '../authority/authority.ts'
import { type Leg, makeLeg, readLeg } from './leg.ts'

export interface ClientRequest {
  /** Paused, with go's ClientHello still unread. */
  readonly socket: Socket
  readonly authority: Authority
  /** The name for which go wants a certificate. */
  readonly name: string
  /** What the origin chose, null for nothing. */
  readonly alpn: string | null
  /** The version that the origin chose; the client gets no newer one. */
  readonly maxVersion: 'TLSv1.2' | 'TLSv1.3'
  readonly atMs: () => number
  readonly onEvent: (event: HandshakeEvent, transcript: () => Transcript) => void
}

/** The leg, and whether the client accepted us. */
export interface ClientHandshake {
  readonly leg: Leg
  readonly accepted: Promise<boolean>
}

/** Begin the handshake with the client; its own time limits count, not ours. */
export function openClient(request: ClientRequest): ClientHandshake {
  const { socket, authority, name, alpn, maxVersion } = request
  const reading = readLeg({ ...request, leg: 'client', readBuffer: null })
  const session = new TLSSocket(reading.tapped.stream, {
    isServer: true,
    secureContext: authority.contextFor(name, maxVersion),
    ...(alpn === null ? {} : { ALPNProtocols: [alpn] }),
  })
  reading.open(session)
  const accepted = new Promise<boolean>((resolve) => {
    session.once('secure', () => resolve(true))
    for (const event of ['error', '_tlsError', 'end', 'close']) session.once(event, () => resolve(false))
  })
  session.on('error', () => {})
  return { leg: makeLeg(session, socket, reading), accepted }
}
