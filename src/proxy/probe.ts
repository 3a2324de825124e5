import type { Duplex } from 'node:stream'
import { type ConnectionOptions, connect, type TLSSocket, type TLSSocketOptions } from 'node:tls'
import type { ClientHello } from '../contract/handshake.ts'
import type { DialFailure, Ending, ProbeResult } from '../diagnosis/observation.ts'
import type { HandshakeEvent } from '../handshake/event.ts'
import { FlightTape } from '../handshake/flight.ts'
import { DialError, type Dialed } from './dial.ts'
import { shapeHello, shapeWidestHello } from './hello-shape.ts'
import { type ObserverFactory, observeProbe, type SessionObserver, tapSession } from './observe.ts'
import { openTunnel, type TunnelRequest } from './open-tunnel.ts'
import { guardShutdown, type TappedSocket, tapSocket } from './tapped-socket.ts'
import { unpackCertificate } from './unpack-certificate.ts'

/** One look at a host: what to ask, and how go asked. */
export interface ProbeRequest extends Omit<TunnelRequest, 'signal'> {
  /** Offered in this order; go's own are `h2`, `http/1.1`. */
  readonly alpn: readonly string[]
  /** Server name to send, null for none (IP hosts). */
  readonly serverName: string | null
  /** go's own hello, null when it is not known. */
  readonly like: ClientHello | null
  /** Offer all that OpenSSL has instead of what go offers: to learn what a server takes that refused go's offer. */
  readonly offersAll?: boolean
  /** For name, TCP, CONNECT and TLS together; go's own limit for TLS is 10,000. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** Absent = `HandshakeObserver`. */
  readonly createObserver?: ObserverFactory
  readonly onEvent?: (event: HandshakeEvent) => void
}

/**
 * Repeat go's handshake with a connection of our own whose keys we know, to learn what TLS 1.3 hides: above all the certificate_list, octet
 * for octet, in wire order. `sameAsGoSaw` is false here; whoever knows go's own record lengths decides it (`createProbeQueue`).
 *
 * Never throws: what failed is in the result.
 */
export async function probe(request: ProbeRequest): Promise<ProbeResult> {
  const startedAt = new Date()
  const zero = performance.now()
  const atMs = () => performance.now() - zero
  const observer = (request.createObserver ?? observeProbe)({ leg: 'upstream', limitBytes: PROBE_LIMIT_BYTES, unpack: unpackCertificate })
  const limit = AbortSignal.timeout(request.timeoutMs ?? 10_000)
  const signal = request.signal === undefined ? limit : AbortSignal.any([limit, request.signal])
  const tape = new FlightTape()
  const outcome = await look(request, { observer, tape }, signal, atMs)
  const transcript = observer.transcript()
  const flight = tape.cut(transcript)
  return { startedAt, durationMs: atMs(), transcript, chain: transcript.chain, sameAsGoSaw: false, ...outcome, flight }
}

/** What listens to a probe: the reader, and what keeps its octets. */
interface Listening {
  readonly observer: SessionObserver
  readonly tape: FlightTape
}

async function look(
  request: ProbeRequest,
  listening: Listening,
  signal: AbortSignal,
  atMs: () => number,
): Promise<{ readonly dialFailure: DialFailure | null; readonly ending: Ending | null }> {
  let dialed: Dialed
  try {
    dialed = await openTunnel({ ...request, signal })
  } catch (error) {
    return { dialFailure: error instanceof DialError ? error.failure : null, ending: null }
  }
  const tap = tapSession(listening.observer, atMs, (event) => request.onEvent?.(event), PROBE_LIMIT_BYTES)
  const tapped = tapSocket(dialed.socket, (direction, octets) => {
    listening.tape.addOctets(direction, octets)
    tap.feed(direction, octets)
  })
  // A hello that this OpenSSL cannot make ends the look, nothing more.
  const end = await shakeHands(request, tapped, listening, signal).catch((): Pick<Ending, 'by' | 'how'> => {
    tapped.stream.destroy()
    return { by: 'us', how: 'fin' }
  })
  const helloAtMs = tap.helloAtMs
  return { dialFailure: null, ending: { ...end, atMs: atMs(), afterHelloMs: helloAtMs === null ? null : atMs() - helloAtMs } }
}

