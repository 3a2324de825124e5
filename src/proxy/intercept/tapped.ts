/** A socket behind which TLS runs in this process, with all its octets seen on their way. */
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { Direction } from '../../contract/terms.ts'
import type { ReadBuffer } from '../read-buffer.ts'

export interface TappedSocket {
  readonly stream: Duplex
  /**
   * Deliver nothing more that comes in. Must be called before the TLS socket above is ended: Node's JSStreamSocket throws an assertion past all
   * handlers (seen in 20.20) when OpenSSL answers something while a shutdown is pending.
   */
  seal(): void
}

/**
 * Stand before a socket for `tls.connect` or `new TLSSocket`.
 * @param readBuffer where its octets come; null when it emits `data`
 * @param onOctets sees octets before they go on; they are only valid during the call
 * @param inbound the direction of what is read from this socket
 */
export function tapForTls(
  socket: Socket,
  readBuffer: ReadBuffer | null,
  inbound: Direction,
  onOctets: (direction: Direction, octets: Buffer) => void,
): TappedSocket {
  const outbound: Direction = inbound === 'client-to-server' ? 'server-to-client' : 'client-to-server'
  let isSealed = false
  const stream = new Duplex({
    allowHalfOpen: true,
    read: () => void socket.resume(),
    write(octets: Buffer, _encoding, done) {
      onOctets(outbound, octets)
      socket.write(octets, done)
    },
    final: (done) => void socket.end(done),
    destroy(error, done) {
      socket.destroy()
      done(error)
    },
  })
  const take = (octets: Buffer): boolean => {
    if (isSealed) return true
    onOctets(inbound, octets)
    // A read buffer is filled again by the next read.
    const isWanted = stream.push(readBuffer === null ? octets : Buffer.from(octets))
    if (!isWanted) socket.pause()
    return isWanted
  }
  if (readBuffer === null) socket.on('data', take)
  else readBuffer.attach(take)
  socket.on('end', () => {
    if (!isSealed) stream.push(null)
  })
  socket.on('error', (error) => stream.destroy(error))
  socket.on('close', () => stream.destroy())
  return {
    stream,
    seal() {
      isSealed = true
      // What still comes is read and dropped, so that the peer's end is noticed.
      socket.resume()
    },
  }
}
