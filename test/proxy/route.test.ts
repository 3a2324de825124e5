import { describe, expect, it } from 'vitest'
import { parseGoUrl } from '../../src/proxy/go-url.ts'
import { chooseRoute, listHops, parseProxySetting } from '../../src/proxy/route.ts'

describe('chooseRoute', () => {
  it('uses HTTPS_PROXY for CONNECT and HTTP_PROXY for plain requests', () => {
    const env = { HTTPS_PROXY: 'http://secure.example:3128', HTTP_PROXY: 'http://plain.example' }
    expect(listHops(chooseRoute(env, 'https', 'modules.example', 443))).toEqual([{ kind: 'http-proxy', address: 'secure.example:3128' }])
    expect(listHops(chooseRoute(env, 'http', 'modules.example', 80))).toEqual([{ kind: 'http-proxy', address: 'plain.example:80' }])
  })

  it('refuses HTTP_PROXY in a CGI environment with the words of go', () => {
    const env = { HTTP_PROXY: 'http://plain.example', HTTPS_PROXY: 'http://secure.example', REQUEST_METHOD: 'GET' }
    expect(chooseRoute(env, 'http', 'modules.example', 80)).toMatchObject({
      kind: 'refused',
      goText: expect.stringMatching(/^refusing to use HTTP_PROXY/),
    })
    expect(chooseRoute(env, 'https', 'modules.example', 443).kind).toBe('proxy')
  })
})

describe('parseProxySetting', () => {
  it('knows kinds, default ports and credentials', () => {
    for (const [setting, kind, host, port] of [
      ['proxy.example', 'http-proxy', 'proxy.example', 80],
      ['proxy.example:3128', 'http-proxy', 'proxy.example', 3128],
      ['https://proxy.example', 'https-proxy', 'proxy.example', 443],
      ['socks5://proxy.example', 'socks5-proxy', 'proxy.example', 1080],
      ['socks5h://[2001:db8::1]:9', 'socks5-proxy', '2001:db8::1', 9],
      ['socks4://proxy.example:1', 'http-proxy', 'proxy.example', 1],
    ] as const) {
      expect(parseProxySetting(setting), setting).toMatchObject({ kind, host, port, authorization: null })
    }
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
    expect(parseProxySetting('http://u:p%40%c3%a9@x')?.authorization).toBe(basic('u:p@é'))
    expect(parseProxySetting('http://u:p@ss:w@x')?.authorization).toBe(basic('u:p@ss:w'))
    expect(parseProxySetting('http://u@x')?.authorization).toBe(basic('u:'))
  })

  it('ignores what go ignores in silence', () => {
    for (const setting of ['', ' http://x', 'http://x/%zz', 'http://u:%zz@x', ':x', 'http://x\u0001']) {
      expect(parseProxySetting(setting), setting).toBeUndefined()
    }
  })
})

describe('parseGoUrl', () => {
  it('never throws and never takes what it cannot split', () => {
    const pieces = ['http', ':', '//', '@', '[', ']', '::1', '%', '%41', 'é', ' ', '#', '?', 'x', '80', '"', '\u0000']
    let seed = 7
    for (let round = 0; round < 5000; round++) {
      let text = ''
      for (let n = 0; n < 8; n++) {
        seed = (seed * 1103515245 + 12345) & 0x7fffffff
        text += pieces[seed % pieces.length]
      }
      const url = parseGoUrl(text)
      if (url !== undefined) expect(url.port, text).toMatch(/^\d*$/)
    }
  })
})
