/** A TLS 1.2 server with RSA key exchange whose key is not its certificate's: it reads another secret than the client sent, so Finished is garbage to it. */
import { randomBytes } from 'node:crypto'
import type { LabCase, LabExpectation } from './case.ts'
import { mintChain } from './chain.ts'
import { block, handshakeMessage, readClientHello, record } from './raw-messages.ts'
import { startTcpServer } from './tcp-server.ts'
import { describeOrigin, labHost } from './world.ts'

/** Nothing is signed in this key exchange; the server's alert is all that shows it. go offers it with GODEBUG=tlsrsakex=1 only. */
export function defineRsaExchangeCase(id: string, summary: string, alertCode: number, expect: LabExpectation): LabCase {
  return {
    id,
    summary,
    expect,
    async up(world) {
      const host = labHost(id, world)
      const chain = await mintChain('rsa-leaf', world.now, { host })
      const server = await startTcpServer(
        {
          onConnect(socket) {
            let received = Buffer.alloc(0)
            let hasAnswered = false
            socket.on('data', (octets: Buffer) => {
              received = Buffer.concat([received, octets])
              if (!hasAnswered && readClientHello(received) !== undefined) {
                hasAnswered = true
                socket.write(composeFlight(chain.sent))
              }
              if (holdsFinished(received)) socket.end(record(21, Buffer.from([2, alertCode])))
            })
            socket.on('end', () => socket.end())
          },
        },
        world.port,
      )
      const env = { GODEBUG: 'tlsrsakex=1' }
      return describeOrigin(world, { host, port: server.port, rootsPem: chain.rootsPem, served: chain.served, env, close: server.close })
    },
  }
}

/** ServerHello, Certificate, ServerHelloDone with TLS_RSA_WITH_AES_128_GCM_SHA256. */
function composeFlight(sent: readonly Buffer[]): Buffer {
  const extensions = block(2, Buffer.from([0xff, 0x01, 0, 1, 0]))
  const hello = Buffer.concat([Buffer.from([3, 3]), randomBytes(32), block(1), Buffer.from([0, 0x9c, 0]), extensions])
  const certificate = block(3, ...sent.map((der) => block(3, der)))
  return record(22, Buffer.concat([handshakeMessage(2, hello), handshakeMessage(11, certificate), handshakeMessage(14, Buffer.alloc(0))]))
}

/** A whole handshake record behind ChangeCipherSpec. */
function holdsFinished(received: Buffer): boolean {
  let hasChangedCipher = false
  for (let at = 0; at + 5 <= received.length; at += 5 + received.readUInt16BE(at + 3)) {
    if (hasChangedCipher && received.length >= at + 5 + received.readUInt16BE(at + 3)) return true
    hasChangedCipher ||= received[at] === 20
  }
  return false
}
