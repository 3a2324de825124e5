import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connectTo, ofType, readAll, startTestProxy, waitForEvent } from './loopback.ts'

async function serve(onRequest: Parameters<typeof createServer>[1]): Promise<number> {
  const server: Server = createServer(onRequest)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  return address !== null && typeof address === 'object' ? address.port : 0
}

async function ask(proxyPort: number, request: string): Promise<string> {
  const socket = await connectTo(proxyPort)
  socket.write(request)
  return (await readAll(socket)).octets.toString('latin1')
}

describe('an absolute-form request', () => {
  it('reaches the origin without hop-by-hop fields, its answer comes back with names and repeats as sent', async () => {
    let seen: IncomingMessage | undefined
    let body = ''
    const port = await serve((request, response) => {
      seen = request
      request.on('data', (part) => {
        body += String(part)
      })
      request.on('end', () => {
        response.writeHead(201, 'Very Well', ['X-Twice', '1', 'X-Twice', '2', 'Keep-Alive', 'timeout=1'])
        response.end('made')
      })
    })
    const proxy = await startTestProxy()
    const answer = await ask(
      proxy.port,
      `POST http://127.0.0.1:${port}/a?b=1 HTTP/1.1\r\nHost: modules.example\r\nX-Mine: 1\r\nProxy-Connection: keep-alive\r\n` +
        'Proxy-Authorization: Basic eDp5\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nContent-Length: 4\r\n\r\nbody',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 201 Very Well\r\nX-Twice: 1\r\nX-Twice: 2\r\n/)
    expect(answer).toContain('made')
    expect(body).toBe('body')
    expect(seen?.url).toBe('/a?b=1')
    expect(seen?.rawHeaders).toEqual(['Host', 'modules.example', 'X-Mine', '1', 'Content-Length', '4', 'Connection', 'close'])
    expect(await waitForEvent(proxy.events, ofType('closed'))).toMatchObject({ ending: { by: 'server', how: 'fin' }, transcript: null })
    expect(proxy.events[0]).toMatchObject({ connection: { method: 'absolute-form', host: '127.0.0.1', port } })
  })

  it('goes to the parent proxy in absolute form, with credentials', async () => {
    let seen: IncomingMessage | undefined
    const port = await serve((request, response) => {
      seen = request
      response.end()
    })
    const proxy = await startTestProxy({ env: { HTTP_PROXY: `http://u:p@127.0.0.1:${port}` } })
    await ask(proxy.port, 'GET http://modules.example/x HTTP/1.1\r\nHost: modules.example\r\nConnection: close\r\n\r\n')
    expect(seen?.url).toBe('http://modules.example/x')
    expect(seen?.headers['proxy-authorization']).toBe('Basic dTpw')
  })

  it('gets a failure to connect as 502 with the words of go, and ends where the origin hangs up', async () => {
    const port = await serve((request) => request.socket.destroy())
    const proxy = await startTestProxy()
    const refused = await ask(proxy.port, 'GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(refused).toMatch(/^HTTP\/1\.1 502 dial tcp 127\.0\.0\.1:1: connect: connection refused\r\n/)
    expect(await ask(proxy.port, `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: x\r\n\r\n`)).toBe('')
    expect(proxy.events.filter((event) => event.type === 'closed')).toHaveLength(2)
  })
})
