import { describe, expect, it } from 'vitest'
import { readCertificateFile } from '../../src/x509/certificate-file.ts'
import { splitHostPort } from '../../src/x509/host-port.ts'
import { inspectCertificate } from '../../src/x509/inspect.ts'
import { ca, dns, mint, san, sequence, tlv } from './mint.ts'

/** One SCT: version, log id, timestamp, no extensions, a short signature. */
function timestamp(at: string, log: number): Buffer {
  const time = Buffer.alloc(8)
  time.writeBigUInt64BE(BigInt(Date.parse(at)))
  const body = Buffer.concat([Buffer.of(0), Buffer.alloc(32, log), time, Buffer.of(0, 0, 4, 3, 0, 1, 9)])
  return Buffer.concat([Buffer.of(body.length >> 8, body.length & 0xff), body])
}

function listOf(...timestamps: readonly Buffer[]): Buffer {
  const all = Buffer.concat(timestamps)
  return tlv(0x04, Buffer.concat([Buffer.of(all.length >> 8, all.length & 0xff), all]))
}

const inspect = (value: Buffer) =>
  inspectCertificate(mint({ subject: { commonName: 'x' }, extensions: [{ oid: '1.3.6.1.4.1.11129.2.4.2', value }] }).der)

describe('a certificate that is looked at', () => {
  it('shows its signed timestamps with log and time', () => {
    const { signedTimestamps, extensions } = inspect(listOf(timestamp('2026-01-02T03:04:05.678Z', 7), timestamp('2026-02-01T00:00:00Z', 9)))
    expect(signedTimestamps).toEqual([
      { logId: '07'.repeat(32), at: '2026-01-02T03:04:05.678Z' },
      { logId: '09'.repeat(32), at: '2026-02-01T00:00:00.000Z' },
    ])
    expect(extensions).toMatchObject([{ name: 'signedCertificateTimestampList' }])
  })

  it('shows the timestamps before a cut one, and none of what is no list', () => {
    const whole = timestamp('2026-01-02T03:04:05.678Z', 7)
    expect(inspect(listOf(whole, whole.subarray(0, 20))).signedTimestamps).toHaveLength(1)
    expect(inspect(Buffer.from('hello')).signedTimestamps).toEqual([])
    expect(inspect(listOf(timestamp('2026-01-01T00:00:00Z', 1).fill(0xff, 35, 43))).signedTimestamps).toMatchObject([{ at: '?' }])
  })

  it('names a demand for a stapled response', () => {
    const feature = { oid: '1.3.6.1.5.5.7.1.24', value: sequence(tlv(0x02, Buffer.of(5))) }
    expect(inspectCertificate(mint({ subject: {}, extensions: [feature] }).der).mustStaple).toBe(true)
    expect(inspectCertificate(mint({ subject: {}, extensions: [ca()] }).der).mustStaple).toBe(false)
  })

  it('lists every place at which go would refuse, in its order', () => {
    const { wrong, goText, subject, dnsNames } = inspectCertificate(
      mint({
        subject: { commonName: 'still read' },
        serial: Buffer.of(0x80),
        extensions: [san(dns('mods.example')), { oid: '2.5.29.14', critical: true, value: tlv(0x04, Buffer.of(1)) }],
      }).der,
    )
    expect(wrong.map((range) => range.goText)).toEqual([
      'x509: negative serial number',
      'x509: subject key identifier incorrectly marked critical',
    ])
    expect(goText).toBe('x509: negative serial number')
    expect([subject, dnsNames]).toEqual(['CN=still read', ['mods.example']])
  })
})

describe('host and port', () => {
  it.each([
    ['h.example:443', 'h.example'],
    ['[::1]:443', '::1'],
    [':443', ''],
  ])('%s is split as by Go', (text, host) => {
    expect(splitHostPort(text)).toEqual({ host })
  })

  it.each([
    ['a:1:2', 'address a:1:2: too many colons in address'],
    ['[::1', "address [::1: missing ']' in address"],
    ['[::1]', 'address [::1]: missing port in address'],
    ['[::1]x:2', 'address [::1]x:2: missing port in address'],
    ['[::1]:1:2', 'address [::1]:1:2: too many colons in address'],
    ['a[b:1', "address a[b:1: unexpected '[' in address"],
    ['a]b:1', "address a]b:1: unexpected ']' in address"],
    ['[a[b]:1', "address [a[b]:1: unexpected '[' in address"],
    ['[a]:1]', "address [a]:1]: unexpected ']' in address"],
  ])('%s is refused with the text of Go', (text, problem) => {
    expect(splitHostPort(text)).toEqual({ problem })
  })
})

describe('a certificate that is cut off', () => {
  const { der } = mint({ subject: { commonName: 'cut' }, extensions: [ca(), san(dns('a.example'), dns('b.example'))] })
  it('is shown field by field up to there, with the places that are wrong', () => {
    const seen = inspectCertificate(der.subarray(0, der.length - 120))
    expect(seen).toMatchObject({ ok: false, subject: 'CN=cut', goText: 'x509: malformed certificate' })
    expect(seen.wrong[0]).toMatchObject({ field: 'Certificate', offset: 0, end: der.length - 120 })
    expect(seen.wrong.map(({ field }) => field)).toContain('tbsCertificate')
  })
  it('in a file is shown, and said to be cut', () => {
    const file = readCertificateFile(der.subarray(0, der.length - 1))
    expect(file.certificates).toHaveLength(1)
    expect(file.problems).toMatchObject([{ offset: 0, message: expect.stringContaining('does not fit') }])
    expect(inspectCertificate(file.certificates[0]?.der ?? Buffer.alloc(0)).dnsNames).toEqual(['a.example', 'b.example'])
  })
  it('never shows more fields than the octets hold, wherever it is cut', () => {
    for (let length = 0; length < der.length; length += 1) {
      const { wrong, ok } = inspectCertificate(der.subarray(0, length))
      expect(ok).toBe(false)
      for (const { offset, end } of wrong) expect(Math.max(offset, end)).toBeLessThanOrEqual(length)
    }
  })
})
