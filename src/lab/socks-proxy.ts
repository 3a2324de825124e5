/** A SOCKS 5 proxy of the lab (RFC 1928, 1929): it answers as told, and tunnels to loopback when told nothing. */
import { connect, type Socket } from 'node:net'
import type { Listening } from './listener.ts'
import { startTcpServer } from './tcp-server.ts'

export interface SocksBehaviour {
  /** The only user and password that it takes, "user:password"; absent = it asks for none. */
  readonly login?: string
  /** The method that it chooses, whatever was offered; 255 = none. */
  readonly method?: number
  /** Reply to the request; 0 = the tunnel. */
  readonly reply?: number
  /** What it does with a connection instead of all that, once the greeting came. */
  readonly onGreeting?: (socket: Socket) => void
}

/** Bring one up on a free port. */
export function startSocksProxy(behaviour: SocksBehaviour = {}): Promise<Listening> {
  return startTcpServer({ onConnect: (socket) => void serve(socket, behaviour) }, 0)
}

async function serve(socket: Socket, behaviour: SocksBehaviour): Promise<void> {
  const take = readerOf(socket)
  const [, methods = 0] = await take(2)
  const offered = await take(methods)
  if (behaviour.onGreeting !== undefined) return behaviour.onGreeting(socket)
  const wanted = behaviour.login === undefined ? NO_LOGIN : USER_PASSWORD
  const method = behaviour.method ?? (offered.includes(wanted) ? wanted : NO_METHOD)
  socket.write(Buffer.from([VERSION, method]))
  if (method === NO_METHOD) return void socket.end()
  if (method === USER_PASSWORD && !(await logIn(socket, take, behaviour.login))) return void socket.end()
  const port = await readRequest(take)
  const answer = Buffer.from([VERSION, behaviour.reply ?? 0, 0, 1, 127, 0, 0, 1, 0, 0])
  if ((behaviour.reply ?? 0) !== 0) return void socket.end(answer)
  join(socket, port, answer)
}

async function logIn(socket: Socket, take: Take, login: string | undefined): Promise<boolean> {
  const [, userBytes = 0] = await take(2)
  const user = (await take(userBytes)).toString()
  const [passwordBytes = 0] = await take(1)
  const isRight = login === `${user}:${(await take(passwordBytes)).toString()}`
  socket.write(Buffer.from([LOGIN_VERSION, isRight ? 0 : 1]))
  return isRight
}

/** @returns the port; hosts of the lab are all on loopback */
async function readRequest(take: Take): Promise<number> {
  const [, , , type] = await take(4)
  const addressBytes = type === 1 ? 4 : type === 4 ? 16 : ((await take(1))[0] ?? 0)
  await take(addressBytes)
  return (await take(2)).readUInt16BE(0)
}

function join(socket: Socket, port: number, answer: Buffer): void {
  const upstream = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true }, () => {
    socket.write(answer)
    socket.pipe(upstream).pipe(socket)
  })
  upstream.on('error', () => socket.destroy())
  socket.on('close', () => upstream.destroy())
}

/** Resolves with so many octets; never, when the socket ends before. */
type Take = (bytes: number) => Promise<Buffer>

function readerOf(socket: Socket): Take {
  return (bytes) =>
    new Promise((resolve) => {
      const read = () => {
        const octets: Buffer | null = bytes === 0 ? Buffer.alloc(0) : socket.read(bytes)
        if (octets === null) return
        socket.off('readable', read)
        resolve(octets)
      }
      socket.on('readable', read)
      read()
    })
}

const VERSION = 5
const LOGIN_VERSION = 1
const NO_LOGIN = 0
const USER_PASSWORD = 2
const NO_METHOD = 0xff
