/** A socket above which TLS runs in this process, with all its octets seen on their way. */
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { Direction } from '../contract/terms.ts'
import type { ReadBuffer } from './read-buffer.ts'

export interface TappedSocket {
  /** For `tls.connect` or `new TLSSocket`; errors and ends of the socket pass through. */
  readonly stream: Duplex
  /** Deliver nothing more that comes in, for good: it is read and dropped. */
  seal(): void
  /** Keep what comes in until `release`. */
  hold(): void
  release(): void
}

export interface TapOptions {
  /** Direction of what is read from this socket; from a server unless said. */
  readonly inbound?: Direction
  /** Where its octets come; null (default) when it emits `data`. */
  readonly readBuffer?: ReadBuffer | null
}

/**
 * Stand before a socket and see all octets of both directions, each before it goes on. Whoever runs TLS on it calls `guardShutdown`.
 * @param onOctets octets are only valid during the call
 */
export function tapSocket(
  socket: Socket,
  onOctets: (direction: Direction, octets: Buffer) => void,
  options: TapOptions = {},
): TappedSocket {
  const { inbound = 'server-to-client', readBuffer = null } = options
  const outbound: Direction = inbound === 'client-to-server' ? 'server-to-client' : 'client-to-server'
  const stream = new Duplex({
    read: () => void (intake.state !== 'held' && socket.resume()),
    write(octets: Buffer, _encoding, done) {
      onOctets(outbound, octets)
      socket.write(octets, done)
    },
    // A session hands over its records by the pair and more: one write of the system for all of them.
    writev(chunks: readonly { readonly chunk: Buffer }[], done) {
      socket.cork()
      for (const [at, { chunk }] of chunks.entries()) {
        onOctets(outbound, chunk)
        if (at < chunks.length - 1) socket.write(chunk)
        else socket.write(chunk, done)
      }
      socket.uncork()
    },
    final: (done) => void socket.end(done),
    destroy(error, done) {
      socket.destroy()
      done(error)
    },
  })
  const intake = new Intake(socket, stream)
  const take = (octets: Buffer): boolean => {
    if (intake.state !== 'sealed') onOctets(inbound, octets)
    return intake.take(octets, readBuffer !== null)
  }
  if (readBuffer === null) socket.on('data', take)
  else readBuffer.attach(take)
  socket.on('end', () => intake.end())
  socket.on('error', (error) => stream.destroy(error))
  return { stream, seal: () => intake.seal(), hold: () => intake.hold(), release: () => intake.release() }
}

/**
 * Keep octets away from a session while its shutdown is under way, whoever ends it (node:http too): Node's JSStreamSocket throws an assertion
 * past all handlers (seen in 20.20) when OpenSSL answers something then, as a KeyUpdate or a record that cannot be opened.
 * @param isReadOn the other direction goes on behind our end; else nothing that comes later is read
 */
export function guardShutdown(session: TLSSocket, tapped: TappedSocket, isReadOn = false): void {
  const shutDown = session._final.bind(session)
  session._final = (done) => {
    if (!isReadOn) tapped.seal()
    else tapped.hold()
    shutDown((error) => {
      tapped.release()
      done(error)
    })
  }
}

/** What comes in from the socket. */
class Intake {
  state: 'open' | 'held' | 'sealed' = 'open'
  readonly #socket: Socket
  readonly #stream: Duplex
  readonly #held: Buffer[] = []
  #hasEnded = false

  constructor(socket: Socket, stream: Duplex) {
    this.#socket = socket
    this.#stream = stream
  }

  /** @param isLent the octets are only valid during the call: a read buffer is filled again by the next read */
  take(octets: Buffer, isLent: boolean): boolean {
    if (this.state === 'sealed') return true
    const isOpen = this.state === 'open'
    // Node's TLS copies them at once; what is queued in the stream would need a copy of its own and some turns.
    if (isOpen && this.#stream.readableFlowing === true && this.#stream.readableLength === 0) {
      this.#stream.emit('data', octets)
      return true
    }
    const kept = isLent ? Buffer.from(octets) : octets
    if (this.state === 'held') this.#held.push(kept)
    const isWanted = isOpen && this.#stream.push(kept)
    if (!isWanted) this.#socket.pause()
    return isWanted
  }

  end(): void {
    this.#hasEnded = true
    if (this.state === 'open') this.#stream.push(null)
  }

  seal(): void {
    this.state = 'sealed'
    // What still comes is read and dropped, so that the peer's end is noticed.
    this.#socket.resume()
  }

  hold(): void {
    if (this.state === 'open') this.state = 'held'
  }

  release(): void {
    if (this.state !== 'held') return
    this.state = 'open'
    for (const octets of this.#held.splice(0)) this.#stream.push(octets)
    if (this.#hasEnded) this.#stream.push(null)
    else this.#socket.resume()
  }
}
