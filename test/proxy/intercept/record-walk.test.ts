import { describe, expect, it } from 'vitest'
import { RecordWalk } from '../../../src/proxy/intercept/record-walk.ts'

const record = (contentType: number, length: number, version = 0x0303) =>
  Buffer.from([contentType, version >> 8, version & 0xff, length >> 8, length & 0xff, ...new Array<number>(length).fill(22)])

function walk(octets: Buffer, sizes: number, version: '1.2' | '1.3' | null = null) {
  const seen: number[] = []
  const walked = new RecordWalk((contentType) => seen.push(contentType))
  if (version !== null) walked.agree(version)
  for (let at = 0; at < octets.length; at += sizes) walked.feed(octets.subarray(at, at + sizes))
  return { walked, seen }
}

describe('RecordWalk', () => {
  const session = Buffer.concat([record(22, 300), record(20, 1), record(22, 40), record(23, 0), record(23, 500), record(21, 26)])

  it.each([1, 2, 3, 5, 7, 64, 10_000])('counts the same records where octets come %i at a time', (sizes) => {
    const { walked, seen } = walk(session, sizes)
    expect(seen).toEqual([22, 20, 22, 23, 23, 21])
    expect(walked).toMatchObject({ applicationRecords: 2, recordsBehindChange: 4, malformed: null })
  })

  it('keeps a header that announces more than the version allows', () => {
    const octets = Buffer.concat([record(23, 8), Buffer.from([23, 3, 3, 0x41, 0x01]), Buffer.from('tail')])
    expect(walk(octets, octets.length, '1.3').walked.malformed).toEqual(octets.subarray(13))
    expect(walk(octets, octets.length, '1.2').walked.malformed).toBeNull()
  })

  it('keeps what is no record of an agreed version, and takes the first one of an old version', () => {
    const http = Buffer.from('HTTP/1.1 400 Bad Request\r\n')
    expect(walk(http, http.length).walked.malformed).toEqual(http)
    expect(walk(record(22, 4, 0x0301), 9).walked.malformed).toBeNull()
    expect(walk(record(23, 4, 0x0301), 9, '1.2').walked.malformed).not.toBeNull()
  })
})
