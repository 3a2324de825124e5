/** Sockets for the tests of this room: loopback only, any free port, everything closed at the end. */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { ProxyEvent } from '../../src/proxy/event.ts'
import { type ProxyOptions, type RunningProxy, startProxy } from '../../src/proxy/start-proxy.ts'

/** Listen on loopback; every connection goes to `onSocket`. Returns the port. */
export async function listenOnLoopback(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    onSocket(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Connect to a loopback port; errors are kept quiet, `socket.errored` holds them. */
export async function connectTo(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** Start a proxy that records its events. */
export async function startTestProxy(options: Partial<ProxyOptions> = {}): Promise<RunningProxy & { readonly events: ProxyEvent[] }> {
  const events: ProxyEvent[] = []
  const proxy = await startProxy({
    host: '127.0.0.1',
    port: 0,
    env: {},
    mapping: new Map(),
    authorize: null,
    createObserver: null,
    listener: (event) => {
      events.push(event)
      waiters.splice(0).forEach((wake) => {
        wake()
      })
    },
    ...options,
  })
  onTestFinished(() => proxy.close({ graceMs: 0 }))
  return { ...proxy, events }
}

const waiters: (() => void)[] = []

/** Wait until the proxy has said something that `isWanted`; returns it. */
export async function waitForEvent<T extends ProxyEvent>(
  events: readonly ProxyEvent[],
  isWanted: (event: ProxyEvent) => event is T,
): Promise<T> {
  for (;;) {
    const found = events.find(isWanted)
    if (found !== undefined) return found
    await new Promise<void>((resolve) => waiters.push(resolve))
  }
}

/** A guard for `waitForEvent`. */
export function ofType<K extends ProxyEvent['type']>(type: K): (event: ProxyEvent) => event is Extract<ProxyEvent, { type: K }> {
  return (event): event is Extract<ProxyEvent, { type: K }> => event.type === type
}

/** Everything a socket sends until it ends (`fin`) or is reset (`rst`). */
export async function readAll(socket: Socket): Promise<{ readonly octets: Buffer; readonly how: 'fin' | 'rst' }> {
  const parts: Buffer[] = []
  socket.on('data', (part: Buffer) => parts.push(part))
  socket.resume()
  const how = await new Promise<'fin' | 'rst'>((resolve) => {
    if (socket.readableEnded) resolve('fin')
    // libuv may report the end of file for a reset that came with data; an empty write tells.
    socket.once('end', () => (socket.writableEnded ? resolve('fin') : socket.write('', (error) => error == null && resolve('fin'))))
    socket.once('close', () => resolve(socket.errored === null ? 'fin' : 'rst'))
  })
  return { octets: Buffer.concat(parts), how }
}

/** Read up to and including the header's empty line; what follows is put back. */
export async function readHead(socket: Socket): Promise<string> {
  let octets = Buffer.alloc(0)
  for (;;) {
    const end = octets.indexOf('\r\n\r\n')
    if (end >= 0) {
      socket.pause()
      if (octets.length > end + 4) socket.unshift(octets.subarray(end + 4))
      return octets.subarray(0, end + 4).toString('latin1')
    }
    const [part] = await Promise.race([once(socket, 'data'), once(socket, 'end').then(() => [null])])
    if (!Buffer.isBuffer(part)) return octets.toString('latin1')
    octets = Buffer.concat([octets, part])
  }
}

/** Ask for a tunnel and read the answer's header. */
export async function openTunnel(
  proxyPort: number,
  authority: string,
  headers = '',
): Promise<{ readonly socket: Socket; readonly head: string }> {
  const socket = await connectTo(proxyPort)
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nUser-Agent: Go-http-client/1.1\r\n${headers}\r\n`)
  return { socket, head: await readHead(socket) }
}
