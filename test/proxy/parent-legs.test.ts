import type { Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { JudgedChain } from '../../src/diagnosis/observation.ts'
import { mintChain, toPem } from '../../src/lab/chain.ts'
import { type SocksBehaviour, startSocksProxy } from '../../src/lab/socks-proxy.ts'
import { openTunnel as openOwnTunnel } from '../../src/proxy/open-tunnel.ts'
import { parseResolveMap } from '../../src/proxy/resolve-mapping.ts'
import { connectTo, listenOnLoopback, ofType, openTunnel, readAll, readHead, startTestProxy, waitForEvent } from './loopback.ts'

const HOST = 'gateway.example'
const NOW = new Date()

function judge(ok: boolean): (chain: readonly Uint8Array[], name: string) => JudgedChain {
  const tlsText = ok ? '' : 'tls: failed to verify certificate: x509: certificate signed by unknown authority'
  return (chain) => ({
    source: 'decrypted',
    chain,
    verdict: { ok, stage: null, goText: '', tlsText, chain: [], defects: [], completedBy: [] },
  })
}

/** An https proxy on loopback; `onSession` gets each decrypted stream. */
async function listenInTls(
  onSession: (session: TLSSocket) => void,
): Promise<{ readonly port: number; readonly served: readonly string[] }> {
  const chain = await mintChain('ok', NOW, { host: HOST })
  const key = chain.key?.export({ type: 'pkcs8', format: 'pem' }) ?? ''
  const sockets = new Set<Socket>()
  const server = createTlsServer({ cert: chain.sent.map(toPem).join(''), key, allowHalfOpen: true }, (session) => {
    session.on('error', () => {})
    onSession(session)
  })
  server.on('tlsClientError', () => {})
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { port: address.port, served: chain.served }
}

function through(port: number, isTrusted = true, user = '') {
  return startTestProxy({
    env: { HTTPS_PROXY: `https://${user}${HOST}:${port}` },
    mapping: parseResolveMap([`${HOST}:${port}:127.0.0.1`]),
    judgeParent: judge(isTrusted),
  })
}

describe('an https parent proxy', () => {
  it('gets CONNECT inside TLS, with credentials, and the tunnel carries octets and ends both ways', async () => {
    const asked: string[] = []
    const { port, served } = await listenInTls((session) => {
      void readHead(session).then((head) => {
        asked.push(head)
        session.write('HTTP/1.1 200 OK\r\n\r\n')
        session.pipe(session)
      })
    })
    const proxy = await through(port, true, 'alice:s3cret@')
    const { socket, head } = await openTunnel(proxy.port, 'modules.example:443')
    expect(head).toBe('HTTP/1.1 200 OK\r\n\r\n')
    const sent = Buffer.alloc(3_000_000, 'whytls')
    socket.end(sent)
    const { octets, how } = await readAll(socket)
    expect(octets.equals(sent)).toBe(true)
    expect(how).toBe('fin')
    expect(asked[0]).toMatch(/^CONNECT modules\.example:443 HTTP\/1\.1\r\n(?:.+\r\n)*Proxy-Authorization: Basic YWxpY2U6czNjcmV0\r\n/)
    const told = await waitForEvent(proxy.events, ofType('parent-tls'))
    expect(told.session.ending).toBeNull()
    expect(told.session.transcript.clientHellos[0]).toMatchObject({ serverName: HOST, alpn: ['h2', 'http/1.1'] })
    expect(told.session.transcript.chain?.length).toBe(served.length)
    expect(JSON.stringify(proxy.events)).not.toMatch(/s3cret|YWxpY2U6/)
  })

  it('gets not one octet of CONNECT when its chain is refused; the client gets the words of go', async () => {
    let received = 0
    const { port } = await listenInTls((session) => session.on('data', (octets: Buffer) => (received += octets.length)))
    const proxy = await through(port, false, 'alice:s3cret@')
    const socket = await connectTo(proxy.port)
    socket.write('CONNECT modules.example:443 HTTP/1.1\r\nHost: modules.example:443\r\n\r\n')
    const { octets } = await readAll(socket)
    expect(octets.toString()).toMatch(
      /^HTTP\/1\.1 502 proxyconnect tcp: tls: failed to verify certificate: x509: certificate signed by unknown authority\r\n/,
    )
    await waitForEvent(proxy.events, ofType('closed'))
    expect(received).toBe(0)
  })

  it('is not spoken to where nobody can judge it', async () => {
    const { port } = await listenInTls(() => {})
    const proxy = await startTestProxy({
      env: { HTTPS_PROXY: `https://${HOST}:${port}` },
      mapping: parseResolveMap([`${HOST}:${port}:127.0.0.1`]),
    })
    expect((await openTunnel(proxy.port, 'modules.example:443')).head).toMatch(
      /^HTTP\/1\.1 502 proxyconnect tcp: whytls: .* cannot be judged/,
    )
  })

  it('that resets the tunnel resets the client', async () => {
    const raw: Socket[] = []
    const { port } = await listenInTls((session) => {
      void readHead(session).then(() => {
        session.write('HTTP/1.1 200 OK\r\n\r\n')
        session.once('data', () => raw.at(-1)?.resetAndDestroy())
        session.resume()
      })
    })
    const front = await listenOnLoopback((socket) => {
      raw.push(socket)
      void connectTo(port).then((inner) => socket.pipe(inner).pipe(socket))
    })
    const proxy = await through(front)
    const { socket } = await openTunnel(proxy.port, 'modules.example:443')
    socket.write('hello')
    expect((await readAll(socket)).how).toBe('rst')
  })

  it.each([
    [
      'answers in clear',
      (socket: Socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
      'tls: first record does not look like a TLS handshake',
    ],
    ['hangs up', (socket: Socket) => void socket.end(), 'EOF'],
    ['hangs up inside a record', (socket: Socket) => void socket.end(Buffer.from([22, 3, 3, 0, 90, 2])), 'unexpected EOF'],
    [
      'refuses by an alert',
      (socket: Socket) => void socket.end(Buffer.from([21, 3, 1, 0, 2, 2, 40])),
      'remote error: tls: handshake failure',
    ],
    [
      'refuses every version',
      (socket: Socket) => void socket.end(Buffer.from([21, 3, 1, 0, 2, 2, 70])),
      'remote error: tls: protocol version not supported',
    ],
  ])('that %s instead of a ServerHello gives the words of go', async (_words, behave, text) => {
    const port = await listenOnLoopback((socket) => socket.once('data', () => behave(socket)))
    const proxy = await through(port)
    expect((await openTunnel(proxy.port, 'modules.example:443')).head.split('\r\n')[0]).toBe(`HTTP/1.1 502 proxyconnect tcp: ${text}`)
    const told = await waitForEvent(proxy.events, ofType('parent-tls'))
    expect(told.session.goText).toBe(text)
  })

  it('that resets the handshake gives the words of go, with both addresses', async () => {
    const port = await listenOnLoopback((socket) => socket.once('data', () => socket.resetAndDestroy()))
    const proxy = await through(port)
    expect((await openTunnel(proxy.port, 'modules.example:443')).head).toMatch(
      /^HTTP\/1\.1 502 proxyconnect tcp: read tcp 127\.0\.0\.1:\d+->127\.0\.0\.1:\d+: read: connection reset by peer\r\n/,
    )
  })

  it('is asked once without TLS when it did not answer in TLS', async () => {
    const port = await listenOnLoopback((socket) =>
      socket.once('data', (octets: Buffer) => void socket.end(octets[0] === 22 ? '' : 'HTTP/1.1 405 Method Not Allowed\r\n\r\n')),
    )
    const proxy = await startTestProxy({
      env: { HTTPS_PROXY: `https://127.0.0.1:${port}` },
      judgeParent: judge(true),
      looksAgain: true,
    })
    await openTunnel(proxy.port, 'modules.example:443')
    expect((await waitForEvent(proxy.events, ofType('parent-tls'))).session.answersPlainHttp).toBe(true)
  })

  it('carries a tunnel of our own, as probes make it', async () => {
    const { port } = await listenInTls((session) => {
      void readHead(session).then(() => {
        session.write('HTTP/1.1 200 OK\r\n\r\n')
        session.pipe(session)
      })
    })
    const proxy = await through(port)
    const route = await proxy.routeTo('modules.example', 443)
    const { socket } = await openOwnTunnel({
      host: 'modules.example',
      port: 443,
      route,
      resolve: proxy.resolve,
      signal: new AbortController().signal,
    })
    socket.end('through')
    expect((await readAll(socket)).octets.toString()).toBe('through')
  })
})

describe('a parent proxy whose port is out of range', () => {
  it('gives the words of go', async () => {
    const proxy = await startTestProxy({ env: { HTTPS_PROXY: 'http://127.0.0.1:99999' } })
    expect((await openTunnel(proxy.port, 'modules.example:443')).head).toMatch(
      /^HTTP\/1\.1 502 proxyconnect tcp: dial tcp: address 99999: invalid port\r\n/,
    )
  })
})

describe('a socks5 parent proxy', () => {
  async function ask(behaviour: SocksBehaviour, user = '', scheme = 'socks5') {
    const origin = await listenOnLoopback((socket) => socket.pipe(socket))
    const socks = await startSocksProxy(behaviour)
    onTestFinished(() => socks.close())
    const proxy = await startTestProxy({ env: { HTTPS_PROXY: `${scheme}://${user}127.0.0.1:${socks.port}` } })
    const { socket, head } = await openTunnel(proxy.port, `modules.example:${origin}`)
    const [line = ''] = head.split('\r\n')
    return { socket, line: line.replace(/127\.0\.0\.1:\d+->modules\.example:\d+/, 'PROXY->HOST'), proxy }
  }

  it.each([
    ['open', {}, ''],
    ['with a login', { login: 'alice:p@ss' }, 'alice:p%40ss@'],
    ['that asks for no login although there is one', { method: 0 }, 'alice:secret@'],
  ])('%s carries the tunnel', async (_words, behaviour, user) => {
    const { socket, line, proxy } = await ask(behaviour, user)
    expect(line).toBe('HTTP/1.1 200 Connection established')
    socket.end('through')
    expect((await readAll(socket)).octets.toString()).toBe('through')
    expect(JSON.stringify(proxy.events)).not.toMatch(/p@ss|secret/)
  })

  it.each([
    ['takes no login', { login: 'a:b' }, '', 'no acceptable authentication methods'],
    ['takes another password', { login: 'a:b' }, 'a:c@', 'username/password authentication failed'],
    ['wants GSSAPI', { method: 1 }, 'a:c@', 'unsupported authentication method 1'],
    ['refuses in general', { reply: 1 }, '', 'unknown error general SOCKS server failure'],
    ['refuses by rule', { reply: 2 }, '', 'unknown error connection not allowed by ruleset'],
    ['finds no network', { reply: 3 }, '', 'unknown error network unreachable'],
    ['finds no host', { reply: 4 }, '', 'unknown error host unreachable'],
    ['is refused itself', { reply: 5 }, '', 'unknown error connection refused'],
    ['waits too long', { reply: 6 }, '', 'unknown error TTL expired'],
    ['knows no CONNECT', { reply: 7 }, '', 'unknown error command not supported'],
    ['knows no names', { reply: 8 }, '', 'unknown error address type not supported'],
    ['says what nobody knows', { reply: 77 }, '', 'unknown error unknown code: 77'],
    ['closes', { onGreeting: (socket: Socket) => void socket.end() }, '', 'EOF'],
    ['closes inside its answer', { onGreeting: (socket: Socket) => void socket.end(Buffer.from([5])) }, '', 'unexpected EOF'],
    [
      'speaks HTTP',
      { onGreeting: (socket: Socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n') },
      '',
      'unexpected protocol version 72',
    ],
  ])('that %s gives the words of go', async (_words, behaviour, user, text) => {
    const { line, proxy } = await ask(behaviour, user)
    expect(line).toBe(`HTTP/1.1 502 socks connect tcp PROXY->HOST: ${text}`)
    await waitForEvent(proxy.events, ofType('closed'))
  })

  it('that says nothing until the client leaves is told as silent', async () => {
    let isGreeted = () => {}
    const greeted = new Promise<void>((resolve) => {
      isGreeted = resolve
    })
    const socks = await startSocksProxy({ onGreeting: () => isGreeted() })
    onTestFinished(() => socks.close())
    const proxy = await startTestProxy({ env: { HTTPS_PROXY: `socks5://127.0.0.1:${socks.port}` }, connectTimeoutMs: 60_000 })
    const socket = await connectTo(proxy.port)
    socket.write('CONNECT modules.example:443 HTTP/1.1\r\nHost: modules.example:443\r\n\r\n')
    await greeted
    const later = performance.now() + 10_000
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => later)
    onTestFinished(() => clock.mockRestore())
    socket.destroy()
    await waitForEvent(proxy.events, ofType('closed'))
    expect(proxy.events.find(({ type }) => type === 'connect-failed')).toMatchObject({ kind: 'silent' })
  })

  it('under the name socks5h is the same, but up to go1.22 its scheme is taken for a name', async () => {
    expect((await ask({}, '', 'socks5h')).line).toContain(' 200 ')
    const proxy = await startTestProxy({
      env: { HTTPS_PROXY: 'socks5h://127.0.0.1:1080' },
      goVersion: async () => '1.22.12',
      resolve: async (host) => {
        throw new Error(`asked for ${host}`)
      },
    })
    expect((await openTunnel(proxy.port, 'modules.example:443')).head).toContain('asked for socks5h')
  })
})
