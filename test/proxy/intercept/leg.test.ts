/** The last octets of a client's leg, met by a real TLS client. */
import { once } from 'node:events'
import { connect as connectTcp, createServer, type Socket } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { makeRunAuthority } from '../../../src/proxy/authority/authority.ts'
import { openClient } from '../../../src/proxy/intercept/client-leg.ts'
import type { Leg } from '../../../src/proxy/intercept/leg.ts'

const authority = makeRunAuthority(new Date())
const SUITES = [
  ['TLSv1.3', 'TLS_AES_128_GCM_SHA256'],
  ['TLSv1.3', 'TLS_AES_256_GCM_SHA384'],
  ['TLSv1.3', 'TLS_CHACHA20_POLY1305_SHA256'],
  ['TLSv1.2', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  ['TLSv1.2', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
  ['TLSv1.2', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
] as const

/** A session that has carried some records, then whatever `finish` does to it. @returns what came whole, and the client's error */
async function meet(maxVersion: 'TLSv1.2' | 'TLSv1.3', ciphers: string, finish: (leg: Leg) => void) {
  const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const accepted: Promise<Socket[]> = once(server, 'connection')
  const client = connect({
    socket: connectTcp(port, '127.0.0.1'),
    servername: 'modules.test',
    ca: authority.certificatePem,
    ciphers,
  })
  const [socket] = await accepted
  if (socket === undefined) throw new Error('nobody came')
  const { leg } = openClient({
    socket,
    authority,
    name: 'modules.test',
    alpn: null,
    maxVersion,
    atMs: () => 0,
    onEvent: () => {},
  })
  leg.session.on('data', () => {
    for (const part of ['some', ' ', 'records']) leg.session.write(part)
    finish(leg)
  })
  const met = await readAll(client)
  server.close()
  leg.socket.destroy()
  return met
}

function readAll(client: TLSSocket): Promise<{ text: string; error: string | undefined }> {
  let text = ''
  let error: string | undefined
  client.on('data', (octets: Buffer) => {
    text += octets.toString()
  })
  client.once('secureConnect', () => client.write('GET'))
  client.on('error', (each: NodeJS.ErrnoException) => {
    error ??= each.code
  })
  return new Promise((resolve) => client.once('close', () => resolve({ text, error })))
}

describe('the last octets of a leg', () => {
  it.each(SUITES)('%s %s: an alert of any number reaches the client behind all that was written', async (version, suite) => {
    const met = await meet(version, suite, (leg) => leg.endWith({ contentType: 21, content: Buffer.from([2, 80]) }))
    expect(met).toEqual({ text: 'some records', error: 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR' })
  })

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('%s: octets that no key opens are met as such', async (version) => {
    const { text, error } = await meet(version, SUITES.find(([each]) => each === version)?.[1] ?? '', (leg) => leg.damage())
    expect(text).toBe('some records')
    expect(error).toMatch(/BAD_RECORD_MAC|BAD_DECRYPT|CIPHER_OPERATION_FAILED/)
  })

  it('TLS 1.3: a header that is too long is met as such', async () => {
    const octets = Buffer.from([23, 3, 3, 0x50, 0x00, 1, 2, 3])
    const met = await meet('TLSv1.3', SUITES[0][1], (leg) => leg.damage(octets))
    expect(met).toEqual({ text: 'some records', error: expect.stringContaining('LENGTH_TOO_LONG') })
  })
})
