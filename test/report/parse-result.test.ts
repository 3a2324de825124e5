import { describe, expect, it } from 'vitest'
import { parseBatchLine } from '../../src/report/parse-result.ts'
import { readVector } from '../handshake/playbook.ts'

const { chunks } = readVector('go-tls12-refused')
const join = (from: 'c' | 's') =>
  Buffer.concat(chunks.filter(([sender]) => sender === from).map(([, octets]) => Buffer.from(octets, 'base64')))
const c2s = join('c')
const s2c = join('s')

describe('parseBatchLine', () => {
  it('answers with the id and the result', () => {
    const answer = parseBatchLine(JSON.stringify({ id: 'a', c2s: c2s.toString('base64'), s2c: null }))
    expect(answer).toMatchObject({
      id: 'a',
      isTls: true,
      tlsOffset: { c2s: 0, s2c: null },
      records: {
        c2s: [
          [22, 0x301, 1526],
          [21, 0x303, 2],
        ],
        s2c: [],
      },
    })
  })

  it.each([
    ['not JSON', 'line'],
    ['[]', 'line'],
    ['{"id":1,"c2s":"*","s2c":null}', 'c2s'],
    ['{"id":1,"c2s":null,"s2c":5}', 's2c'],
    ['{"id":1,"c2s":null,"s2c":null,"chunks":[["x",1]]}', 'chunks'],
    ['{"id":1,"c2s":null,"s2c":null,"chunks":[["c",-1]]}', 'chunks'],
  ])('%s gives an error for the field %s', (line, field) => {
    expect(parseBatchLine(line)).toMatchObject({ error: { field } })
  })

  it('survives chunk lengths that do not fit the octets', () => {
    const line = JSON.stringify({
      id: 1,
      c2s: c2s.toString('base64'),
      s2c: s2c.toString('base64'),
      chunks: [
        ['s', 1e9],
        ['c', 1],
        ['c', 1e15],
      ],
    })
    expect(parseBatchLine(line)).toMatchObject({ isTls: true, certificates: [{ from: 's' }] })
  })
})
