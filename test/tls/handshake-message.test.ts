import { describe, expect, it } from 'vitest'
import { HandshakeAssembler } from '../../src/tls/handshake-message.ts'

const message = (type: number, ...body: number[]) => Uint8Array.of(type, 0, 0, body.length, ...body)

describe('HandshakeAssembler', () => {
  it('takes several messages out of one record', () => {
    const found = new HandshakeAssembler().append(Uint8Array.of(...message(2, 9), ...message(11), ...message(14)), 100)
    expect(found.map(({ type, offset, recordOffset }) => [type, offset, recordOffset])).toEqual([
      [2, 105, 100],
      [11, 110, 100],
      [14, 114, 100],
    ])
  })

  it('puts one message together from records cut anywhere, also inside its header', () => {
    const assembler = new HandshakeAssembler()
    const whole = message(1, 1, 2, 3, 4, 5)
    const found = [...whole].flatMap((octet, at) => assembler.append(Uint8Array.of(octet), at * 6))
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ type: 1, recordCount: 9, recordOffset: 0, octets: whole })
  })

  it('counts the next message from the record in which it begins', () => {
    const assembler = new HandshakeAssembler()
    assembler.append(message(2, 7, 7).subarray(0, 5), 0)
    const [first, second] = assembler.append(Uint8Array.of(7, ...message(11, 8)), 10)
    expect(first).toMatchObject({ type: 2, recordOffset: 0, recordCount: 2 })
    expect(second).toMatchObject({ type: 11, recordOffset: 10, recordCount: 1, offset: 16 })
  })

  it('waits for an announced length without taking memory for it', () => {
    const assembler = new HandshakeAssembler()
    expect(assembler.append(Uint8Array.of(11, 0xff, 0xff, 0xff, 1), 0)).toEqual([])
    expect(assembler.pendingHeader).toMatchObject({ type: 11, lengthBytes: 0xffffff })
    expect(assembler.pendingBytes).toBe(5)
  })
})
