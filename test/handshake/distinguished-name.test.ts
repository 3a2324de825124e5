import { describe, expect, it } from 'vitest'
import { describeName } from '../../src/handshake/distinguished-name.ts'

/** Name of one attribute: SEQUENCE { SET { SEQUENCE { OID 2.5.4.x, string } } }. */
function composeName(type: number, tag: number, value: readonly number[]): Uint8Array {
  const attribute = [6, 3, 0x55, 4, type, tag, value.length, ...value]
  return Uint8Array.of(0x30, attribute.length + 4, 0x31, attribute.length + 2, 0x30, attribute.length, ...attribute)
}

describe('describeName', () => {
  it('shows attributes by their short names, also in BMPString', () => {
    expect(describeName(composeName(3, 0x0c, [...Buffer.from('Lab CA')]))).toBe('CN=Lab CA')
    expect(describeName(composeName(10, 0x1e, [0, 0x4f, 1, 0x51]))).toBe('O=Oő')
    expect(describeName(composeName(99, 0x13, [0x41]))).toBe('550463=A')
  })

  it('shows what is no Name as hex, and an odd BMPString as it is', () => {
    expect(describeName(Uint8Array.of(0x31, 0))).toBe('#3100')
    expect(describeName(Uint8Array.of(0x30, 0x83, 1, 0, 0))).toBe('#3083010000')
    expect(describeName(composeName(3, 0x1e, [0x41]))).toBe('CN=A')
    expect(describeName(Uint8Array.of())).toBe('#')
  })
})
