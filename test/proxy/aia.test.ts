import { describe, expect, it } from 'vitest'
import { AiaError, type AiaRequest, fetchIssuer, isPrivateAddress } from '../../src/proxy/aia.ts'
import { listenOnLoopback, readHead } from './loopback.ts'

const CERTIFICATE = Buffer.from('3003020101', 'hex')

/** A server that answers every request with these octets; the requests it saw. */
async function serve(answer: string | Buffer, keepsOpen = false): Promise<{ readonly port: number; readonly heads: string[] }> {
  const heads: string[] = []
  const port = await listenOnLoopback(async (socket) => {
    heads.push(await readHead(socket))
    socket.write(answer)
    if (!keepsOpen) socket.end()
  })
  return { port, heads }
}

function ok(body: Buffer, headers = ''): Buffer {
  return Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: application/pkix-cert\r\n${headers}\r\n`), body])
}

/** Every name leads to loopback; the failing host is private too unless said. */
function ask(url: string, more: Partial<AiaRequest> = {}): Promise<Uint8Array> {
  return fetchIssuer({
    url,
    env: {},
    resolve: async (_host, port) => ({ addresses: ['127.0.0.1'], port, by: null }),
    failingAddress: '127.0.0.1',
    signal: new AbortController().signal,
    ...more,
  })
}

describe('an issuer', () => {
  it('is fetched by one GET without cookies, user agent or anything of ours', async () => {
    const { port, heads } = await serve(ok(CERTIFICATE))
    expect(await ask(`http://ca.example:${port}/a%20b/issuer.cer?x=1`)).toEqual(CERTIFICATE)
    expect(heads).toEqual([`GET /a%20b/issuer.cer?x=1 HTTP/1.1\r\nHost: ca.example:${port}\r\nConnection: close\r\n\r\n`])
  })
  it('may come in chunks', async () => {
    const { port } = await serve(
      ok(Buffer.from('2;x=y\r\n\x30\x03\r\n3\r\n\x02\x01\x01\r\n0\r\n\r\n', 'latin1'), 'Transfer-Encoding: chunked\r\n'),
    )
    expect(await ask(`http://ca.example:${port}/`)).toEqual(CERTIFICATE)
  })
  it('is complete by its Content-Length, also where the server keeps the connection', async () => {
    const { port } = await serve(ok(CERTIFICATE, `Content-Length: ${CERTIFICATE.length}\r\n`), true)
    expect(await ask(`http://ca.example:${port}/`)).toEqual(CERTIFICATE)
  })
  it('of 60 KiB is taken', async () => {
    const { port } = await serve(ok(Buffer.alloc(60 * 1024, 7)))
    expect(await ask(`http://ca.example:${port}/`)).toHaveLength(60 * 1024)
  })
  it('comes through the proxy that go would take, with its password', async () => {
    const { port, heads } = await serve(ok(CERTIFICATE))
    await ask('http://ca.example/i.cer', { env: { HTTP_PROXY: `http://user:word@gw.example:${port}` }, failingAddress: null })
    expect(heads[0]).toContain('GET http://ca.example:80/i.cer HTTP/1.1\r\n')
    expect(heads[0]).toContain(`\r\nProxy-Authorization: Basic ${Buffer.from('user:word').toString('base64')}\r\n`)
  })
})

describe('nothing is fetched', () => {
  it.each([
    ['https://ca.example/i.cer', 'only plain http'],
    ['ldap://ca.example/cn=i', 'only plain http'],
    ['file:///etc/passwd', 'only plain http'],
    ['http://user@ca.example/', 'only plain http'],
    ['no url', 'no URL'],
  ])('from %s: %s', async (url, words) => {
    await expect(ask(url)).rejects.toThrow(AiaError)
    await expect(ask(url)).rejects.toThrow(words)
  })
  it.each(['301 Moved', '302 Found', '307 Temporary', '404 Not Found', '500 Oops'])(
    'where the status is %s; no redirect is followed',
    async (status) => {
      const other = await serve(ok(CERTIFICATE))
      const { port } = await serve(`HTTP/1.1 ${status}\r\nLocation: http://ca.example:${other.port}/\r\nContent-Length: 0\r\n\r\n`)
      await expect(ask(`http://ca.example:${port}/`)).rejects.toThrow(`status ${status.slice(0, 3)}`)
      expect(other.heads).toEqual([])
    },
  )
  it('where the answer is longer than 64 KiB', async () => {
    const { port } = await serve(ok(Buffer.alloc(66 * 1024, 7)))
    await expect(ask(`http://ca.example:${port}/`)).rejects.toThrow('longer than 64 KiB')
  })
  it.each(['SSH-2.0-x\r\n\r\n', '', 'HTTP/1.1 200 OK\r\n'])('where the answer is %j', async (answer) => {
    const { port } = await serve(answer)
    await expect(ask(`http://ca.example:${port}/`)).rejects.toThrow('not HTTP')
  })
  it('where an answer never ends and the caller gives up', async () => {
    const stop = new AbortController()
    const port = await listenOnLoopback(async (socket) => {
      await readHead(socket)
      socket.write('HTTP/1.1 200 OK\r\n\r\nx')
      stop.abort()
    })
    await expect(ask(`http://ca.example:${port}/`, { signal: stop.signal })).rejects.toThrow(AiaError)
  })
  it('where nothing listens, in words', async () => {
    await expect(ask('http://ca.example:1/')).rejects.toThrow(/refused/)
  })
  it('through a proxy of a kind that is not spoken', async () => {
    await expect(ask('http://ca.example/', { env: { HTTP_PROXY: 'socks5://gw.example' } })).rejects.toThrow('not supported yet')
  })
})

describe('a private address', () => {
  it('is not asked on behalf of a public host', async () => {
    const { port, heads } = await serve(ok(CERTIFICATE))
    await expect(ask(`http://ca.example:${port}/`, { failingAddress: '203.0.113.7' })).rejects.toThrow('127.0.0.1 is no public address')
    await expect(ask(`http://ca.example:${port}/`, { failingAddress: null })).rejects.toThrow('no public address')
    expect(heads).toEqual([])
  })
  it('is not asked by number through a proxy either', async () => {
    const { port, heads } = await serve(ok(CERTIFICATE))
    const env = { HTTP_PROXY: `http://127.0.0.1:${port}` }
    await expect(ask('http://169.254.169.254/latest/meta-data', { env, failingAddress: null })).rejects.toThrow('no public address')
    expect(heads).toEqual([])
  })
  it.each([
    '10.1.2.3',
    '127.9.9.9',
    '169.254.169.254',
    '172.31.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '::1',
    'fe80::1',
    'fd00::1',
    '::ffff:10.0.0.1',
    'ff02::1',
    'garbage',
  ])('is %s', (address) => {
    expect(isPrivateAddress(address)).toBe(true)
  })
  it.each(['203.0.113.7', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2001:db8::1', '2606:4700::1111'])('is not %s', (address) => {
    expect(isPrivateAddress(address)).toBe(false)
  })
})
