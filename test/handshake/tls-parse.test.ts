import { describe, expect, it } from 'vitest'
import { parseStreams } from '../../src/handshake/tls-parse.ts'
import { readVector, type Vector } from './playbook.ts'

function joinChunks({ chunks }: Vector, from: 'c' | 's'): Buffer {
  return Buffer.concat(chunks.filter(([sender]) => sender === from).map(([, octets]) => Buffer.from(octets, 'base64')))
}

const refused = readVector('go-tls12-refused')
const c2s = joinChunks(refused, 'c')
const s2c = joinChunks(refused, 's')
const chunks = refused.chunks.map(([from, octets]) => [from, Buffer.from(octets, 'base64').length] as const)

describe('parseStreams', () => {
  it('gives the same result with and without the order of chunks', () => {
    for (const name of ['go-tls12-ok', 'go-tls13-ok', 'go-tls13-hrr-ok', 'go-tls13-client-certificate', 'go-old-version']) {
      const vector = readVector(name)
      const pair = { c2s: joinChunks(vector, 'c'), s2c: joinChunks(vector, 's') }
      const ordered = parseStreams({ ...pair, chunks: vector.chunks.map(([from, octets]) => [from, Buffer.from(octets, 'base64').length]) })
      expect({ ...parseStreams(pair), handshake: [] }).toEqual({ ...ordered, handshake: [] })
    }
  })

  it('tells hellos, certificates and alerts with who sent them', () => {
    const result = parseStreams({ c2s, s2c, chunks })
    expect(result.certificates).toEqual([{ from: 's', sha256: refused.served }])
    expect(result.alerts).toEqual([{ from: 'c', level: 'fatal', code: 42, name: 'bad_certificate' }])
    expect(result.clientHellos).toMatchObject([
      { serverName: 'modproxy.example.test', looksLike: 'go 1.26', recordOffset: 0, wireBytes: 1531 },
    ])
    expect(result.serverKeyExchanges).toMatchObject([
      { publicKeyBytes: 32, signatureScheme: { name: 'ecdsa_secp256r1_sha256' }, namedCurve: { id: 29, name: 'x25519' } },
    ])
    expect(result.handshake.map(([from, type]) => `${from}${type}`)).toEqual(['c1', 's2', 's11', 's12', 's14'])
    expect(result.stoppedAt).toEqual({ c2s: null, s2c: null })
    expect(result.error).toBeUndefined()
  })

  it.each([
    ['CONNECT', 'CONNECT host.example:443 HTTP/1.1\r\nHost: host.example\r\n\r\n', 'HTTP/1.1 200 Connection established\r\n\r\n'],
    ['STARTTLS', 'EHLO me\r\nSTARTTLS\r\n', '220 mail.example\r\n250 STARTTLS\r\n220 Go ahead\r\n'],
    ['SOCKS', '\x05\x01\x00\x05\x01\x00\x03\x04host\x01\xbb', '\x05\x00\x05\x00\x00\x01\x7f\x00\x00\x01\x16\x03'],
    ['PostgreSQL', '\x00\x00\x00\x08\x04\xd2\x16\x2f', 'S'],
  ])('finds TLS behind %s, with offsets of the whole file', (_name, before, answer) => {
    const [prefix, reply] = [Buffer.from(before, 'latin1'), Buffer.from(answer, 'latin1')]
    const result = parseStreams({ c2s: Buffer.concat([prefix, c2s]), s2c: Buffer.concat([reply, s2c]) })
    expect(result.tlsOffset).toEqual({ c2s: prefix.length, s2c: reply.length })
    expect(result.clientHellos).toMatchObject([{ recordOffset: prefix.length }])
    expect(result.certificates).toHaveLength(1)
  })

  it('finds hellos behind a preamble in records of a few octets, too', () => {
    const split = (octets: Buffer, first: number) => {
      const [version, end] = [octets.subarray(1, 3), 5 + octets.readUInt16BE(3)]
      const pieces = [octets.subarray(5, 5 + first), octets.subarray(5 + first, 5 + first + 7), octets.subarray(5 + first + 7, end)]
      const records = pieces.map((piece) =>
        Buffer.concat([Buffer.of(22), version, Buffer.of(piece.length >> 8, piece.length & 255), piece]),
      )
      return Buffer.concat([...records, octets.subarray(end)])
    }
    const [before, reply] = [Buffer.from('AUTH TLS\r\n'), Buffer.from('234 AUTH TLS\r\n')]
    for (const first of [1, 2, 16, 40]) {
      const result = parseStreams({ c2s: Buffer.concat([before, split(c2s, first)]), s2c: Buffer.concat([reply, split(s2c, first)]) })
      expect(result.tlsOffset).toEqual({ c2s: before.length, s2c: reply.length })
      expect(result.clientHellos).toMatchObject([{ serverName: 'modproxy.example.test', recordCount: 3 }])
    }
  })

  it('says where a cut stream ends', () => {
    const cut = s2c.subarray(0, s2c.length - 3)
    expect(parseStreams({ c2s, s2c: cut }).stoppedAt.s2c?.why).toMatch(/^ends inside a record, after \d+ octets of it$/)
  })

  it('names offset and field of a message that breaks the protocol', () => {
    const broken = Uint8Array.from(c2s)
    broken[43] = 200
    broken[5 + 4 + 34 + 33] = 255
    const { error, clientHellos } = parseStreams({ c2s: broken, s2c: null })
    expect(clientHellos).toEqual([])
    expect(error?.field).not.toBe('')
    expect(error?.offset).toBeGreaterThan(42)
    expect(error?.offset).toBeLessThan(1531)
  })

  it('takes a piece with more messages than a call has room for arguments', () => {
    const record = Buffer.concat([Buffer.from([22, 3, 3, 0x40, 0]), Buffer.alloc(0x4000)])
    const empties = Buffer.concat([s2c.subarray(0, 5 + s2c.readUInt16BE(3)), ...Array.from({ length: 50 }, () => record)])
    expect(parseStreams({ c2s: null, s2c: empties }).handshake.length).toBeGreaterThan(200_000)
  })

  it('reads a direction whose beginning was not captured, beside one that is TLS', () => {
    const { chunks } = readVector('go-tls12-ok')
    const side = (wanted: string) =>
      Buffer.concat(chunks.filter(([from]) => from === wanted).map(([, octets]) => Buffer.from(octets, 'base64')))
    const [c2s, s2c] = [side('c'), side('s')]
    const behind = s2c.subarray(s2c.indexOf(Buffer.from('140303000101', 'hex')))
    expect(parseStreams({ c2s, s2c: behind }).records.s2c.map(([type]) => type)).toEqual([20, 22, 23, 21])
    expect(parseStreams({ c2s, s2c: behind }).tlsOffset).toEqual({ c2s: 0, s2c: 0 })
    expect(parseStreams({ c2s: null, s2c: behind }).isTls).toBe(false)
    expect(parseStreams({ c2s, s2c: Buffer.concat([behind.subarray(0, 6), Buffer.from('something else')]) }).tlsOffset.s2c).toBeNull()
  })

  it('says of a side that is not TLS that it is not', () => {
    const result = parseStreams({ c2s: Buffer.from('GET / HTTP/1.1\r\n\r\n'), s2c: null })
    expect(result).toMatchObject({ isTls: false, tlsOffset: { c2s: null, s2c: null }, stoppedAt: { c2s: { offset: 0 }, s2c: null } })
  })
})
