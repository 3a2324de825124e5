/** Plain TCP servers that behave badly where TLS is expected. */
import { createServer, type Socket } from 'node:net'
import { type Listening, listenOnLoopback } from './listener.ts'

/** What to do with a connection after its first octets came (`onFirstBytes`) or at once (`onConnect`). */
export interface TcpBehaviour {
  readonly onConnect?: (socket: Socket) => void
  readonly onFirstBytes?: (socket: Socket, bytes: Buffer) => void
}

/** Bring a TCP server with one behaviour up. It never ends a connection by itself, so a silent one stays silent. */
export function startTcpServer(behaviour: TcpBehaviour, port: number): Promise<Listening> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    behaviour.onConnect?.(socket)
    socket.once('data', (bytes: Buffer) => behaviour.onFirstBytes?.(socket, bytes))
    socket.resume()
  })
  return listenOnLoopback(server, port)
}

/** A port of 127.0.0.1 that was free a moment ago and refuses connections. */
export async function findClosedPort(): Promise<number> {
  const listening = await startTcpServer({}, 0)
  await listening.close()
  return listening.port
}
