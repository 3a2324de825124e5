/** Certificates that a server compressed (RFC 8879). */

import * as zlib from 'node:zlib'
import { brotliCompressSync, deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFacts } from '../../src/handshake/facts.ts'
import { readMessage } from '../../src/handshake/message-reader.ts'
import { unpackCertificate } from '../../src/proxy/unpack-certificate.ts'
import type { Unpack } from '../../src/tls/compressed-certificate.ts'
import { TlsDecodeError } from '../../src/tls/decode-error.ts'

const u24 = (value: number) => [value >> 16, (value >> 8) & 0xff, value & 0xff]
const der = Buffer.alloc(3000, 'certificate')
const entry = Buffer.concat([Buffer.from(u24(der.length)), der, Buffer.from([0, 0])])
const certificate = Buffer.concat([Buffer.from([0, ...u24(entry.length)]), entry])

function bodyOf(algorithm: number, packed: Uint8Array, announced = certificate.length): Buffer {
  return Buffer.concat([Buffer.from([0, algorithm, ...u24(announced), ...u24(packed.length)]), packed])
}

function read(body: Uint8Array, unpack: Unpack | null = unpackCertificate) {
  const facts = createFacts()
  facts.unpack = unpack
  const message = { type: 25, body, octets: body, offset: 0, recordOffset: 0, recordCount: 1 }
  const events = readMessage({ message, direction: 'server-to-client', source: 'decrypted', atMs: 1 }, facts)
  return { facts, events }
}

describe('a compressed Certificate', () => {
  it.each([
    ['zlib', 1, deflateSync(certificate)],
    ['brotli', 2, brotliCompressSync(certificate)],
  ])('is unpacked from %s', (name, algorithm, packed) => {
    const { facts, events } = read(bodyOf(algorithm, packed))
    expect(facts.chain).toEqual([der])
    expect(facts.compressedCertificate).toMatchObject({ algorithm: { name }, isUnpacked: true })
    expect(events.map(({ type }) => type)).toEqual(['certificate'])
  })

  it('is unpacked from zstd where this Node can, and named where it cannot', () => {
    const compress: unknown = Reflect.get(zlib, 'zstdCompressSync')
    const packed = typeof compress === 'function' ? compress(certificate) : Buffer.from('28b52ffd', 'hex')
    const { facts } = read(bodyOf(3, packed))
    const canUnpack = typeof compress === 'function'
    expect(facts.chain).toEqual(canUnpack ? [der] : null)
    expect(facts.compressedCertificate).toMatchObject({ algorithm: { name: 'zstd' }, isUnpacked: canUnpack })
  })

  it.each([
    ['announces fewer octets than it has', 1, deflateSync(certificate), certificate.length - 1],
    ['announces more octets than it has', 1, deflateSync(certificate), certificate.length + 1],
    ['announces more than go takes', 1, deflateSync(Buffer.alloc(300_000)), 300_000],
    ['is of an unknown algorithm', 9, Buffer.from('x'), 10],
    ['is not of its algorithm', 2, Buffer.from('nothing of brotli'), 10],
  ])('that %s stays packed, is named, and no chain is claimed', (_what, algorithm, packed, announced) => {
    const { facts } = read(bodyOf(algorithm, packed, announced))
    expect(facts.chain).toBeNull()
    expect(facts.marks.certificate).toBeDefined()
    expect(facts.compressedCertificate).toMatchObject({ isUnpacked: false, announcedBytes: announced })
  })

  it('stays packed where nobody unpacks', () => {
    expect(read(bodyOf(1, deflateSync(certificate)), null).facts).toMatchObject({
      chain: null,
      compressedCertificate: { isUnpacked: false },
    })
  })

  it('that expands a thousand times is not expanded beyond what it announces', () => {
    const body = bodyOf(1, deflateSync(Buffer.alloc(64 * 1024 * 1024)), 1000)
    const before = process.memoryUsage().arrayBuffers
    const { facts } = read(body)
    expect(facts.chain).toBeNull()
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024)
  })

  it('ends in a value or a TlsDecodeError, whatever its octets are', () => {
    const whole = bodyOf(1, deflateSync(certificate))
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 4 }), fc.nat(whole.length), (flips, length) => {
        const mutated = Buffer.from(whole)
        for (const [at, value] of flips) mutated[at] = value
        try {
          read(mutated.subarray(0, length))
        } catch (error) {
          if (!(error instanceof TlsDecodeError)) throw error
        }
      }),
      { numRuns: 2000 },
    )
  })
})
