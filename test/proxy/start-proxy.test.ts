import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { parseResolveMap } from '../../src/proxy/resolve-mapping.ts'
import { startProxy } from '../../src/proxy/start-proxy.ts'
import { connectTo, listenOnLoopback, ofType, openTunnel, readAll, readHead, startTestProxy, waitForEvent } from './loopback.ts'

describe('startProxy', () => {
  it('answers 200 only once the origin is connected, and relays octets unchanged', async () => {
    const port = await listenOnLoopback((socket) => socket.pipe(socket))
    const proxy = await startTestProxy({ mapping: parseResolveMap([`modules.example:443:127.0.0.1:${port}`]) })
    const { socket, head } = await openTunnel(proxy.port, 'modules.example:443')
    expect(head).toBe('HTTP/1.1 200 Connection established\r\n\r\n')
    expect(proxy.openTunnels()).toBe(1)
    const octets = randomBytes(300_000)
    socket.end(octets)
    expect((await readAll(socket)).octets.equals(octets)).toBe(true)
    const closed = await waitForEvent(proxy.events, ofType('closed'))
    expect(closed.ending).toMatchObject({ by: 'client', how: 'fin' })
    expect(closed.bytes).toEqual({ 'client-to-server': 300_000, 'server-to-client': 300_000 })
    expect(proxy.events.map((event) => event.type)).toEqual(['opened', 'routed', 'dialed', 'tunnel', 'closed'])
    expect(proxy.events[1]).toMatchObject({ type: 'routed', route: [], resolvedBy: '--resolve' })
    expect(proxy.openTunnels()).toBe(0)
  })

  it("answers a refused connection with go's own words as reason phrase", async () => {
    const proxy = await startTestProxy()
    const { head } = await openTunnel(proxy.port, '127.0.0.1:1')
    expect(head).toMatch(/^HTTP\/1.1 502 dial tcp 127\.0\.0\.1:1: connect: connection refused\r\n/)
    const failed = await waitForEvent(proxy.events, ofType('dial-failed'))
    expect(failed.failure).toMatchObject({ leg: 'upstream', stage: 'tcp', kind: 'refused', tried: ['127.0.0.1:1'] })
    expect(proxy.events.filter((event) => event.type === 'closed')).toHaveLength(1)
  })

  it('loses none of 200 tunnels that are asked for at once', async () => {
    const port = await listenOnLoopback((socket) => socket.pipe(socket))
    const proxy = await startTestProxy()
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const { socket, head } = await openTunnel(proxy.port, `127.0.0.1:${port}`)
        socket.end(`message ${i}`)
        return head.startsWith('HTTP/1.1 200 ') && (await readAll(socket)).octets.toString() === `message ${i}`
      }),
    )
    expect(answers.filter(Boolean)).toHaveLength(200)
    expect(proxy.openTunnels()).toBe(0)
    expect(proxy.events.filter((event) => event.type === 'closed')).toHaveLength(200)
  })

  it('passes octets that came with the CONNECT request on, in order', async () => {
    const port = await listenOnLoopback((socket) => socket.pipe(socket))
    const proxy = await startTestProxy()
    const socket = await connectTo(proxy.port)
    socket.write(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: x\r\n\r\nearly `)
    await readHead(socket)
    socket.end('late')
    expect((await readAll(socket)).octets.toString()).toBe('early late')
  })

  it('changes no octet of a large body that a slow client reads by fits and starts', async () => {
    const body = randomBytes(24 << 20)
    const port = await listenOnLoopback((socket) => socket.end(body))
    const proxy = await startTestProxy()
    const { socket } = await openTunnel(proxy.port, `127.0.0.1:${port}`)
    const digest = createHash('sha256')
    let parts = 0
    socket.on('data', (part: Buffer) => {
      digest.update(part)
      parts += 1
      if (parts % 8 > 0) return
      socket.pause()
      setImmediate(() => setImmediate(() => socket.resume()))
    })
    socket.resume()
    await once(socket, 'end')
    expect(digest.digest('hex')).toBe(createHash('sha256').update(body).digest('hex'))
  })

  it('holds a server that speaks first back until the client has sent something, or for a moment', async () => {
    const port = await listenOnLoopback((socket) => socket.end('banner'))
    const proxy = await startTestProxy()
    for (const firstWord of ['hello', '']) {
      const socket = await connectTo(proxy.port)
      const segments: string[] = []
      socket.on('data', (part: Buffer) => {
        segments.push(part.toString())
        if (segments.length === 1 && firstWord !== '') socket.write(firstWord)
      })
      socket.write(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: x\r\n\r\n`)
      await new Promise((resolve) => socket.once('end', resolve))
      expect(segments).toEqual(['HTTP/1.1 200 Connection established\r\n\r\n', 'banner'])
      socket.end()
    }
  })

  it('refuses to be a way to itself or to its own page', async () => {
    const page = await listenOnLoopback(() => {})
    const proxy = await startTestProxy({
      ownAddresses: [{ address: '127.0.0.1', port: page }],
      mapping: parseResolveMap([`me.example:443:127.0.0.1:${page}`]),
    })
    for (const authority of [`127.0.0.1:${proxy.port}`, `0.0.0.0:${proxy.port}`, `[::ffff:127.0.0.1]:${page}`, 'me.example:443']) {
      expect((await openTunnel(proxy.port, authority)).head, authority).toMatch(/^HTTP\/1.1 508 whytls: .* is whytls itself\r\n/)
    }
  })

  it('gives each bad request one clear answer and lives on', async () => {
    const proxy = await startTestProxy()
    const bad: readonly (readonly [string | Buffer, number])[] = [
      ['CONNECT nohost HTTP/1.1\r\nHost: x\r\n\r\n', 400],
      ['CONNECT modules.example:0 HTTP/1.1\r\nHost: x\r\n\r\n', 400],
      ['CONNECT modules.example:65536 HTTP/1.1\r\nHost: x\r\n\r\n', 400],
      ['CONNECT ../x:443 HTTP/1.1\r\nHost: x\r\n\r\n', 400],
      ['CONNECT user@modules.example:443 HTTP/1.1\r\nHost: x\r\n\r\n', 400],
      ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
      [`CONNECT a:1 HTTP/1.1\r\nX: ${'a'.repeat(1 << 20)}\r\n\r\n`, 431],
      [Buffer.concat([Buffer.from([0x16, 3, 1, 2, 0, 1]), randomBytes(2000)]), 400],
      [randomBytes(2000), 400],
    ]
    for (const [octets, status] of bad) {
      const socket = await connectTo(proxy.port)
      socket.write(octets)
      const answer = (await readAll(socket)).octets.toString('latin1')
      expect(answer.match(/HTTP\/1\.1 \d{3} /g), String(octets).slice(0, 40)).toHaveLength(1)
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} whytls: `))
    }
    expect(proxy.events.map((event) => event.type)).toEqual(bad.map(() => 'refused'))
    const port = await listenOnLoopback((socket) => socket.pipe(socket))
    expect((await openTunnel(proxy.port, `127.0.0.1:${port}`)).head).toContain(' 200 ')
  })

  it('asks for a token where one is required, tells its user, and never passes it on', async () => {
    let asked = ''
    const parent = await listenOnLoopback((socket) => {
      void readHead(socket).then((head) => {
        if (!head.startsWith('CONNECT ')) {
          socket.destroy()
          return
        }
        asked = head
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
      })
    })
    const proxy = await startTestProxy({
      authorize: (user, password) => user === 'run-9' && password === 'token',
      env: { HTTPS_PROXY: `http://127.0.0.1:${parent}` },
    })
    const token = (text: string) => `Proxy-Authorization: Basic ${Buffer.from(text).toString('base64')}\r\n`
    const without = await openTunnel(proxy.port, 'modules.example:443')
    expect(without.head).toMatch(/^HTTP\/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="whytls"\r\n/)
    expect((await openTunnel(proxy.port, 'modules.example:443', token('run-9:wrong'))).head).toContain(' 407 ')
    expect((await openTunnel(proxy.port, 'modules.example:443', token('run-9:token'))).head).toContain(' 200 ')
    expect(asked).not.toMatch(/authorization/i)
    const opened = await waitForEvent(proxy.events, ofType('opened'))
    expect(opened.connection.user).toBe('run-9')
  })

  it('reports a port in use with the error of the system', async () => {
    const port = await listenOnLoopback(() => {})
    await expect(
      startProxy({ host: '127.0.0.1', port, env: {}, mapping: new Map(), authorize: null, createObserver: null, listener: () => {} }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  it('ends open tunnels when the grace time is over', async () => {
    const port = await listenOnLoopback((socket) => socket.pipe(socket))
    const proxy = await startTestProxy()
    const { socket } = await openTunnel(proxy.port, `127.0.0.1:${port}`)
    const ended = once(socket, 'close')
    socket.resume()
    socket.on('end', () => socket.end())
    await proxy.close({ graceMs: 20 })
    await ended
    expect(await waitForEvent(proxy.events, ofType('closed'))).toMatchObject({ ending: { by: 'us' } })
  })

  it('a listener that throws does not touch the tunnel', async () => {
    const warned = once(process, 'warning')
    const port = await listenOnLoopback((socket) => socket.pipe(socket))
    const proxy = await startTestProxy({
      listener: () => {
        throw new Error('listener at fault')
      },
    })
    expect((await openTunnel(proxy.port, `127.0.0.1:${port}`)).head).toContain(' 200 ')
    expect(String(await warned)).toContain('listener at fault')
  })
})
