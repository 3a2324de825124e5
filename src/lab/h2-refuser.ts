/** A TLS server that agrees on h2 and answers every first request with GOAWAY (RFC 9113 section 6.8) and a FIN. */
import type { KeyObject } from 'node:crypto'
import { createServer, type TLSSocket } from 'node:tls'
import { toPem } from './chain.ts'
import { type Listening, listenOnLoopback } from './listener.ts'

const PREFACE_LENGTH = 24
const HEADERS = 1
const SETTINGS = 4
const GOAWAY = 7

export interface H2RefuserOptions {
  readonly sent: readonly Buffer[]
  readonly key: KeyObject
  /** Error code of the GOAWAY: 0 NO_ERROR makes go come back for ever, 11 ENHANCE_YOUR_CALM makes it give up. */
  readonly errorCode: number
}

/** Bring the server up. */
export function startH2Refuser(options: H2RefuserOptions, port: number): Promise<Listening> {
  const server = createServer(
    { cert: options.sent.map(toPem).join(''), key: options.key.export({ type: 'pkcs8', format: 'pem' }), ALPNProtocols: ['h2'] },
    (socket) => refuseFirstRequest(socket, options.errorCode),
  )
  server.on('tlsClientError', () => {})
  return listenOnLoopback(server, port)
}

function refuseFirstRequest(socket: TLSSocket, errorCode: number): void {
  socket.on('error', () => socket.destroy())
  socket.write(frame(SETTINGS, Buffer.alloc(0)))
  let received = Buffer.alloc(0)
  socket.on('data', (bytes: Buffer) => {
    received = Buffer.concat([received, bytes])
    if (!listFrameTypes(received.subarray(PREFACE_LENGTH)).includes(HEADERS)) return
    const lastStream = Buffer.alloc(8)
    lastStream.writeUInt32BE(errorCode, 4)
    socket.end(frame(GOAWAY, lastStream))
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
