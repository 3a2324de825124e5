import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls, createServer, type TLSSocket } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeRunAuthority } from '../../src/proxy/authority/authority.ts'
import { guardShutdown, tapSocket } from '../../src/proxy/tapped-socket.ts'
import { connectTo, listenOnLoopback } from './loopback.ts'

const AUTHORITY = makeRunAuthority(new Date())

interface Opened {
  readonly session: TLSSocket
  readonly socket: Socket
  /** The server's end; it comes once the handshake is over. */
  readonly serverSide: Promise<TLSSocket>
  /** What the server says is kept on its way until then. */
  readonly letAnswerCome: () => void
  /** The FIN of the session's end goes out only now. */
  readonly letFinGo: () => void
}

/** A session over a tap on a slow network: both the server's flight and our FIN wait. */
async function openSlowly(isReadOn: boolean): Promise<Opened> {
  const server = createServer({ SNICallback: (name, done) => done(null, AUTHORITY.contextFor(name)), allowHalfOpen: true })
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port: farPort } = server.address() as AddressInfo // it listens on TCP
  let letAnswerCome = () => {}
  const port = await listenOnLoopback((near) => {
    const far = connect({ port: farPort, host: '127.0.0.1', allowHalfOpen: true })
    far.on('error', () => {})
    onTestFinished(() => void far.destroy())
    near.pipe(far)
    letAnswerCome = () => void far.pipe(near)
  })
  const socket = await connectTo(port)
  const end = socket.end.bind(socket)
  let letFinGo = () => {}
  socket.end = (done?: unknown) => {
    letFinGo = () => void end(() => typeof done === 'function' && done())
    return socket
  }
  const tapped = tapSocket(socket, () => {})
  const session = connectTls({ socket: tapped.stream, servername: 'mods.example', ca: [AUTHORITY.certificatePem] })
  session.on('error', () => {})
  guardShutdown(session, tapped, isReadOn)
  const serverSide = once(server, 'secureConnection').then(([side]: TLSSocket[]) => side ?? expect.fail('no session'))
  serverSide.catch(() => {})
  return { session, socket, serverSide, letAnswerCome: () => letAnswerCome(), letFinGo: () => letFinGo() }
}

/** What was asked of a session has gone down to its socket. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

describe('guardShutdown', () => {
  // Without it the process ends by an assertion of Node, here in the place of the test.
  it.each([false, true])('outlives a flight that must be answered while our end is on its way (read on: %s)', async (isReadOn) => {
    const { session, socket, letAnswerCome, letFinGo } = await openSlowly(isReadOn)
    await settle()
    session.end()
    await settle()
    const answered = once(socket, 'data')
    letAnswerCome()
    await answered
    await settle()
    letFinGo()
    await settle()
    session.destroy()
    await settle()
    expect(session.destroyed).toBe(true)
  })

  it('reads on behind our own end where that is wanted', async () => {
    const { session, serverSide, letAnswerCome, letFinGo } = await openSlowly(true)
    await settle()
    letAnswerCome()
    await once(session, 'secureConnect')
    const read = (async () => {
      const parts: Buffer[] = []
      for await (const part of session) parts.push(part)
      return Buffer.concat(parts).toString()
    })()
    session.end()
    await settle()
    const server = await serverSide
    server.on('error', () => {})
    onTestFinished(() => void server.destroy())
    server.end('the rest')
    letFinGo()
    expect(await read).toBe('the rest')
  })
})

/** A tap on a socket that reads into one buffer; what its stream delivers is collected. */
async function openLent(): Promise<{ readonly delivered: Buffer[]; readonly stream: Duplex; readonly say: (text: string) => boolean }> {
  const port = await listenOnLoopback(() => {})
  const socket = await connectTo(port)
  let consume: (octets: Buffer) => boolean = () => true
  const lent = Buffer.alloc(16)
  const readBuffer = {
    onread: { buffer: lent, callback: () => true },
    attach: (reader: typeof consume) => {
      consume = reader
    },
  }
  const { stream } = tapSocket(socket, () => {}, { readBuffer })
  const delivered: Buffer[] = []
  stream.on('data', (octets: Buffer) => delivered.push(Buffer.from(octets)))
  const say = (text: string) => consume(lent.subarray(0, lent.write(text)))
  return { delivered, stream, say }
}

describe('a tap on a socket with one read buffer', () => {
  it('delivers at once while its stream flows, and keeps a copy while it is paused', async () => {
    const { delivered, stream, say } = await openLent()
    stream.resume()
    await settle()
    say('first')
    expect(delivered.map(String)).toEqual(['first'])
    stream.pause()
    say('second')
    say('third')
    expect(delivered.map(String)).toEqual(['first'])
    stream.resume()
    await settle()
    say('fourth')
    await settle()
    expect(delivered.map(String).join(' ')).toBe('first second third fourth')
  })
})
