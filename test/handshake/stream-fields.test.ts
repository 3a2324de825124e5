import { describe, expect, it } from 'vitest'
import { layStream } from '../../src/handshake/stream-fields.ts'
import { parseStreams } from '../../src/handshake/tls-parse.ts'
import { readVector } from './playbook.ts'

function streamsOf(name: string) {
  const { chunks } = readVector(name)
  const side = (wanted: string) =>
    Buffer.concat(chunks.filter(([from]) => from === wanted).map(([, octets]) => Buffer.from(octets, 'base64')))
  return { c2s: side('c'), s2c: side('s') }
}

describe('layStream', () => {
  it.each(['go-tls12-ok', 'go-tls13-hrr-ok', 'openssl-tls12-null', 'go-plain-http'])(
    'covers every octet of the records of %s, and every message that was read',
    (name) => {
      const streams = streamsOf(name)
      const result = parseStreams(streams)
      const laid = layStream(streams, result)
      for (const side of ['c2s', 's2c'] as const) {
        const records = laid[side].filter((one) => one.of === 'record')
        const end = records.reduce((at, { recordOffset, fields }) => {
          expect(recordOffset).toBe(at)
          return fields.reduce((next, { offset, length }) => {
            expect(recordOffset + offset).toBe(next)
            return next + length
          }, at)
        }, result.tlsOffset[side] ?? 0)
        expect(end).toBe(result.records[side].reduce((sum, [, , length]) => sum + 5 + length, result.tlsOffset[side] ?? 0))
        const messages = laid[side]
          .filter(({ of }) => of !== 'record')
          .map(({ fields }) => fields.reduce((sum, { length }) => sum + length, 0) - 4)
        expect(messages).toEqual(result.handshake.filter(([from]) => from === side.slice(0, 1)).map(([, , length]) => length))
      }
    },
  )

  it('begins with the hello in SSL 2.0 framing where there is one', () => {
    const c2s = Buffer.concat([Buffer.from('801f01030100060000001000003500002f', 'hex'), Buffer.alloc(16, 7)])
    const streams = { c2s, s2c: null }
    const [first] = layStream(streams, parseStreams(streams)).c2s
    expect(first?.of).toBe('SSLv2 ClientHello')
    expect(first?.fields.reduce((sum, { length }) => sum + length, 0)).toBe(c2s.length)
  })
})
