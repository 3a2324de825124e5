/** The leg to the origin: offers only what go offered, and stands only if go itself would have accepted what the origin showed. */
import type { Socket } from 'node:net'
import { type ConnectionOptions, connect, createSecureContext, type SecureContext, type TLSSocket, type TLSSocketOptions } from 'node:tls'
import type { ClientHello } from '../../contract/handshake.ts'
import type { HandshakeEvent } from '../../handshake/event.ts'
import type { Transcript } from '../../handshake/transcript.ts'
import { describeShape, shapeHello } from '../hello-shape.ts'
import type { ReadBuffer } from '../read-buffer.ts'
import { type Leg, type LegReading, makeLeg, readLeg } from './leg.ts'

export interface UpstreamRequest {
  readonly socket: Socket
  readonly readBuffer: ReadBuffer | null
  /** go's own. */
  readonly hello: ClientHello
  readonly atMs: () => number
  /** @returns null when the client would accept this chain, else why not */
  readonly judge: (chain: readonly Uint8Array[]) => string | null
  readonly signal: AbortSignal
  /** Wait for what a TLS 1.3 server says to our Finished: it may be a refusal. For the first look at a host. */
  readonly listensOn: boolean
  /** Called once when the server says nothing at all for a while: it may serve one connection at a time, and wait for another one's end. */
  readonly onSilence?: () => void
}

/** The session, or in words why go's connection cannot be decrypted. */
export type UpstreamOutcome =
  | { readonly kind: 'ready'; readonly leg: Leg; readonly seen: readonly HandshakeEvent[] }
  | { readonly kind: 'unfit'; readonly because: string }

/** A silent origin: go waits for 10 s in all, and gets its own connection afterwards. */
const PATIENCE_MS = 5_000
/** A server whose first octet takes longer than this is told to `onSilence`. */
const SILENCE_MS = 1_000
/** Beyond one and a half times the way to the server and back. */
const FIRST_WORD_MS = 5
const MOST_FIRST_WORD_MS = 400

/**
 * Make the handshake. No octet of application data is sent before our verifier has accepted the chain that stood on the wire; Node's own
 * verdict is not asked, since it is neither go's nor made with the client's roots.
 */
export function openUpstream(request: UpstreamRequest): Promise<UpstreamOutcome> {
  const seen: HandshakeEvent[] = []
  const reading = readLeg({ ...request, leg: 'upstream', onEvent: (event) => void seen.push(event) })
  const session = tryToOpen(request.hello, reading)
  if (session === null) {
    request.socket.destroy()
    return Promise.resolve({ kind: 'unfit', because: 'this Node cannot offer what the client offers' })
  }
  reading.open(session)
  const startedAtMs = request.atMs()
  const silence = setTimeout(() => request.onSilence?.(), SILENCE_MS)
  reading.whenHeard(() => clearTimeout(silence))
  return new Promise((resolve) => {
    let isSettled = false
    let firstWord: NodeJS.Timeout | undefined
    const giveUp = (because: string) => {
      settle()
      session.destroy()
      request.socket.destroy()
      resolve({ kind: 'unfit', because })
    }
    const onError = (error: NodeJS.ErrnoException) => giveUp(describeFailure(error, reading.transcript()))
    const onEnd = () => giveUp('the server closed the connection during the handshake')
    const onAbort = () => giveUp('the client left')
    const patience = setTimeout(() => giveUp('the server was silent during the handshake'), PATIENCE_MS)
    const settle = () => {
      isSettled = true
      clearTimeout(patience)
      clearTimeout(silence)
      clearTimeout(firstWord)
      session.off('error', onError).off('end', onEnd).off('close', onEnd)
      session.on('error', () => {})
      request.signal.removeEventListener('abort', onAbort)
    }
    session.on('error', onError).on('end', onEnd).on('close', onEnd)
    request.signal.addEventListener('abort', onAbort)
    session.once('secureConnect', () => {
      const because = refuse(reading.transcript(), request)
      if (because !== null) return giveUp(because)
      const accept = () => {
        if (isSettled) return
        settle()
        resolve({ kind: 'ready', leg: makeLeg(session, request.socket, reading), seen })
      }
      if (!request.listensOn || session.getProtocol() !== 'TLSv1.3') return accept()
      reading.whenHeard(accept)
      firstWord = setTimeout(accept, firstWordMs(request.atMs() - startedAtMs))
    })
    if (request.signal.aborted) onAbort()
  })
}

/** @param handshakeMs one way to the server and back, and what both sides computed */
function firstWordMs(handshakeMs: number): number {
  return Math.min(1.5 * handshakeMs + FIRST_WORD_MS, MOST_FIRST_WORD_MS)
}

/** Why a session that stands must not be used; null when go would go on as well. */
function refuse(transcript: Transcript, { judge }: UpstreamRequest): string | null {
  if (transcript.certificateRequest !== null) return 'the server asks for a client certificate, which only the client itself can answer'
  if (transcript.chain === null) return 'the certificates of the server could not be read'
  const refusal = judge(transcript.chain)
  return refusal === null ? null : `the client would refuse the certificate: ${refusal}`
}

function describeFailure(error: NodeJS.ErrnoException, transcript: Transcript): string {
  const alert = transcript.alerts.find(({ sender }) => sender === 'server')
  if (alert !== undefined) return `the server refused our handshake with the alert ${alert.name}, though it answered the client's`
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return 'the server reset the connection during the handshake'
  return `this Node cannot complete the handshake (${error.code ?? 'unknown error'})`
}

function tryToOpen(hello: ClientHello, { tapped }: LegReading): TLSSocket | null {
  const options: ConnectionOptions & Pick<TLSSocketOptions, 'requestOCSP'> = {
    socket: tapped.stream,
    servername: hello.serverName ?? '',
    ALPNProtocols: [...hello.alpn],
    rejectUnauthorized: false,
    requestOCSP: true,
    checkServerIdentity: () => undefined,
  }
  try {
    return connect({ ...options, secureContext: contextLike(hello) })
  } catch {
    return null
  }
}

/** Contexts by what they offer: those of one run offer the same. They hold no session, so none is ever resumed. */
const CONTEXTS = new Map<string, SecureContext>()
const MOST_CONTEXTS = 16

/** @throws Error when OpenSSL can offer none of it */
function contextLike(hello: ClientHello): SecureContext {
  const shape = describeShape(hello)
  // No roots are loaded (22 ms): whether a chain is good is for `judge` to say, before any data is sent.
  const context = CONTEXTS.get(shape) ?? createSecureContext({ ...shapeHello(hello), ca: [] })
  for (const oldest of CONTEXTS.keys()) {
    if (CONTEXTS.size < MOST_CONTEXTS) break
    CONTEXTS.delete(oldest)
  }
  CONTEXTS.set(shape, context)
  return context
}
