/** A corporate proxy of the lab: it answers CONNECT as told, and tunnels to loopback when told nothing. */
import { connect, type Socket } from 'node:net'
import { createServer, type TlsOptions } from 'node:tls'
import { type Listening, listenOnLoopback } from './listener.ts'
import { startTcpServer } from './tcp-server.ts'

/** What it does once a whole request head has come; the head is passed without its blank line. */
export type ParentBehaviour = (socket: Socket, head: string) => void

/** Bring a parent proxy up on a free port. */
export function startParentProxy(behaviour: ParentBehaviour): Promise<Listening> {
  return startTcpServer({ onConnect: (socket) => collectHead(socket, behaviour) }, 0)
}

/** The same behind TLS of its own. */
export function startSecureParentProxy(behaviour: ParentBehaviour, options: TlsOptions): Promise<Listening> {
  const server = createServer({ ...options, ALPNProtocols: ['http/1.1'] }, (socket) => {
    socket.on('error', () => socket.destroy())
    collectHead(socket, behaviour)
  })
  server.on('tlsClientError', () => {})
  return listenOnLoopback(server, 0)
}

/** Answer with a status line, headers and a body, then close, as proxies do that refuse. */
export function refuseConnect(status: string, headers: readonly string[], body: string): ParentBehaviour {
  const head = [
    `HTTP/1.1 ${status}`,
    ...headers,
    'Content-Type: text/html',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    '',
  ]
  return (socket) => socket.end(head.join('\r\n') + body)
}

/** Make the tunnel, with these header fields in the answer: whatever the host's name, the lab's origins are on loopback. */
export function tunnelToLoopback(socket: Socket, head: string, fields: readonly string[] = []): void {
  openTunnel(socket, Number(/^CONNECT \S+:(\d+) /.exec(head)?.[1] ?? 0), fields)
}

/** Make every tunnel to one port of loopback, whatever host was asked for. */
export function tunnelTo(port: number): ParentBehaviour {
  return (socket) => openTunnel(socket, port, [])
}

function openTunnel(socket: Socket, port: number, fields: readonly string[]): void {
  const upstream = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true }, () => {
    socket.write(['HTTP/1.1 200 Connection established', ...fields, '', ''].join('\r\n'))
    socket.pipe(upstream).pipe(socket)
  })
  upstream.on('error', () => socket.destroy())
  socket.on('close', () => upstream.destroy())
}

function collectHead(socket: Socket, behaviour: ParentBehaviour): void {
  let received = ''
  const onData = (bytes: Buffer) => {
    received += bytes.toString('latin1')
    const end = received.indexOf('\r\n\r\n')
    if (end < 0) return
    socket.off('data', onData)
    behaviour(socket, received.slice(0, end))
  }
  socket.on('data', onData)
}
