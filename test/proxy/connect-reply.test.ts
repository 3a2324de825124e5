import { describe, expect, it } from 'vitest'
import { describeConnectReply, readConnectReply } from '../../src/proxy/connect-reply.ts'

describe('readConnectReply', () => {
  it('waits while the header is not whole, octet by octet', () => {
    const reply = 'HTTP/1.1 200 OK\r\nVia: x\r\n\r\n'
    for (let length = 0; length < reply.length; length++) {
      expect(readConnectReply(Buffer.from(reply.slice(0, length))).kind, reply.slice(0, length)).toBe('incomplete')
    }
    expect(readConnectReply(Buffer.from(`${reply}tunnel`))).toEqual({ kind: 'head', status: 200, bodyAt: reply.length, bodyLength: null })
  })

  it('takes the first status line for the answer, with or without a phrase, with bare line feeds too', () => {
    for (const [text, status] of [
      ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n', 100],
      ['HTTP/1.0 403\r\n\r\n', 403],
      ['HTTP/1.1 403 \r\n\r\n', 403],
      ['HTTP/1.1 403 No\r\nVia: a\r\n folded\r\n\r\n', 403],
      ['HTTP/1.1 407 Proxy\nContent-Length: 0\n\n', 407],
    ] as const) {
      expect(readConnectReply(Buffer.from(text)), text).toMatchObject({ kind: 'head', status })
    }
  })

  it('knows what is not HTTP as soon as it can', () => {
    for (const text of [
      'SSH-2.0',
      'S',
      '\x15\x03\x01',
      'HTTPS',
      'HTTP/1.1 2000 OK\r\n\r\n',
      'HTTP/x\r\n\r\n',
      'HTTP/1.1 200 OK\r\nno colon\r\n\r\n',
    ]) {
      expect(readConnectReply(Buffer.from(text)).kind, text).toBe('not-http')
    }
  })
})

describe('describeConnectReply', () => {
  it('keeps status, phrase, masked headers and the first 4 KiB of the body', () => {
    const head = 'HTTP/1.1 403 Blocked by policy XYZ\r\nServer: squid\r\nX-Id: 12345\r\n\r\n'
    const reply = describeConnectReply(Buffer.from(head + 'b'.repeat(5000)), head.length)
    expect(reply).toMatchObject({ status: 403, reason: 'Blocked by policy XYZ' })
    expect(reply.headers).toEqual([
      ['Server', 'squid'],
      ['X-Id', '[5 bytes]'],
    ])
    expect(reply.body).toHaveLength(4096)
  })
})
