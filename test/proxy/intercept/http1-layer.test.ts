import { EventEmitter, once } from 'node:events'
import type { Socket } from 'node:net'
import { expect, it } from 'vitest'
import type { HttpExchange } from '../../../src/contract/handshake.ts'
import { makeHttp1Layer } from '../../../src/proxy/intercept/http1-layer.ts'
import type { Leg } from '../../../src/proxy/intercept/leg.ts'
import { connectTo, listenOnLoopback } from '../loopback.ts'

const BODY_BYTES = 48 << 20

it('a client that uploads faster than the origin reads waits for it', async () => {
  const { client, upstream, origin, exchanges } = await joinSockets()
  const body = Buffer.alloc(BODY_BYTES, 'x')
  client.write(`POST /upload HTTP/1.1\r\nHost: modules.test\r\nContent-Length: ${body.length}\r\n\r\n`)
  client.write(body)
  const mostHeld = await watchUntilQuiet(client, upstream)
  expect(mostHeld).toBeLessThan(1 << 20)
  const received = await readBody(origin)
  expect(received).toBe(BODY_BYTES)
  origin.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK')
  const [answer] = await once(client, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  await expect.poll(() => exchanges[0]).toMatchObject({ status: 200, requestBytes: BODY_BYTES })
})

const OK = 'Content-Length: 2\r\n\r\nok'

it.each([
  ['nothing about the connection', `HTTP/1.1 200 OK\r\n${OK}`],
  ['answers before the answer', `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\n${OK}`],
  ['a field of 200 KiB', `HTTP/1.1 200 OK\r\nX-Big: ${'v'.repeat(200 << 10)}\r\n${OK}`],
  ['3,000 fields', `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(3000)}${OK}`],
  ['a length beside chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'],
  ['a status that does not exist', `HTTP/1.1 099 Odd\r\n${OK}`],
  ['a control octet in a field', `HTTP/1.1 200 OK\r\nX: a\u0001b\r\n${OK}`],
  ['a space before a colon', `HTTP/1.1 200 OK\r\nX : a\r\n${OK}`],
  ['two lengths', `HTTP/1.1 200 OK\r\nContent-Length: 3\r\n${OK}`],
  ['lines that end with LF alone', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nok\n0\n\n'],
  ['a chunk size that is none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nzz\r\nok\r\n0\r\n\r\n'],
  ['a chunk extension of 20 KiB', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;${'e'.repeat(20_000)}\r\nok\r\n0\r\n\r\n`],
  ['trailers', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\nbad line\r\n\r\n'],
  ['chunks that break off', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n'],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\nok'],
  ['a version that does not exist', `HTTP/2.0 200 OK\r\n${OK}`],
  ['an empty line first', `\r\nHTTP/1.1 200 OK\r\n${OK}`],
  ['octets behind the answer', `HTTP/1.1 200 OK\r\n${OK}HTTP/1.1 200 OK\r\n${OK}and more`],
  ['a body where there is none', 'HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok'],
  ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nhello'],
  ['no HTTP at all', 'SSH-2.0-server\r\n'],
  ['a head that breaks off', 'HTTP/1.1 200 OK\r\nTransfer-Enc'],
])('an answer arrives octet for octet: %s', async (_, answer) => {
  const { client, origin } = await joinSockets()
  client.write('GET /x HTTP/1.1\r\nHost: modules.test\r\n\r\n')
  await hear(origin)
  origin.end(answer, 'latin1')
  expect(await readAll(client)).toBe(answer)
})

it.each([
  ['of HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\n'],
  ['that says close', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n'],
  ['that says nothing', 'HTTP/1.1 200 OK\r\n\r\n'],
])('an answer %s without a length is whole when the origin ends in order', async (_, head) => {
  const { client, origin, exchanges } = await joinSockets()
  client.write('GET /x HTTP/1.1\r\nHost: modules.test\r\n\r\n')
  await hear(origin)
  origin.write(`${head}he`)
  await hear(client)
  origin.end('llo')
  expect(await readAll(client)).toMatch(/llo$/)
  await expect.poll(() => exchanges).toHaveLength(1)
  expect(exchanges[0]).toMatchObject({ status: 200, responseBytes: 5 })
  expect(exchanges[0]?.failure).toBeUndefined()
})

it('leaves it to the origin whether a request with a body goes on', async () => {
  const { client, origin } = await joinSockets()
  client.write('PUT /x HTTP/1.1\r\nHost: modules.test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n')
  const head = await hear(origin)
  expect(head).toContain('Expect: 100-continue')
  origin.write('HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n')
  const answer = await hear(client)
  expect(answer).toMatch(/^HTTP\/1\.1 417 /)
})

it('an answer may stand before the end of its request, and the connection is used again', async () => {
  const { client, origin } = await joinSockets()
  const body = Buffer.alloc(1 << 20)
  client.write(`POST /x HTTP/1.1\r\nHost: modules.test\r\nContent-Length: ${body.length}\r\n\r\n`)
  client.write(body.subarray(0, 512 << 10))
  await hear(origin)
  origin.write(`HTTP/1.1 200 OK\r\n${OK}`)
  await hear(client)
  client.write(body.subarray(512 << 10))
  client.write('GET /y HTTP/1.1\r\nHost: modules.test\r\n\r\n')
  let last = ''
  for await (const octets of origin.iterator({ destroyOnReturn: false })) {
    last = `${last}${octets.toString('latin1')}`.slice(-500)
    if (last.includes('GET /y ')) break
  }
  origin.write(`HTTP/1.1 200 OK\r\n${OK}`)
  const second = await hear(client)
  expect(second).toMatch(/^HTTP\/1\.1 200 OK/)
})

it.each([
  ['no Host', 'GET /x HTTP/1.1\r\n\r\n'],
  ['HTTP/1.0', 'GET /x HTTP/1.0\r\nhOsT: a\r\n\r\n'],
  ['a field twice, and one folded', 'GET /x HTTP/1.1\r\nHost: a\r\nx: 1\r\nX: 2\r\n\r\n'],
  ['an expectation that nobody knows', 'GET /x HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\nConnection: keep-alive\r\n\r\n'],
  ['a length beside chunks', 'POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'],
  ['an empty Host', 'GET /x HTTP/1.1\r\nHost: \r\n\r\n'],
  ['a control octet in a field', 'GET /x HTTP/1.1\r\nHost: a\r\nX: a\u0001b\r\n\r\n'],
  ['an expectation, and no body yet', 'PUT /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n'],
  ['a length, and no body yet', 'POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n'],
  ['chunks that are still to come', 'POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'],
  [
    'trailers',
    'POST /x HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\nx-sum: \u00e9\r\n\r\n',
  ],
  ['neither a length nor chunks', 'POST /x HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a whole URI', 'GET http://b.test/x?y HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['CONNECT', 'CONNECT b.test:443 HTTP/1.1\r\nHost: b.test:443\r\n\r\n'],
  ['a head that is too large to be read', `GET /x HTTP/1.1\r\nHost: a\r\n${`X: ${'v'.repeat(50_000)}\r\n`.repeat(40)}\r\n`],
  ['no HTTP at all', '\u0000\u0001\u0002 something else\r\n'],
])('a request reaches the origin octet for octet: %s', async (_, request) => {
  const { client, origin } = await joinSockets()
  client.write(request, 'latin1')
  let heard = ''
  while (heard.length < request.length) heard += await hear(origin)
  expect(heard).toBe(request)
  origin.end('anything', 'latin1')
  expect(await readAll(client)).toBe('anything')
})

it.each([
  ['CONNECT', 'CONNECT b.test:443 HTTP/1.1\r\nHost: b.test:443\r\n\r\n'],
  ['a method that nobody knows', 'BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n'],
])('a later request that cannot be read reaches the origin octet for octet: %s', async (_, request) => {
  const { client, origin, exchanges } = await joinSockets()
  client.write('GET /x HTTP/1.1\r\nHost: a\r\n\r\n')
  await hear(origin)
  origin.write(`HTTP/1.1 200 OK\r\n${OK}`)
  await hear(client)
  await expect.poll(() => exchanges).toHaveLength(1)
  client.write(request)
  expect(await hear(origin)).toBe(request)
  origin.end('anything')
  expect(await readAll(client)).toBe('anything')
})

it('answers requests that were sent at once in their order, each an exchange of its own', async () => {
  const { client, origin, exchanges } = await joinSockets()
  const paths = ['/a', '/b', '/c']
  client.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: modules.test\r\n\r\n`).join(''))
  let answered = ''
  for (const path of paths) {
    expect(await hear(origin)).toMatch(`GET ${path} `)
    origin.write(`HTTP/1.1 200 ${path}\r\n${OK}`)
    answered += await hear(client)
  }
  expect(answered).toBe(paths.map((path) => `HTTP/1.1 200 ${path}\r\n${OK}`).join(''))
  await expect
    .poll(() => exchanges.map(({ url, status }) => `${url} ${status}`))
    .toEqual(paths.map((path) => `https://modules.test${path} 200`))
})

it('adds no listener with each of many requests on one connection', async () => {
  const warnings: Error[] = []
  const note = (warning: Error) => warnings.push(warning)
  process.on('warning', note)
  const { client, origin } = await joinSockets()
  for (let count = 0; count < 30; count += 1) {
    client.write('GET /x HTTP/1.1\r\nHost: modules.test\r\n\r\n')
    await hear(origin)
    origin.write(`HTTP/1.1 200 OK\r\n${OK}`)
    await hear(client)
  }
  process.off('warning', note)
  expect(warnings).toEqual([])
})

it('lets both directions pass as they are behind a change of protocol', async () => {
  const { client, origin, exchanges } = await joinSockets()
  client.write('GET /chat HTTP/1.1\r\nHost: modules.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  await hear(origin)
  origin.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  await hear(client)
  const frames = '\u0081\u0085mask-----'
  client.write(frames, 'latin1')
  expect((await hear(origin)).length).toBeGreaterThan(0)
  origin.write('\u0081\u0002hi', 'latin1')
  expect(await hear(client)).toContain('hi')
  expect(exchanges).toMatchObject([{ status: 101, url: 'https://modules.test/chat' }])
  expect(exchanges).toHaveLength(1)
})

it('passes a head that is too large to be read, says so, and reads the next exchange', async () => {
  const { client, origin, exchanges } = await joinSockets()
  let arrived = ''
  client.on('data', (octets: Buffer) => (arrived += octets.toString('latin1'))).resume()
  client.write('GET /large HTTP/1.1\r\nHost: modules.test\r\n\r\n')
  await hear(origin)
  const large = `HTTP/1.1 200 OK\r\n${`X: ${'v'.repeat(50_000)}\r\n`.repeat(40)}${OK}`
  origin.write(large)
  await expect.poll(() => arrived.length).toBe(large.length)
  await expect
    .poll(() => exchanges)
    .toMatchObject([{ status: null, failure: 'the answer could not be read: its head is larger than 1 MiB' }])
  client.write('GET /fine HTTP/1.1\r\nHost: modules.test\r\n\r\n')
  expect(await hear(origin)).toMatch(/^GET \/fine /)
  const fine = `HTTP/1.1 200 OK\r\n${OK}`
  origin.write(fine)
  await expect.poll(() => exchanges.map(({ status }) => status)).toEqual([null, 200])
  await expect.poll(() => arrived === large + fine).toBe(true)
})

it('reads the next exchange of a connection although it could not read the one before', async () => {
  const { client, origin, exchanges } = await joinSockets()
  client.write('GET /odd HTTP/1.1\r\nHost: modules.test\r\n\r\n')
  await hear(origin)
  origin.write(`SIP/2.0 200 OK\r\n${OK}`)
  await hear(client)
  client.write('GET /fine HTTP/1.1\r\nHost: modules.test\r\n\r\n')
  expect(await hear(origin)).toMatch(/^GET \/fine /)
  origin.write(`HTTP/1.1 200 OK\r\n${OK}`)
  expect(await hear(client)).toMatch(/^HTTP\/1\.1 200 OK/)
  await expect
    .poll(() => exchanges.map(({ status, failure }) => [status, failure]))
    .toEqual([
      [null, expect.stringContaining('HPE_')],
      [200, undefined],
    ])
})

async function readAll(client: Socket): Promise<string> {
  const parts: Buffer[] = []
  for await (const octets of client) parts.push(octets)
  return Buffer.concat(parts).toString('latin1')
}

/** The next octets; what follows waits. */
async function hear(socket: Socket): Promise<string> {
  const heard = once(socket.resume(), 'data')
  const [octets] = await heard
  socket.pause()
  return Buffer.from(octets).toString('latin1')
}

/** The layer between two plain sockets; the origin reads nothing yet. */
async function joinSockets() {
  const exchanges: HttpExchange[] = []
  const [client, inner] = await openPair()
  const [upstream, origin] = await openPair()
  makeHttp1Layer({ keepsAllBodies: false }).join({
    client: legOf(inner),
    upstream: legOf(upstream),
    origin: 'https://modules.test',
    atMs: () => performance.now(),
    onExchange: (exchange) => exchanges.push(exchange),
    onEnded: () => {},
  })
  return { client, upstream, origin, exchanges }
}

/** Both ends of one connection, paused. */
async function openPair(): Promise<readonly [Socket, Socket]> {
  const accepted = new EventEmitter()
  const port = await listenOnLoopback((socket) => void accepted.emit('socket', socket.pause()))
  const [[far], near]: [Socket[], Socket] = await Promise.all([once(accepted, 'socket'), connectTo(port)])
  if (far === undefined) throw new Error('nobody came')
  return [near, far]
}

/** What the layer needs of a leg, without TLS. */
function legOf(socket: Socket): Leg {
  const leg: Pick<Leg, 'socket' | 'end' | 'reset' | 'damage'> = {
    socket,
    end: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
    damage: () => void socket.destroy(),
  }
  return { ...leg, session: socket, reading: { onHelloRequest: () => {} } } as unknown as Leg // a session without TLS is a stream all the same
}

/** Until the client gets rid of nothing more for many turns of the loop. @returns the most that waited for the origin in the proxy */
async function watchUntilQuiet(client: Socket, upstream: Socket): Promise<number> {
  let mostHeld = 0
  let quietTurns = 0
  let last = -1
  while (quietTurns < 300) {
    await new Promise((resolve) => setImmediate(resolve))
    mostHeld = Math.max(mostHeld, upstream.writableLength)
    const unsent = client.bytesWritten + upstream.bytesWritten - upstream.writableLength
    quietTurns = unsent === last ? quietTurns + 1 : 0
    last = unsent
  }
  return mostHeld
}

/** Octets behind the empty line. */
async function readBody(origin: Socket): Promise<number> {
  let head = ''
  let received = 0
  for await (const octets of origin.iterator({ destroyOnReturn: false })) {
    if (head.includes('\r\n\r\n')) received += octets.length
    else {
      head += octets.toString('latin1')
      received = Math.max(0, head.length - head.indexOf('\r\n\r\n') - 4)
    }
    if (received >= BODY_BYTES) break
  }
  return received
}
