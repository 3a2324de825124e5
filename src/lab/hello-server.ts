/** A TCP server that answers each ClientHello of a connection with whatever octets a case wants. */
import type { Socket } from 'node:net'
import type { Listening } from './listener.ts'
import { type RawClientHello, readClientHello } from './raw-messages.ts'
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
        let round = 0
        socket.on('data', (bytes: Buffer) => {
          const { hellos, rest } = takeHellos(Buffer.concat([received, bytes]))
          received = rest
          for (const hello of hellos) send(socket, answer(hello, round++))
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

/** Whole ClientHellos, one in a record each as go and OpenSSL send them; other records are left out. */
function takeHellos(received: Buffer): { readonly hellos: readonly RawClientHello[]; readonly rest: Buffer } {
  const hellos: RawClientHello[] = []
  let rest = received
  while (rest.length >= 5 && rest.length >= 5 + rest.readUInt16BE(3)) {
    const end = 5 + rest.readUInt16BE(3)
    const hello = rest[0] === HANDSHAKE && rest[5] === CLIENT_HELLO ? readClientHello(rest.subarray(0, end)) : undefined
    if (hello !== undefined) hellos.push(hello)
    rest = rest.subarray(end)
  }
  return { hellos, rest }
}

const HANDSHAKE = 22
const CLIENT_HELLO = 1
