/** A TLS server that agrees on h2 and answers every first request with GOAWAY (RFC 9113 section 6.8) and a FIN. */
import type { KeyObject } from 'node:crypto'
import { createServer, type TLSSocket } from 'node:tls'
import { toPem } from './chain.ts'
import { type Listening, listenOnLoopback } from './listener.ts'

const PREFACE_LENGTH = 24
const HEADERS = 1
const SETTINGS = 4
const GOAWAY = 7

/** The two numbers of a GOAWAY. With last stream 0 go takes its request for unseen and comes back, up to 1.21 for ever whatever the code. */
export interface GoAway {
  readonly lastStream: number
  readonly errorCode: number
}

export interface H2RefuserOptions {
  readonly sent: readonly Buffer[]
  readonly key: KeyObject
  readonly goAway: GoAway
}

/** Bring the server up. */
export function startH2Refuser(options: H2RefuserOptions, port: number): Promise<Listening> {
  const server = createServer(
    { cert: options.sent.map(toPem).join(''), key: options.key.export({ type: 'pkcs8', format: 'pem' }), ALPNProtocols: ['h2'] },
    (socket) => refuseFirstRequest(socket, options.goAway),
  )
  server.on('tlsClientError', () => {})
  return listenOnLoopback(server, port)
}

function refuseFirstRequest(socket: TLSSocket, goAway: GoAway): void {
  socket.on('error', () => socket.destroy())
  socket.write(frame(SETTINGS, Buffer.alloc(0)))
  let received = Buffer.alloc(0)
  socket.on('data', (bytes: Buffer) => {
    received = Buffer.concat([received, bytes])
    if (!listFrameTypes(received.subarray(PREFACE_LENGTH)).includes(HEADERS)) return
    const payload = Buffer.alloc(8)
    payload.writeUInt32BE(goAway.lastStream, 0)
    payload.writeUInt32BE(goAway.errorCode, 4)
    socket.end(frame(GOAWAY, payload))
  })
}

/** Types of the whole frames in `octets`. */
function listFrameTypes(octets: Buffer): readonly number[] {
  const types: number[] = []
  for (let at = 0; at + 9 <= octets.length; at += 9 + octets.readUIntBE(at, 3)) types.push(octets.readUInt8(at + 3))
  return types
}

/** A frame on stream 0 without flags. */
function frame(type: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(9)
  header.writeUIntBE(payload.length, 0, 3)
  header.writeUInt8(type, 3)
  return Buffer.concat([header, payload])
}