/** A probe reads all that a server's flight may hold (go takes 256 KiB of certificates). */
const PROBE_LIMIT_BYTES = 1 << 20

/**
 * Do the handshake and nothing more. No certificate is refused here, since this connection exists to look at what go refuses: no application
 * data is ever sent on it, nothing that comes from it is used or trusted, and the verdict on the chain is given by room x509 with go's rules.
 */
function shakeHands(
  request: ProbeRequest,
  below: TappedSocket,
  { observer, tape }: Listening,
  signal: AbortSignal,
): Promise<Pick<Ending, 'by' | 'how'>> {
  const tapped = below.stream
  return new Promise((resolve) => {
    const session = tryToOpen(request, tapped)
    if (session === null) {
      tapped.destroy()
      resolve({ by: 'us', how: 'fin' })
      return
    }
    guardShutdown(session, below)
    const finish = (by: Ending['by'], how: Ending['how']) => {
      signal.removeEventListener('abort', onAbort)
      session.destroy()
      tapped.destroy()
      resolve({ by, how })
    }
    const onAbort = () => finish('us', 'timeout')
    session.on('keylog', (line: Buffer) => {
      const secret = line.toString('latin1').trim()
      tape.addSecret(secret)
      for (const event of observer.addSecret(secret)) request.onEvent?.(event)
    })
    // All is known by now: a peer, or a proxy in between, that does not take our end is not waited for.
    const leave = () => {
      const patience = setTimeout(() => finish('us', 'fin'), LEAVING_MS)
      session.end(() => {
        clearTimeout(patience)
        finish('us', 'fin')
      })
    }
    session.once('secureConnect', () => {
      if (observer.transcript().certificateRequest === null) leave()
      else setTimeout(leave, REFUSAL_PATIENCE_MS)
    })
    session.once('end', () => finish('server', 'fin'))
    session.on('error', (error: NodeJS.ErrnoException) => finishByError(error, tapped, finish))
    session.once('close', () => finish('server', 'fin'))
    tapped.on('error', () => finish('server', 'rst'))
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) onAbort()
  })
}

/** From our close_notify to our end. */
const LEAVING_MS = 250

/** A TLS 1.3 server that was sent no client certificate refuses behind both Finished: so long its word is awaited. */
const REFUSAL_PATIENCE_MS = 400

/** Null where OpenSSL cannot be brought to make such a hello: then nothing can be learned. */
function tryToOpen(request: ProbeRequest, tapped: Duplex): TLSSocket | null {
  try {
    return openSession(request, tapped)
  } catch {
    return null
  }
}

function openSession(request: ProbeRequest, tapped: Duplex): TLSSocket {
  const options: ConnectionOptions & Pick<TLSSocketOptions, 'requestOCSP'> = {
    ...(request.offersAll === true ? shapeWidestHello() : shapeHello(request.like)),
    socket: tapped,
    servername: request.serverName ?? '',
    ALPNProtocols: [...request.alpn],
    // No roots are loaded (22 ms) and nothing is refused: see shakeHands.
    ca: [],
    rejectUnauthorized: false,
    // go asks for a staple too; without it a stapling server's Certificate would have another length.
    requestOCSP: true,
    checkServerIdentity: () => undefined,
  }
  return connect(options)
}

function finishByError(error: NodeJS.ErrnoException, tapped: Duplex, finish: (by: Ending['by'], how: Ending['how']) => void): void {
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') finish('server', tapped.readableEnded ? 'fin' : 'rst')
  else finish(tapped.readableEnded ? 'server' : 'us', 'fin')
}
