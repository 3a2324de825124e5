import { describe, expect, it } from 'vitest'
import { maskText } from '../../src/http/mask-text.ts'

const SECRET = 'CANARY7x'

describe('masking text', () => {
  it.each([
    ['user information', `Get "https://me:${SECRET}@mods.example/x": EOF`, 'Get "https://[11 bytes]@mods.example/x": EOF'],
    ['a user without a password', `https://${SECRET}@mods.example/`, 'https://[8 bytes]@mods.example/'],
    ['a password with an at sign', `https://me:p@${SECRET}@mods.example/`, 'https://[13 bytes]@mods.example/'],
    ['a password with a quote', `https://me:it's${SECRET}@mods.example/`, 'https://[15 bytes]@mods.example/'],
    ['a password with a slash', `https://me:a/${SECRET}@mods.example:1/`, 'https://[13 bytes]@mods.example:1/'],
    ['a password with a number sign', `http://me:a#${SECRET}@proxy.example:3128`, 'http://[13 bytes]@proxy.example:3128'],
    [
      'each of a list',
      `https://a:${SECRET}@x.example,https://b:${SECRET}@y.example`,
      'https://[10 bytes]@x.example,https://[10 bytes]@y.example',
    ],
    ['query values', `https://mods.example/m?token=${SECRET}&x=1`, 'https://mods.example/m?token=[8 bytes]&x=[1 bytes]'],
    ['query values in HTML', `<a href="/m?a=1&amp;sig=${SECRET}">`, '<a href="/m?a=[1 bytes]&amp;sig=[8 bytes]">'],
    ['header fields', `Proxy-Authorization: Basic ${SECRET}`, 'Proxy-Authorization: [14 bytes]'],
    ['all of a Digest field', `Authorization: Digest username="me", response="${SECRET}"`, 'Authorization: [41 bytes]'],
    ['cookies', `Set-Cookie: a=b; sid=${SECRET}; Secure`, 'Set-Cookie: [25 bytes]'],
    ['fields of a token', `PRIVATE-TOKEN: ${SECRET}, X-Api-Key: ${SECRET}`, 'PRIVATE-TOKEN: [8 bytes], X-Api-Key: [8 bytes]'],
    [
      'members of JSON',
      `{"access_token":"${SECRET}","password": "${SECRET}","n":1}`,
      '{"access_token":"[8 bytes]","password": "[8 bytes]","n":1}',
    ],
    ['JSON in a string', `"{\\"token\\":\\"${SECRET}\\"}"`, '"{\\"token\\":\\"[8 bytes]\\"}"'],
    ['a token behind its scheme', `sent Bearer ${SECRET} and Basic bWU6c2VjcmV0`, 'sent Bearer [8 bytes] and Basic [12 bytes]'],
    ['tokens of known form', `fatal: ghp_${'a1'.repeat(18)} expired`, 'fatal: [40 bytes] expired'],
  ])('replaces %s', (_what, text, masked) => {
    expect(maskText(text)).toBe(masked)
    expect(maskText(text)).not.toContain(SECRET)
  })

  it.each([
    'go: m@v1.0.0: Get "https://mods.example:8443/m/@v/v1.0.0.info": EOF',
    'go: m@v1.0.0: reading https://mods.example/m/@v/v1.0.0.zip: 403 Forbidden',
    'Get "https://[::1]:8443/m/@latest": dial tcp [::1]:8443: connect: connection refused',
    'GOPROXY=https://a.example:8443,https://b.example|direct',
    'https://git.example/m/info/refs?service=git-upload-pack and https://mods.example/m?go-get=1',
    'This page needs Basic authentication, or NTLM login.',
    'go: example.com/secret: no matching versions; unexpected token in go.mod',
    "fatal: could not read Password for 'https://git.example': terminal prompts disabled",
    'verifying module: checksum mismatch h1:AbCd+/12=',
  ])('leaves alone: %s', (text) => {
    expect(maskText(text)).toBe(text)
  })

  it('changes nothing that is masked already', () => {
    const text = `https://me:${SECRET}@h.example/?token=${SECRET} Authorization: Bearer ${SECRET}`
    expect(maskText(maskText(text)).replaceAll(/\[\d+ bytes\]/g, '')).toBe(maskText(text).replaceAll(/\[\d+ bytes\]/g, ''))
  })

  it('ends on a hostile body, of which a quadratic rule would make minutes', () => {
    for (const unit of [
      'a',
      'a.',
      '://',
      '://a:b',
      '?a=',
      '&amp;a',
      'token',
      'x-token:',
      'Bearer ',
      'cookie ',
      '"',
      'eyJ',
      'a-',
      'token= ',
      ' ',
    ])
      expect(maskText(unit.repeat((1 << 18) / unit.length)).length, unit).toBeGreaterThan(0)
  })
})
