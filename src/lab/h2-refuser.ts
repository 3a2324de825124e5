/** A TLS server that agrees on h2 and answers every first request with GOAWAY (RFC 9113 section 6.8) and a FIN, or with RST_STREAM (section 6.4). */
import type { KeyObject } from 'node:crypto'
import { createServer, type TLSSocket } from 'node:tls'
import { toPem } from './chain.ts'
import { type Listening, listenOnLoopback } from './listener.ts'

const PREFACE_LENGTH = 24
/** As over a network; without it go, which comes back at once, takes the whole processor. */
const AWAY_MS = 40
const HEADERS = 1
const RST_STREAM = 3
const SETTINGS = 4
const GOAWAY = 7
const FIRST_STREAM = 1

/** With last stream 0 go takes its request for unseen and comes back, up to 1.21 for ever whatever the code; so it does after RST_STREAM with PROTOCOL_ERROR. */
export type Goodbye =
  | { readonly frame: 'GOAWAY'; readonly lastStream: number; readonly errorCode: number }
  | { readonly frame: 'RST_STREAM'; readonly errorCode: number }

export interface H2RefuserOptions {
  readonly sent: readonly Buffer[]
  readonly key: KeyObject
  readonly goodbye: Goodbye
}

/** Bring the server up. */
export function startH2Refuser(options: H2RefuserOptions, port: number): Promise<Listening> {
  const server = createServer(
    { cert: options.sent.map(toPem).join(''), key: options.key.export({ type: 'pkcs8', format: 'pem' }), ALPNProtocols: ['h2'] },
    (socket) => refuseFirstRequest(socket, options.goodbye),
  )
  server.on('tlsClientError', () => {})
  return listenOnLoopback(server, port)
}

function refuseFirstRequest(socket: TLSSocket, goodbye: Goodbye): void {
  socket.on('error', () => socket.destroy())
  socket.write(frame(SETTINGS, Buffer.alloc(0)))
  let isAsked = false
  let received = Buffer.alloc(0)
  socket.on('data', (bytes: Buffer) => {
    received = Buffer.concat([received, bytes])
    if (isAsked || !listFrameTypes(received.subarray(PREFACE_LENGTH)).includes(HEADERS)) return
    isAsked = true
    setTimeout(() => sayGoodbye(socket, goodbye), AWAY_MS)
  })
}

function sayGoodbye(socket: TLSSocket, goodbye: Goodbye): void {
  if (goodbye.frame === 'GOAWAY') socket.end(frame(GOAWAY, numbers(goodbye.lastStream, goodbye.errorCode)))
  else socket.write(frame(RST_STREAM, numbers(goodbye.errorCode), FIRST_STREAM))
}

/** Types of the whole frames in `octets`. */
function listFrameTypes(octets: Buffer): readonly number[] {
  const types: number[] = []
  for (let at = 0; at + 9 <= octets.length; at += 9 + octets.readUIntBE(at, 3)) types.push(octets.readUInt8(at + 3))
  return types
}

/** Numbers of 32 bits. */
function numbers(...values: readonly number[]): Buffer {
  const octets = Buffer.alloc(values.length * 4)
  for (const [at, value] of values.entries()) octets.writeUInt32BE(value, at * 4)
  return octets
}

/** A frame without flags. */
function frame(type: number, payload: Buffer, stream = 0): Buffer {
  const header = Buffer.alloc(9)
  header.writeUIntBE(payload.length, 0, 3)
  header.writeUInt8(type, 3)
  header.writeUInt32BE(stream, 5)
  return Buffer.concat([header, payload])
}
