import { describe, expect, it } from 'vitest'
import { parseKeyLogLine } from '../../src/tls/key-log.ts'
import { deriveTrafficKeys, findSuiteParameters } from '../../src/tls/key-schedule.ts'
import { toHex } from '../../src/tls/octets.ts'
import { RecordUnprotector } from '../../src/tls/record-protection.ts'

const suite = findSuiteParameters(0x1301)
const secret = Buffer.from('b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38', 'hex')

describe('deriveTrafficKeys', () => {
  it("gives the server's handshake keys of RFC 8448 section 3", () => {
    if (suite === undefined) throw new Error('TLS_AES_128_GCM_SHA256 is missing')
    const { key, iv } = deriveTrafficKeys(secret, suite)
    expect([toHex(key), toHex(iv)]).toEqual(['3fce516009c21727d0f2e4e86ee403bc', '5d313eb2671276ee13000b30'])
  })
})

describe('RecordUnprotector', () => {
  it('says null of octets that are not under its key, whatever their length', () => {
    if (suite === undefined) throw new Error('TLS_AES_128_GCM_SHA256 is missing')
    const unprotector = new RecordUnprotector(secret, suite)
    for (let length = 0; length < 40; length += 1) expect(unprotector.unprotect(new Uint8Array(length), 0x0303)).toBeNull()
  })
})

describe('parseKeyLogLine', () => {
  it.each(['', '# x', 'LABEL zz 00', `LABEL ${'0'.repeat(64)} 0`, `LABEL ${'0'.repeat(62)} ${'0'.repeat(64)}`, 'x'.repeat(100_000)])(
    'leaves out %j',
    (line) => {
      expect(parseKeyLogLine(line)).toBeNull()
    },
  )

  it('takes a line with or without its line end', () => {
    const line = `CLIENT_TRAFFIC_SECRET_0 ${'AB'.repeat(32)} ${'cd'.repeat(48)}`
    expect(parseKeyLogLine(`${line}\n`)).toEqual(parseKeyLogLine(line))
    expect(parseKeyLogLine(line)).toMatchObject({ label: 'CLIENT_TRAFFIC_SECRET_0', clientRandom: 'ab'.repeat(32) })
  })
})
