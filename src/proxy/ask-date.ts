import { connect } from 'node:tls'
import { readSentAt } from '../diagnosis/http-date.ts'
import { joinHostPort } from './ip-address.ts'
import { observeProbe, type SessionObserver, tapSession } from './observe.ts'
import { openTunnel, type TunnelRequest } from './open-tunnel.ts'
import { guardShutdown, type TappedSocket, tapSocket } from './tapped-socket.ts'

/** The time that a host told. It proves nothing until the chain was judged at that time. */
export interface ToldTime {
  readonly host: string
  readonly port: number
  /** What its Date (and Age) say. */
  readonly at: Date
  /** This machine's clock when the answer came. */
  readonly receivedAt: Date
  /** DER, in wire order; null when none was seen. */
  readonly chain: readonly Uint8Array[] | null
}

export interface DateRequest extends Omit<TunnelRequest, 'signal'> {
  /** Server name to send, null for none (IP hosts). */
  readonly serverName: string | null
  readonly signal?: AbortSignal
  /** For name, TCP, CONNECT, TLS and the answer together. */
  readonly timeoutMs?: number
}

/**
 * Ask a host for the time: one HEAD request in a TLS session of our own, of whose answer the Date alone is read. The request holds nothing but
 * the host's name. No certificate is refused here, since which time it must be valid at is what is asked: whoever uses the answer judges the
 * chain at the time that was told.
 * @returns null when no Date came
 */
export async function askDate(request: DateRequest): Promise<ToldTime | null> {
  const limit = AbortSignal.timeout(request.timeoutMs ?? 5_000)
  const signal = request.signal === undefined ? limit : AbortSignal.any([limit, request.signal])
  try {
    const dialed = await openTunnel({ ...request, signal })
    const observer = observeProbe({ leg: 'upstream', limitBytes: LIMIT_BYTES })
    const tap = tapSession(
      observer,
      () => 0,
      () => undefined,
      LIMIT_BYTES,
    )
    const tapped = tapSocket(dialed.socket, (direction, octets) => void tap.feed(direction, octets))
    const head = await readHead(request, tapped, observer, signal).finally(() => tapped.stream.destroy())
    const at = readSentAt(splitFields(head))
    return at === undefined
      ? null
      : { host: request.host, port: request.port, at, receivedAt: new Date(), chain: observer.transcript().chain }
  } catch {
    // A host that cannot be reached tells no time.
    return null
  }
}

/** Certificates may take 256 KiB, a response head 64. */
const LIMIT_BYTES = 512 * 1024
const HEAD_LIMIT_BYTES = 64 * 1024

function readHead(request: DateRequest, tapped: TappedSocket, observer: SessionObserver, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = tapped.stream
    const session = connect({
      socket,
      servername: request.serverName ?? '',
      ALPNProtocols: ['http/1.1'],
      ca: [],
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    })
    guardShutdown(session, tapped)
    let head = ''
    const finish = (error?: Error) => {
      signal.removeEventListener('abort', onAbort)
      session.destroy()
      if (error === undefined) resolve(head)
      else reject(error)
    }
    const onAbort = () => finish(new Error('no answer in time'))
    session.on('keylog', (line: Buffer) => void observer.addSecret(line.toString('latin1').trim()))
    session.once('secureConnect', () => session.write(requestFor(request)))
    session.on('data', (octets: Buffer) => {
      head += octets.toString('latin1')
      if (/\r?\n\r?\n/.test(head) || head.length > HEAD_LIMIT_BYTES) finish()
    })
    session.once('end', () => finish())
    session.once('close', () => finish())
    session.on('error', finish)
    socket.on('error', finish)
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) onAbort()
  })
}

function requestFor({ host, port }: DateRequest): string {
  const authority = port === 443 ? joinHostPort(host, port).replace(/:443$/, '') : joinHostPort(host, port)
  return `HEAD / HTTP/1.1\r\nHost: ${authority}\r\nUser-Agent: whytls\r\nAccept: */*\r\nConnection: close\r\n\r\n`
}

function splitFields(head: string): readonly (readonly [string, string])[] {
  const [status = '', ...lines] = (head.split(/\r?\n\r?\n/)[0] ?? '').split(/\r?\n/)
  if (!status.startsWith('HTTP/1.')) return []
  return lines.map((line) => {
    const colon = line.indexOf(':')
    return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
}
