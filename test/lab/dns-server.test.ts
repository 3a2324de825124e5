import { describe, expect, it } from 'vitest'
import { answerQuery } from '../../src/lab/dns-server.ts'

/** A query for A, class IN, with recursion desired. */
function query(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]))
  return Buffer.concat([Buffer.from('beef01000001000000000000', 'hex'), ...labels, Buffer.from([0, 0, 1, 0, 1])])
}

function responseCode(name: string): number | undefined {
  const reply = answerQuery(query(name))
  return reply === undefined ? undefined : reply.readUInt16BE(2) & 0xf
}

describe('answerQuery', () => {
  it('answers by the first label of the name', () => {
    expect(responseCode('dns-nxdomain.whytls.test')).toBe(3)
    expect(responseCode('dns-servfail.whytls.test')).toBe(2)
    expect(responseCode('dns-no-address.whytls.test')).toBe(0)
    expect(responseCode('dns-timeout.whytls.test')).toBeUndefined()
  })

  it('says of any other name that it does not exist', () => {
    expect(responseCode('elsewhere.test')).toBe(3)
  })

  it('repeats id and question and counts no record', () => {
    const asked = query('dns-no-address.whytls.test')
    const reply = answerQuery(asked)
    expect(reply?.readUInt16BE(0)).toBe(0xbeef)
    expect(reply?.subarray(4)).toEqual(asked.subarray(4))
  })

  it('leaves the additional records of the query out', () => {
    const asked = Buffer.concat([query('dns-nxdomain.whytls.test'), Buffer.from('0000291000000000000000', 'hex')])
    asked.writeUInt16BE(1, 10)
    expect(answerQuery(asked)).toHaveLength(asked.length - 11)
  })
})
