/** A middlebox on loopback that changes the ClientHello on its way to an origin and passes everything else on. */
import { connect, type Socket } from 'node:net'
import type { Listening } from './listener.ts'
import { startTcpServer } from './tcp-server.ts'

/** Changes a record that holds a ClientHello (with its 5-octet header). */
export type HelloEdit = (record: Buffer) => Buffer

/** Bring it up before an origin; closing it closes the origin too. */
export async function startHelloEditor(origin: Listening, edit: HelloEdit, port: number): Promise<Listening> {
  const server = await startTcpServer({ onConnect: (socket) => pass(socket, origin.port, edit) }, port)
  return {
    port: server.port,
    async close() {
      await server.close()
      await origin.close()
    },
  }
}

function pass(client: Socket, originPort: number, edit: HelloEdit): void {
  const upstream = connect({ host: '127.0.0.1', port: originPort, allowHalfOpen: true })
  let waiting: Buffer | null = Buffer.alloc(0)
  client.on('data', (octets: Buffer) => {
    if (waiting === null) {
      upstream.write(octets)
      return
    }
    waiting = Buffer.concat([waiting, octets])
    if (waiting.length < 5 || waiting.length < 5 + waiting.readUInt16BE(3)) return
    const end = 5 + waiting.readUInt16BE(3)
    upstream.write(Buffer.concat([edit(waiting.subarray(0, end)), waiting.subarray(end)]))
    waiting = null
  })
  upstream.on('data', (octets) => client.write(octets))
  client.on('end', () => upstream.end())
  upstream.on('end', () => client.end())
  client.on('error', () => upstream.destroy())
  upstream.on('error', () => client.destroy())
}

/** Take TLS 1.3 out of supported_versions without changing any length: a reserved value stands in its place. */
export function withoutTls13(record: Buffer): Buffer {
  const edited = Buffer.from(record)
  const at = edited.indexOf(Buffer.from([0x03, 0x04]), findSupportedVersions(edited))
  if (at > 0) edited.writeUInt16BE(GREASE, at)
  return edited
}

/** Offset of the supported_versions list (extension 43). */
function findSupportedVersions(record: Buffer): number {
  let at = 5 + 4 + 34
  at += 1 + record.readUInt8(at)
  at += 2 + record.readUInt16BE(at)
  at += 1 + record.readUInt8(at) + 2
  while (at + 4 <= record.length && record.readUInt16BE(at) !== SUPPORTED_VERSIONS) at += 4 + record.readUInt16BE(at + 2)
  return at + 4
}

const SUPPORTED_VERSIONS = 43
const GREASE = 0x7a7a
