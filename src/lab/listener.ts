/** Loopback listening shared by all lab servers: port 0, open sockets counted, a close that waits for none of them. */
import type { Server, Socket } from 'node:net'

/** A server that is up. */
export interface Listening {
  readonly port: number
  readonly close: () => Promise<void>
}

/** Listen on 127.0.0.1 (or another local address); the result's `close` destroys what is still open. @throws the listen error */
export async function listenOnLoopback(server: Server, port: number, address = '127.0.0.1'): Promise<Listening> {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => open.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => resolve())
  })
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('a lab server got no port')
  return { port: bound.port, close: () => closeServer(server, open) }
}

/** Node sometimes never counts the last connection of a closed HTTP/2 server down; nothing of it is open by then. */
const LAST_CONNECTION_MS = 1000

function closeServer(server: Server, open: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    const limit = setTimeout(resolve, LAST_CONNECTION_MS)
    server.close(() => {
      clearTimeout(limit)
      resolve()
    })
    for (const socket of open) socket.destroy()
  })
}
