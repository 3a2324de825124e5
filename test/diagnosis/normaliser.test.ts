import { describe, expect, it } from 'vitest'
import { normaliseGoText } from '../../src/diagnosis/normaliser.ts'

describe('the normaliser', () => {
  it("takes out the current time and keeps the certificate's date", () => {
    expect(normaliseGoText('current time 2026-11-22T13:44:02Z is after 2026-11-19T12:00:00Z')).toBe(
      'current time TIME is after 2026-11-19T12:00:00Z',
    )
    expect(normaliseGoText('current time 2026-11-22T19:14:02+05:30 is before T')).toBe('current time TIME is before T')
  })

  it('takes out local and peer addresses, also of IPv6, and keeps a single address', () => {
    expect(normaliseGoText('read tcp 127.0.0.1:4711->10.0.0.8:3128: read: x')).toBe('read tcp LOCAL->PEER: read: x')
    expect(normaliseGoText('write tcp [::1]:4711->[fe80::1%eth0]:443: write: y')).toBe('write tcp LOCAL->PEER: write: y')
    expect(normaliseGoText('dial tcp 203.0.113.7:443: connect: connection refused')).toContain('203.0.113.7:443')
  })

  it('orders lines of different modules and leaves those of one module as they are', () => {
    const text = 'go: b.test/m@v1.0.0: Get "u": EOF\ngo: a.test/m@v1.0.0: two\ngo: a.test/m@v1.0.0: one\n'
    expect(normaliseGoText(text)).toBe('go: a.test/m@v1.0.0: two\ngo: a.test/m@v1.0.0: one\ngo: b.test/m@v1.0.0: Get "u": EOF\n')
  })

  it('moves indented lines with the line that they belong to', () => {
    const text = 'go: b.test/m@v1.0.0: reading u: 404 Not Found\n\tserver response: gone\ngo: a.test/m@v1.0.0: x\n'
    expect(normaliseGoText(text)).toBe('go: a.test/m@v1.0.0: x\ngo: b.test/m@v1.0.0: reading u: 404 Not Found\n\tserver response: gone\n')
  })

  it('moves nothing across a line without a module', () => {
    const text = 'go: b.test/m@v1.0.0: x\nmain.go:3:8: y\ngo: a.test/m@v1.0.0: z'
    expect(normaliseGoText(text)).toBe(text)
  })

  it('orders progress lines too', () => {
    expect(normaliseGoText('go: downloading b.test/m v1.0.0\ngo: downloading a.test/m v1.0.0\n')).toBe(
      'go: downloading a.test/m v1.0.0\ngo: downloading b.test/m v1.0.0\n',
    )
  })

  it('changes nothing when it is applied twice', () => {
    const text = 'go: b.test/m@v1.0.0: read tcp 1.2.3.4:5->6.7.8.9:10: x\ngo: a.test/m@v1.0.0: current time 2026-11-22T13:44:02Z\n'
    expect(normaliseGoText(normaliseGoText(text))).toBe(normaliseGoText(text))
  })
})
