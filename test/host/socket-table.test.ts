import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findSocketInode } from '../../src/host/socket-table.ts'

const servers: Server[] = []

async function listen(host: string): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => {}).resume())
  servers.push(server)
  server.listen(0, host)
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A port that was bound by name may be bound again while its far ends differ. */
async function dial(host: string, port: number, localPort = 0): Promise<Socket> {
  const socket = connect({ host, port, localPort, localAddress: host })
  await once(socket, 'connect')
  return socket
}

const world = { ports: [0, 0] as number[] }

beforeAll(async () => {
  world.ports = [await listen('127.0.0.1'), await listen('127.0.0.1')]
})

afterAll(() => {
  for (const server of servers) server.close()
})

describe('the kernel’s table of sockets', () => {
  it('tells connections from one local port apart by their far ends', async () => {
    const [first = 0, second = 0] = world.ports
    const one = await dial('127.0.0.1', first)
    const other = await dial('127.0.0.1', second, one.localPort)
    const local = `127.0.0.1:${one.localPort}`
    const inodes = [first, second].map((port) => findSocketInode(local, `127.0.0.1:${port}`))
    expect(inodes.every((inode) => /^[1-9]\d*$/.test(inode ?? ''))).toBe(true)
    expect(inodes[0]).not.toBe(inodes[1])
    one.destroy()
    other.destroy()
  })

  it('passes over an older connection from the same port that only waits for its end', async () => {
    const [first = 0, second = 0] = world.ports
    const over = await dial('127.0.0.1', first)
    const { localPort } = over
    over.end()
    await once(over, 'close')
    const lives = await dial('127.0.0.1', second, localPort)
    expect(findSocketInode(`127.0.0.1:${localPort}`, `127.0.0.1:${first}`)).toBeNull()
    expect(findSocketInode(`127.0.0.1:${localPort}`, `127.0.0.1:${second}`)).toMatch(/^[1-9]\d*$/)
    lives.destroy()
  })

  it('finds who listens, and nothing for what is no address', () => {
    const [first] = world.ports
    expect(findSocketInode(`127.0.0.1:${first}`)).toMatch(/^[1-9]\d*$/)
    expect(findSocketInode('mods.example:443')).toBeNull()
    expect(findSocketInode('127.0.0.1:1', 'mods.example:443')).toBeNull()
  })

  it('reads IPv6 ends too, where there is IPv6', async () => {
    const port = await listen('::1').catch(() => null)
    if (port === null) return
    const socket = await dial('::1', port)
    expect(findSocketInode(`[::1]:${socket.localPort}`, `[::1]:${port}`)).toMatch(/^[1-9]\d*$/)
    socket.destroy()
  })
})
