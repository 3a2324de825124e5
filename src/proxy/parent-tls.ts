/** The TLS session with an https parent proxy: made as go makes it, judged by go's rules before a single octet is sent in it. */
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect, type TLSSocket } from 'node:tls'
import type { Ending, ParentTls } from '../diagnosis/observation.ts'
import type { HandshakeEvent } from '../handshake/event.ts'
import { HandshakeObserver } from '../handshake/observer.ts'
import type { Transcript } from '../handshake/transcript.ts'
import type { Dialed } from './dial.ts'
import { shapeHello } from './hello-shape.ts'
import { parseIpAddress } from './ip-address.ts'
import { tapSession } from './observe.ts'
import { tlsFailureText } from './parent-tls-text.ts'
import type { ParentProxy } from './route.ts'
import { guardShutdown, tapSocket } from './tapped-socket.ts'

export interface ParentTlsOptions {
  /** TCP to the proxy, dialled without a read buffer. */
  readonly dialed: Dialed
  readonly proxy: ParentProxy
  readonly signal?: AbortSignal
  /** Milliseconds since the connection's time zero. */
  readonly atMs: () => number
  readonly onEvent?: (event: HandshakeEvent, transcript: () => Transcript) => void
  /** go's own limit for a TLS handshake is 10 s. */
  readonly timeoutMs?: number
}

/** A session that stands and whose chain was accepted. */
export interface OpenParentTls {
  /** As the TCP connection, with the decrypted stream for a socket. */
  readonly dialed: Dialed
  /** What the session showed so far, also alerts that came behind the handshake. */
  readonly describe: () => ParentTls
}

/** No session: the handshake failed, or the chain was refused. `message` is what go prints, from "proxyconnect" on. */
export class ParentTlsError extends Error {
  override readonly name = 'ParentTlsError'
  readonly session: ParentTls
  constructor(message: string, session: ParentTls) {
    super(message)
    this.session = session
  }
}

const HANDSHAKE_MS = 10_000
const LIMIT_BYTES = 1 << 20

/**
 * Shake hands with an https proxy. Node's own verdict is not asked (`rejectUnauthorized: false`), since go's rules differ: `proxy.judge` decides
 * on the chain of the wire, and until it has accepted it neither CONNECT nor credentials go out.
 * @throws ParentTlsError, or the signal's reason
 */
export async function openParentTls(options: ParentTlsOptions): Promise<OpenParentTls> {
  const { dialed, proxy, atMs } = options
  const observer = new HandshakeObserver({ leg: 'parent', limitBytes: LIMIT_BYTES })
  const tap = tapSession(observer, atMs, (event, transcript) => options.onEvent?.(event, transcript), LIMIT_BYTES)
  const addresses = `${addressOf(dialed.socket)}->${dialed.address}`
  const tapped = tapSocket(dialed.socket, (direction, octets) => void tap.feed(direction, octets))
  const session = openSession(tapped.stream, dialed.socket, proxy)
  // A tunnel may be read on behind the client's end.
  guardShutdown(session, tapped, true)
  session.on('keylog', (line: Buffer) => {
    for (const event of observer.addSecret(line.toString('latin1'))) options.onEvent?.(event, () => observer.transcript())
  })
  const describe = (parts: Partial<ParentTls> = {}): ParentTls => ({
    transcript: observer.transcript(),
    judged: null,
    ending: null,
    goText: null,
    answersPlainHttp: null,
    ...parts,
  })
  const end = await settle(session, tapped.stream, options)
  options.signal?.throwIfAborted()
  if (end !== null) {
    session.destroy()
    dialed.socket.destroy()
    observer.end('server-to-client', atMs())
    const helloAtMs = tap.helloAtMs
    const ending: Ending = { ...end, atMs: atMs(), afterHelloMs: helloAtMs === null ? null : atMs() - helloAtMs }
    const goText = tlsFailureText(observer.transcript(), end, addresses)
    throw new ParentTlsError(`proxyconnect tcp: ${goText ?? end.words}`, describe({ ending, goText }))
  }
  const chain = observer.transcript().chain
  const judged = chain === null ? null : (proxy.judge?.(chain, proxy.host) ?? null)
  if (judged?.verdict.ok !== true) {
    session.destroy()
    dialed.socket.destroy()
    const goText = judged?.verdict.tlsText ?? null
    const ending: Ending = { by: 'us', how: 'fin', atMs: atMs(), afterHelloMs: null }
    throw new ParentTlsError(`proxyconnect tcp: ${goText ?? NOT_JUDGED}`, describe({ judged, ending, goText }))
  }
  return { dialed: { ...dialed, socket: session, readBuffer: null }, describe: () => describe({ judged }) }
}

const NOT_JUDGED = "whytls: the https proxy's certificate cannot be judged, since no roots of the client are known here"

function openSession(tapped: Duplex, raw: Socket, { host }: ParentProxy): TLSSocket {
  const session = connect({
    ...shapeHello(null),
    socket: tapped,
    servername: parseIpAddress(host) === undefined ? host.replace(/\.+$/, '') : '',
    // go offers h2 to a proxy too, and then speaks HTTP/1.1 whatever the proxy chose.
    ALPNProtocols: ['h2', 'http/1.1'],
    ca: [],
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  })
  // A TLSSocket over a stream has no handle that could be reset; the relay resets what lies below.
  session.resetAndDestroy = () => {
    raw.resetAndDestroy()
    return session.destroy()
  }
  return session
}

/** What ended a handshake; `words` where go's are not known. */
interface HandshakeEnd extends Pick<Ending, 'by' | 'how'> {
  readonly words: string
}

/** Wait for the handshake. @returns null when it stands */
function settle(session: TLSSocket, tapped: Duplex, options: ParentTlsOptions): Promise<HandshakeEnd | null> {
  return new Promise((resolve) => {
    const finish = (end: HandshakeEnd | null) => {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', onAbort)
      resolve(end)
    }
    const onAbort = () => {
      session.destroy()
      finish({ by: 'us', how: 'fin', words: 'canceled' })
    }
    const timer = setTimeout(() => finish({ by: 'us', how: 'timeout', words: 'timeout' }), options.timeoutMs ?? HANDSHAKE_MS)
    options.signal?.addEventListener('abort', onAbort)
    session.once('secureConnect', () => finish(null))
    // Both stay for the life of the session: an error before the relay listens must not end the process.
    session.on('error', (error: NodeJS.ErrnoException) => finish(describeError(error, tapped)))
    tapped.on('error', (error: NodeJS.ErrnoException) => {
      finish(describeError(error, tapped))
      session.destroy(error)
    })
    session.once('close', () => finish({ by: 'server', how: 'fin', words: 'EOF' }))
    if (options.signal?.aborted === true) onAbort()
    else if (options.dialed.socket.destroyed) finish({ by: 'server', how: 'rst', words: 'connection reset by peer' })
  })
}

function describeError(error: NodeJS.ErrnoException, tapped: Duplex): HandshakeEnd {
  const isOfTcp = error.code === 'ECONNRESET' || error.code === 'EPIPE'
  if (isOfTcp) return { by: 'server', how: tapped.readableEnded ? 'fin' : 'rst', words: error.message }
  return { by: tapped.readableEnded ? 'server' : 'us', how: 'fin', words: `whytls: ${error.message.replace(/\s+/g, ' ')}` }
}

function addressOf({ localAddress, localPort }: Socket): string {
  const host = localAddress?.replace(/^::ffff:/, '') ?? ''
  return host.includes(':') ? `[${host}]:${localPort ?? 0}` : `${host}:${localPort ?? 0}`
}
