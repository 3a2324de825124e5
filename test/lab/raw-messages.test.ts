import { expect, it } from 'vitest'
import { block, handshakeMessage, readClientHello, record, takeClientHellos, takeHandshake } from '../../src/lab/raw-messages.ts'

const HELLO = handshakeMessage(
  1,
  Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32, 7),
    block(1, Buffer.alloc(32, 1)),
    block(2, Buffer.from([0x13, 1])),
    block(1, Buffer.from([0])),
    block(2),
  ]),
)

it('a hello over two records is one hello, also where the second begins like a message', () => {
  for (let cut = 1; cut < HELLO.length; cut += 1) {
    const octets = Buffer.concat([record(22, HELLO.subarray(0, cut)), record(22, HELLO.subarray(cut))])
    expect(readClientHello(octets)?.message).toEqual(HELLO)
    expect(readClientHello(octets.subarray(0, -1))).toBeUndefined()
  }
})

it('encrypted records that look like a hello are no hello', () => {
  const finished = record(22, Buffer.from([1, 255, 255, 255, 9, 9, 9]))
  const { content } = takeHandshake(Buffer.concat([record(22, HELLO), record(20, Buffer.from([1])), finished]))
  expect(takeClientHellos(content).hellos).toHaveLength(1)
})
