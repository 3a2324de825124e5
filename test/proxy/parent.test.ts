import { describe, expect, it } from 'vitest'
import { parseResolveMap } from '../../src/proxy/resolve-mapping.ts'
import { connectTo, listenOnLoopback, ofType, openTunnel, readAll, readHead, startTestProxy, waitForEvent } from './loopback.ts'

/** A parent proxy that answers each CONNECT with `reply` and keeps what it was asked. */
async function listenAsParent(reply: string): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = []
  const port = await listenOnLoopback((socket) => {
    void readHead(socket).then((head) => {
      if (!head.startsWith('CONNECT ')) {
        socket.destroy()
        return
      }
      asked.push(head)
      socket.write(reply)
      socket.pipe(socket)
    })
  })
  return { url: `http://alice:p%40ss@127.0.0.1:${port}`, asked }
}

describe('a parent proxy', () => {
  it("gets CONNECT as go writes it, with the credentials of the proxy's URL at once", async () => {
    const parent = await listenAsParent('HTTP/1.1 200 Tunnel up\r\nVia: corp\r\n\r\n')
    const proxy = await startTestProxy({ env: { HTTPS_PROXY: parent.url } })
    const { socket, head } = await openTunnel(proxy.port, 'Modules.example:443')
    expect(head).toBe('HTTP/1.1 200 Tunnel up\r\nVia: corp\r\n\r\n')
    expect(parent.asked[0]).toMatch(
      /^CONNECT Modules\.example:443 HTTP\/1\.1\r\nHost: Modules\.example:443\r\nUser-Agent: Go-http-client\/1\.1\r\nProxy-Authorization: Basic YWxpY2U6cEBzcw==\r\nVia: 1\.1 whytls-\w+\r\n\r\n$/,
    )
    socket.end('through')
    expect((await readAll(socket)).octets.toString()).toBe('through')
    const routed = await waitForEvent(proxy.events, ofType('routed'))
    expect(routed.route).toEqual([{ kind: 'http-proxy', address: new URL(parent.url).host }])
    expect(JSON.stringify(proxy.events)).not.toMatch(/alice|p%40ss|p@ss|YWxpY2U6/)
  })

  it("hands its refusal on octet for octet, tells it masked, and ends the client's connection after the body", async () => {
    const reply = 'HTTP/1.1 403 Blocked by policy XYZ\r\nX-Rule: 17 alice\r\nContent-Length: 5\r\n\r\nno go'
    const parent = await listenAsParent(reply)
    const proxy = await startTestProxy({ env: { https_proxy: parent.url } })
    const socket = await connectTo(proxy.port)
    socket.write('CONNECT modules.example:443 HTTP/1.1\r\nHost: modules.example:443\r\n\r\n')
    expect((await readAll(socket)).octets.toString()).toBe(reply)
    const answered = await waitForEvent(proxy.events, ofType('connect-answered'))
    expect(answered.reply).toEqual({
      status: 403,
      reason: 'Blocked by policy XYZ',
      headers: [
        ['X-Rule', '[8 bytes]'],
        ['Content-Length', '5'],
      ],
      body: 'no go',
    })
  })

  it("never sees what a client sends after the parent's refusal", async () => {
    const parent = await listenAsParent('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 4\r\n\r\n')
    const proxy = await startTestProxy({ env: { HTTPS_PROXY: parent.url } })
    const { socket } = await openTunnel(proxy.port, 'modules.example:443')
    socket.end('CONNECT again with a token')
    expect((await readAll(socket)).octets.toString()).toBe('')
  })

  it('that stays silent is told as silent, at the limit of go and not sooner', async () => {
    const port = await listenOnLoopback((socket) => socket.resume())
    const proxy = await startTestProxy({ env: { HTTPS_PROXY: `http://127.0.0.1:${port}` }, connectTimeoutMs: 50 })
    const socket = await connectTo(proxy.port)
    socket.write('CONNECT modules.example:443 HTTP/1.1\r\nHost: modules.example:443\r\n\r\n')
    const failed = await waitForEvent(proxy.events, ofType('connect-failed'))
    expect(failed).toMatchObject({ kind: 'silent', receivedBytes: 0 })
    expect(socket.destroyed).toBe(false)
    expect(proxy.events.some((event) => event.type === 'closed')).toBe(false)
  })

  it('that leads back to us is told as a loop, not followed for ever', async () => {
    let back = 0
    const middle = await listenOnLoopback((socket) => {
      void (async () => {
        const head = await readHead(socket)
        const again = await connectTo(back)
        again.write(head)
        again.pipe(socket)
      })()
    })
    const proxy = await startTestProxy({ env: { HTTPS_PROXY: `http://127.0.0.1:${middle}` } })
    back = proxy.port
    expect((await openTunnel(proxy.port, 'modules.example:443')).head).toMatch(/^HTTP\/1\.1 508 whytls: this request has come through/)
  })

  it('that is a whytls is left out, but for one that has a parent proxy itself', async () => {
    const origin = await listenOnLoopback((socket) => socket.pipe(socket))
    const corporate = await listenAsParent('HTTP/1.1 200 OK\r\n\r\n')
    const plain = await startTestProxy()
    const chained = await startTestProxy({ env: { HTTPS_PROXY: corporate.url } })
    const mapping = parseResolveMap([`modules.example:443:127.0.0.1:${origin}`])
    const behindPlain = await startTestProxy({ mapping, env: { HTTPS_PROXY: `http://127.0.0.1:${plain.port}` } })
    const behindChained = await startTestProxy({ mapping, env: { HTTPS_PROXY: `http://127.0.0.1:${chained.port}` } })
    for (const proxy of [behindPlain, behindChained]) {
      expect((await openTunnel(proxy.port, 'modules.example:443')).head).toContain(' 200 ')
    }
    expect(plain.events).toEqual([])
    expect(await waitForEvent(behindPlain.events, ofType('routed'))).toMatchObject({ route: [] })
    expect(await waitForEvent(chained.events, ofType('opened'))).toMatchObject({ connection: { host: 'modules.example' } })
    expect(corporate.asked).toHaveLength(1)
  })

  it('that is this very proxy is refused', async () => {
    const env: { HTTPS_PROXY?: string } = {}
    const proxy = await startTestProxy({ env })
    env.HTTPS_PROXY = `http://127.0.0.1:${proxy.port}`
    expect((await openTunnel(proxy.port, 'modules.example:443')).head).toMatch(/^HTTP\/1\.1 508 whytls: 127\.0\.0\.1:\d+ is whytls itself/)
  })
})
