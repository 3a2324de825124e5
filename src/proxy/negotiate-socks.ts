/** Runs a SOCKS negotiation on a socket. Like go's it has no time limit of its own. */
import type { Socket } from 'node:net'
import { endOfFileText, SocksNegotiation, type SocksProgress } from './socks.ts'

/** go would give up: `message` is its error without the addresses. */
export class SocksError extends Error {
  override readonly name = 'SocksError'
  /** `answered`: the proxy said no; the others: how the connection ended. */
  readonly kind: 'answered' | 'not-socks' | 'closed' | 'reset'
  readonly progress: SocksProgress | null
  /** What came and was not understood. */
  readonly received: Buffer
  constructor(kind: SocksError['kind'], message: string, { progress, received }: Pick<SocksNegotiation, 'progress' | 'received'>) {
    super(message)
    this.kind = kind
    this.progress = progress
    this.received = received
  }
}

/**
 * Ask for a tunnel to `target`. The socket is paused afterwards; octets that came behind the answer are put back.
 * @throws SocksError, or the signal's reason
 */
export function negotiateSocks(
  socket: Socket,
  target: { readonly host: string; readonly port: number },
  login: { readonly username: Buffer; readonly password: Buffer } | undefined,
  signal: AbortSignal,
): Promise<SocksProgress> {
  const negotiation = new SocksNegotiation(target, login)
  const resetText = describeReset(socket)
  return new Promise((resolve, reject) => {
    const stop = () => {
      socket.off('data', onData)
      socket.off('end', onEnd)
      socket.off('error', onError)
      signal.removeEventListener('abort', onAbort)
      socket.pause()
    }
    const fail = (error: Error) => {
      stop()
      socket.destroy()
      reject(error)
    }
    const onEnd = () => fail(new SocksError('closed', endOfFileText(negotiation), negotiation))
    const onError = () => fail(new SocksError('reset', resetText, negotiation))
    const onAbort = () => fail(signal.reason instanceof Error ? signal.reason : new Error('canceled'))
    const onData = (octets: Buffer) => {
      const step = negotiation.take(octets)
      if (step.kind === 'wait') return
      if (step.kind === 'send') socket.write(step.octets)
      if (step.kind === 'send' && negotiation.received.length > 0) return onData(Buffer.alloc(0))
      if (step.kind === 'failed') return fail(new SocksError(isVersion(step.text) ? 'not-socks' : 'answered', step.text, negotiation))
      if (step.kind !== 'open' || negotiation.progress === null) return
      stop()
      if (step.rest.length > 0) socket.unshift(step.rest)
      resolve(negotiation.progress)
    }
    if (signal.aborted) return onAbort()
    if (socket.destroyed) return onError()
    socket.on('data', onData)
    socket.on('end', onEnd)
    socket.on('error', onError)
    signal.addEventListener('abort', onAbort)
    socket.write(negotiation.greet())
  })
}

function isVersion(text: string): boolean {
  return text.startsWith('unexpected protocol version') || text === 'invalid username/password version'
}

function describeReset({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  const join = (host: string | undefined, port: number | undefined) =>
    host?.includes(':') === true && !host.startsWith('::ffff:')
      ? `[${host}]:${port ?? 0}`
      : `${host?.replace(/^::ffff:/, '') ?? ''}:${port ?? 0}`
  return `read tcp ${join(localAddress, localPort)}->${join(remoteAddress, remotePort)}: read: connection reset by peer`
}
