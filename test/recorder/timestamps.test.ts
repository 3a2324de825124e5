import { describe, expect, it } from 'vitest'
import { HandshakeObserver } from '../../src/handshake/observer.ts'
import { listTimestamps } from '../../src/recorder/judge.ts'

const LIST = Buffer.concat([Buffer.of(0, 45, 0, 43, 0), Buffer.alloc(32, 9), Buffer.from('0000019b00000000', 'hex'), Buffer.alloc(2)])
const AT = new Date(0x19b00000000).toISOString()

/** A ServerHello of TLS 1.2 whose signed_certificate_timestamp holds these octets. */
function serverHello(list: Buffer): Buffer {
  const extension = Buffer.concat([Buffer.of(0, 18, list.length >> 8, list.length), list])
  const body = Buffer.concat([Buffer.of(3, 3), Buffer.alloc(32, 1), Buffer.of(0, 0xc0, 0x2f, 0, 0, extension.length), extension])
  const message = Buffer.concat([Buffer.of(2, 0, 0, body.length), body])
  return Buffer.concat([Buffer.of(22, 3, 3, 0, message.length), message])
}

function observe(list: Buffer) {
  const observer = new HandshakeObserver()
  observer.feed('server-to-client', serverHello(list), 0)
  return observer.transcript()
}

describe('timestamps beside the leaf', () => {
  it('are listed from the TLS extension, and say so', () => {
    expect(listTimestamps(undefined, observe(LIST))).toEqual([{ logId: '09'.repeat(32), at: AT, from: 'tls' }])
  })
  it('are none where the list is cut, empty or not there', () => {
    expect(listTimestamps(undefined, observe(LIST.subarray(0, 30)))).toEqual([])
    expect(listTimestamps(undefined, observe(Buffer.alloc(0)))).toEqual([])
    expect(listTimestamps(undefined, {})).toEqual([])
  })
})
