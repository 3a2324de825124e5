/** Read a client's ClientHello without taking it out of the socket. */
import type { Socket } from 'node:net'
import type { ClientHello } from '../../contract/handshake.ts'
import { HandshakeObserver } from '../../handshake/observer.ts'

/** A ClientHello and its octets as they came; `hello` is null where what came is none. */
export interface Peeked {
  readonly hello: ClientHello | null
  readonly octets: Buffer
}

/** Octets that are read for one ClientHello. */
export const PEEK_LIMIT_BYTES = 64 * 1024

/**
 * Wait for the ClientHello. The socket is left paused, with all octets put back.
 * @returns null when the client ended without having sent anything that could be judged
 */
export function peekClientHello(client: Socket): Promise<Peeked | null> {
  return new Promise((resolve) => {
    const reader = createHelloReader()
    const finish = (found: Peeked | null) => {
      client.pause()
      client.off('data', onData).off('end', onEnd).off('close', onEnd)
      if (reader.octets.length > 0 && !client.destroyed && !client.readableEnded) client.unshift(reader.octets)
      resolve(found)
    }
    const onData = (octets: Buffer) => {
      const hello = reader.read(octets)
      if (hello !== undefined) finish({ hello, octets: reader.octets })
    }
    const onEnd = () => finish(null)
    client.on('data', onData).on('end', onEnd).on('close', onEnd)
    client.resume()
  })
}

/** Reads a ClientHello out of octets that come in parts. */
export interface HelloReader {
  /** All that came. */
  readonly octets: Buffer
  /** @returns the hello once it is whole, null once it is none, undefined until then */
  read(part: Buffer): ClientHello | null | undefined
}

/** Read the octets of one client until its ClientHello is whole. */
export function createHelloReader(): HelloReader {
  const observer = new HandshakeObserver({ decrypts: false, limitBytes: PEEK_LIMIT_BYTES })
  const parts: Buffer[] = []
  let isOver = false
  return {
    get octets() {
      return Buffer.concat(parts)
    },
    read(part) {
      parts.push(Buffer.from(part))
      if (isOver) return null
      const found = observer.feed('client-to-server', part, 0).find((event) => event.type === 'client-hello')
      isOver = found !== undefined || observer.isDone || observer.transcript().stoppedAt['client-to-server'] !== null
      if (found?.type === 'client-hello') return found.hello
      return isOver ? null : undefined
    },
  }
}
