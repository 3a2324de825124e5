import { X509Certificate } from 'node:crypto'
import { connect as connectTcp } from 'node:net'
import { Duplex } from 'node:stream'
import { connect, type TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { type MintedChain, mintChain } from '../../src/lab/chain.ts'
import { startRawTlsServer } from '../../src/lab/raw-server.ts'

const NOW = new Date('2026-11-22T12:00:00Z')

function secureConnect(port: number): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, servername: 'a.whytls.test', rejectUnauthorized: false }, () => resolve(socket))
    socket.once('error', reject)
  })
}

async function withServer<T>(chain: MintedChain, version: '1.2' | '1.3', use: (port: number) => Promise<T>): Promise<T> {
  const server = await startRawTlsServer({ sent: chain.sent, key: chain.key, version }, 0)
  try {
    return await use(server.port)
  } finally {
    await server.close()
  }
}

/** The ClientHello that Node would send. */
function makeClientHello(): Promise<Buffer> {
  return new Promise((resolve) => {
    const tap = new Duplex({ read() {}, write: (bytes: Buffer) => resolve(bytes) })
    connect({ socket: tap, servername: 'a.whytls.test' }).on('error', () => {})
  })
}

/** What a ClientHello makes the server write, as far as `last`. */
async function readFirstFlight(port: number, last: Buffer): Promise<Buffer> {
  const hello = await makeClientHello()
  return new Promise((resolve, reject) => {
    const socket = connectTcp(port, '127.0.0.1', () => socket.write(hello))
    let received = Buffer.alloc(0)
    socket.once('error', reject)
    socket.on('data', (bytes: Buffer) => {
      received = Buffer.concat([received, bytes])
      if (!received.includes(last)) return
      socket.destroy()
      resolve(received)
    })
  })
}

describe('startRawTlsServer', () => {
  it.each(['ok', 'unsupported-public-key', 'rsa-pss-key', 'weak-rsa-leaf'])(
    'completes a TLS 1.3 handshake with the key of %s',
    async (recipe) => {
      const chain = await mintChain(recipe, NOW, { host: 'a.whytls.test' })
      await withServer(chain, '1.3', async (port) => {
        const socket = await secureConnect(port)
        expect(socket.getProtocol()).toBe('TLSv1.3')
        expect(socket.getPeerX509Certificate()?.raw).toEqual(chain.sent[0])
        socket.destroy()
      })
    },
  )

  it('sends certificates in an order that no library would', async () => {
    const chain = await mintChain('chain-order', NOW, { host: 'a.whytls.test' })
    await withServer(chain, '1.2', async (port) => {
      const flight = await readFirstFlight(port, chain.sent[1] ?? Buffer.alloc(0))
      const places = chain.sent.map((der) => flight.indexOf(der))
      expect(places).toEqual([...places].sort((a, b) => a - b))
      expect(new X509Certificate(chain.sent[0] ?? Buffer.alloc(0)).subject).toContain('Issuing CA')
    })
  })

  it('sends what is no certificate at all', async () => {
    const chain = await mintChain('cert-garbage', NOW, { host: 'a.whytls.test' })
    await withServer(chain, '1.2', async (port) => {
      expect(await readFirstFlight(port, Buffer.from('this is no certificate'))).toBeInstanceOf(Buffer)
    })
  })
})
