import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findSocketOwner, loadNamedVariables } from '../../src/host/socket-owner.ts'

const server = createServer((socket) => socket.resume())
const world: { client: Socket | null } = { client: null }

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  world.client = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1')
  await once(world.client, 'connect')
})

afterAll(() => {
  world.client?.destroy()
  server.close()
})

describe('the owner of a loopback socket', () => {
  it('is found by the local address of its end', () => {
    expect(findSocketOwner({ local: `127.0.0.1:${world.client?.localPort}`, peer: `127.0.0.1:${world.client?.remotePort}` })?.pid).toBe(
      process.pid,
    )
  })
  it('is found in a listening socket too', () => {
    expect(findSocketOwner({ local: `127.0.0.1:${world.client?.remotePort}` })?.pid).toBe(process.pid)
  })
  it('is null for an address that nobody holds, and for what is no address', () => {
    expect(findSocketOwner({ local: '127.0.0.1:1' })).toBeNull()
    expect(findSocketOwner({ local: 'mods.example:443' })).toBeNull()
  })
  it('is found for each of many sockets of one process, and no more once it is closed', async () => {
    const clients = Array.from({ length: 90 }, () => connect(world.client?.remotePort ?? 0, '127.0.0.1'))
    await Promise.all(clients.map((client) => once(client, 'connect')))
    const ends = clients.map(({ localPort, remotePort }) => ({ local: `127.0.0.1:${localPort}`, peer: `127.0.0.1:${remotePort}` }))
    expect(new Set(ends.map((each) => findSocketOwner(each)?.pid))).toEqual(new Set([process.pid]))
    await Promise.all(clients.map((client) => once(client.destroy(), 'close')))
    expect(ends.map((each) => findSocketOwner(each)).filter((owner) => owner !== null)).toEqual([])
  })
  it('shows only the named variables of its environment', () => {
    const names = Object.keys(loadNamedVariables(process.pid) ?? {})
    const known = ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'GODEBUG', 'GOPROXY', 'GOSUMDB', 'HOME', 'XDG_CONFIG_HOME']
    expect(names.filter((name) => !known.includes(name) && !/^GIT_(?:SSL_CA(?:INFO|PATH)|CONFIG_GLOBAL)$/.test(name))).toEqual([])
    expect(loadNamedVariables(2 ** 30)).toBeNull()
  })
})
