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
  ['no HTTP at all', 'SSH-2.0-server\r\n'],
  ['a head that breaks off', 'HTTP/1.1 200 OK\r\nTransfer-Enc'],
])('an answer arrives octet for octet: %s', async (_, answer) => {
  const { client, origin } = await joinSockets()
  client.write('GET /x HTTP/1.1\r\nHost: modules.test\r\n\r\n')
  await hear(origin)
  origin.end(answer, 'latin1')
  expect(await readAll(client)).toBe(answer)
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
  return String(octets)
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
