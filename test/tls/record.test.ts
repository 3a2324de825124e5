import { describe, expect, it } from 'vitest'
import { OctetQueue } from '../../src/tls/octet-queue.ts'
import { readRecord } from '../../src/tls/record.ts'

describe('readRecord', () => {
  it('takes a record and leaves what stands behind it', () => {
    const reading = readRecord(Uint8Array.of(22, 3, 1, 0, 2, 7, 8, 99))
    expect(reading).toEqual({ status: 'record', record: { contentType: 22, version: 0x0301, fragment: Uint8Array.of(7, 8) } })
  })

  it.each([[[]], [[22]], [[22, 3]], [[22, 3, 1, 0]], [[22, 3, 1, 0, 2, 7]]])('%j is incomplete', (octets) => {
    expect(readRecord(Uint8Array.from(octets))).toEqual({ status: 'incomplete' })
  })

  it.each([[[0x48]], [[19, 3, 1]], [[25]], [[22, 2]], [[22, 0x54, 0x54]]])('%j cannot begin a record', (octets) => {
    expect(readRecord(Uint8Array.from(octets)).status).toBe('not-a-record')
  })

  it('says by the header alone that a record is too long', () => {
    expect(readRecord(Uint8Array.of(23, 3, 3, 0x48, 0x01)).status).toBe('too-long')
    expect(readRecord(Uint8Array.of(23, 3, 3, 0x48, 0x00)).status).toBe('incomplete')
  })
})

describe('OctetQueue', () => {
  it('gives out what was put in, in order, whatever is dropped in between', () => {
    const queue = new OctetQueue()
    const out: number[] = []
    for (let next = 0; next < 3000; next += 3) {
      queue.append(Uint8Array.of(next % 256, (next + 1) % 256, (next + 2) % 256))
      if (next % 9 === 0) continue
      out.push(...queue.view().subarray(0, 4))
      queue.drop(4)
    }
    out.push(...queue.view())
    expect(out).toEqual(Array.from({ length: 3000 }, (_, at) => at % 256))
  })

  it('does not keep what it was given', () => {
    const queue = new OctetQueue()
    const octets = Uint8Array.of(1, 2)
    queue.append(octets)
    octets[0] = 9
    expect([...queue.view()]).toEqual([1, 2])
  })
})
