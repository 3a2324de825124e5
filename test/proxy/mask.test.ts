import { describe, expect, it } from 'vitest'
import { maskHeaders } from '../../src/proxy/mask.ts'

describe('maskHeaders', () => {
  it('keeps what names no person, place or secret, and counts the rest', () => {
    const masked = maskHeaders([
      ['Server', 'squid/6.6'],
      ['Content-Length', '12'],
      ['X-Squid-Error', 'ERR_ACCESS_DENIED alice'],
      ['Set-Cookie', 'session=1'],
      ['Location', 'https://login.example/?user=alice'],
    ])
    expect(masked).toEqual([
      ['Server', 'squid/6.6'],
      ['Content-Length', '12'],
      ['X-Squid-Error', '[23 bytes]'],
      ['Set-Cookie', '[9 bytes]'],
      ['Location', 'https://login.example/[12 bytes]'],
    ])
  })

  it('keeps the scheme names of a challenge, never the realm or a token', () => {
    for (const [value, kept] of [
      ['Basic realm="Corp, proxy of alice"', 'Basic [34 bytes]'],
      ['Negotiate', 'Negotiate'],
      ['NTLM TlRMTVNTUAACAAAA', 'NTLM [21 bytes]'],
      ['Digest realm="x", nonce="abc", qop="auth", Basic realm="y"', 'Digest [58 bytes], Basic [58 bytes]'],
      ['c2VjcmV0', '[8 bytes]'],
      ['Negotiate, Basic realm="x"', 'Negotiate, Basic [26 bytes]'],
    ] as const) {
      expect(maskHeaders([['Proxy-Authenticate', value]]), value).toEqual([['Proxy-Authenticate', kept]])
    }
  })
})
