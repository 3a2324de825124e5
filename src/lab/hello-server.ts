/** A TCP server that answers each ClientHello of a connection with whatever octets a case wants. */
import type { Socket } from 'node:net'
import type { Listening } from './listener.ts'
import { type RawClientHello, takeClientHellos, takeHandshake } from './raw-messages.ts'
import { startTcpServer } from './tcp-server.ts'

/**
 * What to send for the ClientHello number `round` of a connection (0, and 1 behind a HelloRetryRequest), record headers included.
 * @returns null to close without a word
 */
export type HelloAnswer = (hello: RawClientHello, round: number) => Buffer | null

/** Bring the server up. It never ends a connection that it has answered; the client does. */
export function startHelloServer(answer: HelloAnswer, port: number): Promise<Listening> {
  return startTcpServer(
    {
      onConnect(socket) {
        let received: Buffer = Buffer.alloc(0)
        let handshake: Buffer = Buffer.alloc(0)
        let round = 0
        socket.on('data', (bytes: Buffer) => {
          const { content, rest } = takeHandshake(Buffer.concat([received, bytes]))
          received = rest
          const taken = takeClientHellos(Buffer.concat([handshake, content]))
          handshake = taken.rest
          for (const hello of taken.hellos) send(socket, answer(hello, round++))
        })
        socket.on('end', () => socket.end())
        socket.on('error', () => socket.destroy())
      },
    },
    port,
  )
}

function send(socket: Socket, octets: Buffer | null): void {
  if (octets === null) socket.end()
  else if (socket.writable) socket.write(octets)
}
