import { describe, expect, it } from 'vitest'
import { describeNotTls } from '../../src/handshake/not-tls.ts'

const told = (text: string) => describeNotTls(Buffer.from(text, 'latin1'), 0)

describe('an answer in HTTP instead of TLS', () => {
  it('shows who made it: two fields and a phrase that is known, never the text of the page', () => {
    const answer = told(
      'HTTP/1.1 403 Forbidden\r\nServer: Acme Gate\r\nVia: 1.1 gw\r\nSet-Cookie: secret\r\n\r\n<b>Access Denied</b> for anna on 10.1.2.3',
    )
    expect(answer.page).toEqual({ server: 'Acme Gate', via: '1.1 gw', says: 'access denied' })
    expect(JSON.stringify(answer)).not.toMatch(/secret|anna/)
  })
  it('has no signs where none of them stands there, nor where a field only looks so', () => {
    expect(told('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n').page).toBeUndefined()
    expect(told('HTTP/1.1 200 OK\r\nX-Note: access denied\r\n\r\n<h1>It works</h1>').page).toBeUndefined()
  })
  it('is read no further than its first octets', () => {
    const far = `HTTP/1.1 200 OK\r\nServer: x\r\n\r\n${' '.repeat(4_000)}blocked`
    expect(told(far).page?.says).toBeNull()
  })
})
