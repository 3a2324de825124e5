import { once } from 'node:events'
import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { type Relay, type RelayEnding, relay } from '../../src/proxy/relay.ts'
import { connectTo, listenOnLoopback, readAll } from './loopback.ts'

interface Joined {
  /** The far ends, as go and the origin hold them. */
  readonly client: Socket
  readonly server: Socket
  readonly link: Relay
  readonly ended: Promise<RelayEnding>
}

async function join(options: { readonly serverIsGone?: boolean } = {}): Promise<Joined> {
  const accepted: Socket[] = []
  const wake: (() => void)[] = []
  const port = await listenOnLoopback((socket) => {
    accepted.push(socket)
    wake.splice(0).forEach((each) => {
      each()
    })
  })
  const accept = async (n: number) => {
    while (accepted[n] === undefined) await new Promise<void>((resolve) => wake.push(resolve))
    return accepted[n]
  }
  const client = await connectTo(port)
  const clientSide = await accept(0)
  const serverSide = await connectTo(port)
  const server = await accept(1)
  if (options.serverIsGone === true) {
    serverSide.destroy()
    await once(serverSide, 'close')
  }
  let link: Relay | undefined
  const ended = new Promise<RelayEnding>((resolve) => {
    link = relay(clientSide, serverSide, { onClosed: resolve, clientSpeaksFirst: options.serverIsGone === true })
  })
  if (link === undefined) throw new Error('no relay')
  return { client, server, link, ended }
}

describe('relay', () => {
  it('passes a FIN on and keeps the other direction open', async () => {
    const { client, server, link, ended } = await join()
    client.end('question')
    expect((await readAll(server)).octets.toString()).toBe('question')
    server.end('answer after the client had ended')
    const answer = await readAll(client)
    expect(answer).toEqual({ octets: Buffer.from('answer after the client had ended'), how: 'fin' })
    expect(await ended).toEqual({ by: 'client', how: 'fin' })
    expect(link.bytes).toEqual({ 'client-to-server': 8, 'server-to-client': 33 })
  })

  it('passes a reset of the server on to the client, after the octets before it', async () => {
    const { client, server, ended } = await join()
    client.write('x')
    await once(server, 'data')
    server.write('last words', () => server.resetAndDestroy())
    const seen = await readAll(client)
    expect(seen.octets.toString()).toBe('last words')
    expect(seen.how).toBe('rst')
    expect(await ended).toEqual({ by: 'server', how: 'rst' })
  })

  it('resets a client whose server was reset before the tunnel stood, and sees what it said', async () => {
    const { client, link, ended } = await join({ serverIsGone: true })
    let seen = ''
    link.tap('client-to-server', (octets) => {
      seen += octets.toString()
      return true
    })
    client.write('hello')
    expect((await readAll(client)).how).toBe('rst')
    expect(await ended).toEqual({ by: 'server', how: 'rst' })
    expect(seen).toBe('hello')
    expect(link.bytes).toEqual({ 'client-to-server': 0, 'server-to-client': 0 })
  })

  it('passes a reset of the client on to the server', async () => {
    const { client, server, ended } = await join()
    client.write('x')
    await once(server, 'data')
    client.resetAndDestroy()
    expect((await readAll(server)).how).toBe('rst')
    expect(await ended).toEqual({ by: 'client', how: 'rst' })
  })

  it('passes on the reset that follows a FIN when the client is gone and the server still sends', async () => {
    const { client, server, ended } = await join()
    server.on('data', () => {})
    client.end('bye')
    await once(server, 'end')
    client.destroy()
    const sending = setInterval(() => server.write('still here'), 5)
    await new Promise((resolve) => server.once('close', resolve))
    clearInterval(sending)
    expect(server.errored).not.toBeNull()
    expect(await ended).toEqual({ by: 'client', how: 'fin' })
  })

  it('keeps memory bounded while the client does not read', async () => {
    const { client, server, link } = await join()
    client.pause()
    const block = Buffer.alloc(1 << 20)
    let sent = 0
    while (sent < 256 && server.write(block)) sent += 1
    for (let round = 0; round < 20 && sent < 256; round++) {
      const drained = once(server, 'drain').then(() => true)
      const stalled = new Promise<false>((resolve) => setTimeout(() => resolve(false), 100))
      if (!(await Promise.race([drained, stalled]))) break
      server.write(block)
      sent += 1
    }
    // Kernel buffers of two sockets on loopback hold some MiB; the relay itself holds at most one chunk more.
    expect(link.bytes['server-to-client']).toBeLessThan(32 << 20)
    expect(sent).toBeLessThan(256)
  })

  it('takes a tap off when it says that it has seen enough', async () => {
    const { client, server, link } = await join()
    let seen = 0
    link.tap('client-to-server', (octets) => {
      seen += octets.length
      return seen < 4
    })
    server.on('data', () => {})
    for (const text of ['ab', 'cd', 'ef']) {
      client.write(text)
      await once(server, 'data')
    }
    expect(seen).toBe(4)
    expect(link.bytes['client-to-server']).toBe(6)
  })
})
