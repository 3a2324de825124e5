import type { Ending, HelloTry } from '../diagnosis/observation.ts'
import { HandshakeObserver } from '../handshake/observer.ts'
import type { Transcript } from '../handshake/transcript.ts'
import type { Dialed } from './dial.ts'
import { openTunnel, type TunnelRequest } from './open-tunnel.ts'

/** What one ClientHello met, and the session as it was read. */
export interface HelloAnswer {
  readonly met: HelloTry
  readonly startedAt: Date
  readonly durationMs: number
  readonly transcript: Transcript
  readonly ending: Ending | null
}

export interface HelloTrialRequest extends TunnelRequest {
  /** The ClientHello with its record headers. */
  readonly octets: Uint8Array
  /** How long it may stay unanswered, ms from the hello; asked again and again, since it shrinks once another try was answered. */
  readonly patienceMs: () => number
}

/**
 * Send a ClientHello by go's route and look at the first answer: ServerHello (or HelloRetryRequest), alert, something that is not TLS, FIN, RST
 * or silence. No key is needed, nothing more is sent.
 * @returns null when the signal ended it: then nothing is known. Never throws.
 */
export async function tryHello(request: HelloTrialRequest): Promise<HelloAnswer | null> {
  const startedAt = new Date()
  const zero = performance.now()
  const atMs = () => performance.now() - zero
  const observer = new HandshakeObserver({ decrypts: false })
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(DIAL_LIMIT_MS)])
  const dialed = await openTunnel({ ...request, signal }).catch(() => null)
  if (request.signal.aborted) {
    dialed?.socket.destroy()
    return null
  }
  const answer = (met: HelloTry, end: Pick<Ending, 'by' | 'how'> | null): HelloAnswer => ({
    met,
    startedAt,
    durationMs: atMs(),
    transcript: observer.transcript(),
    ending: end === null ? null : { ...end, atMs: atMs(), afterHelloMs: met.afterMs },
  })
  if (dialed === null) return answer({ met: 'dial-failure', alert: null, afterMs: atMs() }, null)
  const seen = await exchange(dialed, request, observer, atMs)
  return seen === null ? null : answer(seen.met, seen.end)
}

const DIAL_LIMIT_MS = 10_000
const TICK_MS = 100

interface Exchanged {
  readonly met: HelloTry
  readonly end: Pick<Ending, 'by' | 'how'>
}

function exchange(dialed: Dialed, request: HelloTrialRequest, observer: HandshakeObserver, atMs: () => number): Promise<Exchanged | null> {
  const { socket } = dialed
  return new Promise((resolve) => {
    const helloAtMs = atMs()
    let alert: string | null = null
    let chose: HelloTry['chose']
    const settle = (result: Exchanged | null) => {
      clearInterval(timer)
      request.signal.removeEventListener('abort', giveUp)
      socket.destroy()
      resolve(result)
    }
    const meet = (met: HelloTry['met'], by: Ending['by'], how: Ending['how']) =>
      settle({ met: { met, alert, afterMs: atMs() - helloAtMs, ...(chose === undefined ? {} : { chose }) }, end: { by, how } })
    const giveUp = () => settle(null)
    // Counted, not read off the clock: whoever stood still for a while has read nothing meanwhile, and reads before the next tick.
    let ticks = 0
    const timer = setInterval(() => {
      ticks += 1
      if (ticks * TICK_MS >= request.patienceMs()) meet('silence', 'us', 'timeout')
    }, TICK_MS)
    request.signal.addEventListener('abort', giveUp)
    const read = (events: ReturnType<HandshakeObserver['feed']>) => {
      for (const event of events) {
        if (event.type === 'alert' && event.alert.sender === 'server') alert = event.alert.name
        if (event.type === 'server-hello') {
          chose = { cipherSuite: event.hello.cipherSuite, group: event.hello.keyShareGroup }
          return meet('server-hello', 'us', 'fin')
        }
        // go reads on behind a warning; what then ends the session is told.
        if (event.type === 'alert' && event.alert.level !== 'warning') return meet('alert', 'server', 'fin')
        if (event.type === 'not-tls' || event.type === 'unreadable') return meet('not-tls', 'server', 'fin')
      }
    }
    socket.on('data', (octets: Buffer) => read(observer.feed('server-to-client', octets, atMs())))
    socket.on('end', () => {
      read(observer.end('server-to-client', atMs()))
      meet('fin', 'server', 'fin')
    })
    socket.on('error', () => meet('rst', 'server', 'rst'))
    socket.on('close', () => meet('rst', 'server', 'rst'))
    observer.feed('client-to-server', request.octets, helloAtMs)
    socket.write(request.octets)
    if (socket.isPaused()) socket.resume()
  })
}
