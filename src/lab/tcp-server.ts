/** Plain TCP servers that behave badly where TLS is expected. */
import { connect, createServer, type Socket } from 'node:net'
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

/**
 * A port of 127.0.0.1 that refuses connections for as long as it is held: it is the near end of a connection to somewhere else, so nobody
 * listens there and nobody else can come to.
 */
export async function holdClosedPort(): Promise<Listening> {
  const server = await startTcpServer({}, 0)
  const holder = connect({ host: '127.0.0.1', port: server.port })
  await new Promise((resolve, reject) => holder.once('connect', resolve).once('error', reject))
  const port = holder.localPort
  if (port === undefined) throw new Error('a connected socket has no port')
  return {
    port,
    async close() {
      holder.destroy()
      await server.close()
    },
  }
}
