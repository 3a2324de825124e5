import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layHelloFields } from '../../web/hello-fields.ts'

const octets = (hex: string): Uint8Array => Uint8Array.from(hex.replaceAll(' ', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

const CLIENT_HELLO = octets(
  `010000${(2 + 32 + 1 + 4 + 2 + 2 + 13).toString(16).padStart(2, '0')} 0303 ${'ab'.repeat(32)} 00 0002 1301 01 00 000d 002b 0003 02 0304 000a 0002 0000`,
)

describe('layHelloFields', () => {
  it('finds every field of a ClientHello', () => {
    expect(layHelloFields(CLIENT_HELLO).map((field) => [field.offset, field.lengthBytes, field.name])).toEqual([
      [0, 4, 'Handshake header'],
      [4, 2, 'legacy_version'],
      [6, 32, 'random'],
      [38, 1, 'legacy_session_id'],
      [39, 4, 'cipher_suites'],
      [43, 2, 'legacy_compression_methods'],
      [45, 2, 'extensions length'],
      [47, 7, 'extension 43'],
      [54, 6, 'extension 10'],
    ])
  })
  it('finds the single suite of a ServerHello', () => {
    const fields = layHelloFields(octets(`02000026 0303 ${'cd'.repeat(32)} 00 1301 00`))
    expect(fields.map((field) => field.name)).toEqual([
      'Handshake header',
      'legacy_version',
      'random',
      'legacy_session_id',
      'cipher_suite',
      'legacy_compression_method',
    ])
  })
  it('says where a message is cut short', () => {
    expect(layHelloFields(CLIENT_HELLO.subarray(0, 50)).at(-1)?.name).toBe('extension 43 (cut short)')
  })
  it('covers any octets without a hole and without an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
        const fields = layHelloFields(message)
        expect(fields.reduce((at, field) => (field.offset === at ? at + field.lengthBytes : -1), 0)).toBe(message.length)
      }),
    )
  })
})
