/** The reader beside a real node:http2 client and server: what it tells is what they did. */
import { connect as connectHttp2, createServer, type Http2Server } from 'node:http2'
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { HttpExchange } from '../../src/contract/handshake.ts'
import { Http2Reader } from '../../src/http/http2-reader.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A plaintext HTTP/2 server behind a relay that feeds the reader, `size` octets at a time. */
async function setUp(respond: (path: string) => { status: number; headers?: Record<string, string>; body?: string }, size: number) {
  const exchanges: HttpExchange[] = []
  const reader = new Http2Reader({ origin: 'https://mods.example', keepsAllBodies: false, onExchange: (each) => void exchanges.push(each) })
  const server: Http2Server = createServer((request, response) => {
    const { status, headers = {}, body = '' } = respond(request.url)
    response.writeHead(status, headers)
    response.end(body)
  })
  const relay: Server = createTcpServer((client) => {
    const origin = connect((server.address() as AddressInfo).port, '127.0.0.1') // listens on TCP
    const feed = (direction: 'client-to-server' | 'server-to-client') => (octets: Buffer) => {
      for (let at = 0; at < octets.length; at += size) reader.feed(direction, octets.subarray(at, at + size), 1)
    }
    client.on('data', feed('client-to-server')).pipe(origin)
    origin.on('data', feed('server-to-client')).pipe(client)
    for (const socket of [client, origin]) socket.on('error', () => {})
  })
  for (const each of [server, relay]) await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', () => resolve()))
  const session = connectHttp2(`http://127.0.0.1:${(relay.address() as AddressInfo).port}`)
  closers.push(
    () => session.destroy(),
    () => server.close(),
    () => relay.close(),
  )
  const ask = (path: string, headers: Record<string, string> = {}) =>
    new Promise<void>((resolve) => {
      const request = session.request({ ':path': path, ...headers })
      request.on('close', () => resolve()).resume()
      request.end()
    })
  return { exchanges, reader, ask, session }
}

describe.each([1, 7, 65536])('Http2Reader fed %i octets at a time', (size) => {
  it('tells every request with status, fields and lengths, many at once', async () => {
    const { exchanges, ask } = await setUp((path) => ({ status: 200, headers: { 'x-path': path }, body: path.repeat(3) }), size)
    const paths = Array.from({ length: 40 }, (_, n) => `/lab.example/!m${n}/@v/v1.${n}.0.zip`)
    await Promise.all(paths.map((path) => ask(path, { 'user-agent': 'Go-http-client/2.0', 'x-long': 'ä'.repeat(90) })))
    expect(exchanges.map(({ url }) => url).sort()).toEqual(paths.map((path) => `https://mods.example${path}`).sort())
    for (const { status, url, responseHeaders, responseBytes, asks } of exchanges) {
      const path = url.slice('https://mods.example'.length)
      expect({ status, responseBytes }).toEqual({ status: 200, responseBytes: path.length * 3 })
      expect(responseHeaders).toContainEqual(['x-path', path])
      expect(asks).toMatchObject({ kind: 'zip', module: expect.stringMatching(/^lab\.example\/M\d+$/) })
    }
  })

  it('keeps the words of an error and no body of a success', async () => {
    const { exchanges, ask } = await setUp((path) => ({ status: path === '/a' ? 403 : 200, body: 'blocked by policy' }), size)
    await ask('/a')
    await ask('/b')
    expect(exchanges.map(({ status, responseBody }) => [status, responseBody])).toEqual([
      [403, 'blocked by policy'],
      [200, undefined],
    ])
  })
})

describe('Http2Reader', () => {
  it('tells what was not answered when the connection ends', () => {
    const exchanges: HttpExchange[] = []
    const reader = new Http2Reader({ origin: 'https://a.example', keepsAllBodies: false, onExchange: (each) => void exchanges.push(each) })
    reader.feed('client-to-server', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), 0)
    reader.feed('client-to-server', Buffer.from('0000030105000000018284 87'.replaceAll(' ', ''), 'hex'), 1)
    reader.end(5)
    expect(exchanges).toMatchObject([{ method: 'GET', status: null, durationMs: 4, failure: expect.stringContaining('ended') }])
  })

  it.each([
    [
      'with an error, of a stream that it may still have answered',
      1,
      11,
      'the server sent GOAWAY (ENHANCE_YOUR_CALM), and the connection ended',
    ],
    ['with an error, of a stream that it did not look at', 0, 2, 'the server sent GOAWAY (INTERNAL_ERROR) instead of an answer'],
    ['without one', 1, 0, 'the connection ended before the answer was whole'],
  ])('tells that the server said goodbye %s', (_title, lastStream, error, failure) => {
    const exchanges: HttpExchange[] = []
    const reader = new Http2Reader({ origin: 'https://a.example', keepsAllBodies: false, onExchange: (each) => void exchanges.push(each) })
    reader.feed('client-to-server', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), 0)
    reader.feed('client-to-server', Buffer.from('000003010500000001828487', 'hex'), 1)
    const [last, code] = [lastStream, error].map((value) => value.toString(16).padStart(8, '0'))
    reader.feed('server-to-client', Buffer.from(`000000040000000000000008070000000000${last}${code}`, 'hex'), 2)
    reader.end(5)
    expect(exchanges).toMatchObject([{ status: null, failure: expect.stringContaining(failure) }])
    expect(exchanges[0]?.failure?.startsWith(failure)).toBe(true)
  })

  it('says of an answer that is too large for it what was too large', () => {
    const exchanges: HttpExchange[] = []
    const reader = new Http2Reader({ origin: 'https://a.example', keepsAllBodies: false, onExchange: (each) => void exchanges.push(each) })
    reader.feed('client-to-server', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), 0)
    reader.feed('client-to-server', Buffer.from('000003010500000001828487', 'hex'), 1)
    reader.feed('server-to-client', Buffer.from(`0003e901040000000188${'90'.repeat(1000)}`, 'hex'), 2)
    expect(exchanges).toMatchObject([{ status: null, failure: 'what followed could not be read: more than 1,000 fields in one block' }])
  })

  it('stops without a word at what is no HTTP/2', () => {
    const reader = new Http2Reader({ origin: 'https://a.example', keepsAllBodies: false, onExchange: () => expect.fail('nothing to tell') })
    reader.feed('client-to-server', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 0)
    reader.feed('server-to-client', Buffer.from('00'), 0)
    expect(reader.whyBroken).toMatch(/preface/)
  })
})
