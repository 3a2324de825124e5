import { describe, expect, it } from 'vitest'
import { describeProxySetting } from '../../src/proxy/proxy-setting.ts'

describe('what go makes of the variables', () => {
  it.each([
    [{ HTTPS_PROXY: 'http://gw.acme.example:3128' }, 'HTTPS_PROXY', 'used'],
    [{ HTTPS_PROXY: '', https_proxy: 'gw.acme.example:3128' }, 'https_proxy', 'used'],
    [{ HTTPS_PROXY: 'socks5h://gw.acme.example' }, 'HTTPS_PROXY', 'used'],
    [{ HTTPS_PROXY: 'http://alice:a#b@gw.acme.example:3128' }, 'HTTPS_PROXY', 'taken-for-a-name'],
    [{ HTTPS_PROXY: 'http://alice:a b@gw.acme.example:3128' }, 'HTTPS_PROXY', 'taken-for-a-name'],
    [{ HTTPS_PROXY: '"http://gw.acme.example:3128"' }, 'HTTPS_PROXY', 'taken-for-a-name'],
    [{ HTTPS_PROXY: 'http://https://gw.acme.example:3128' }, 'HTTPS_PROXY', 'taken-for-a-name'],
    [{ HTTPS_PROXY: 'http://alice:a%zz@gw.acme.example:3128' }, 'HTTPS_PROXY', 'ignored-unparsable'],
    [{ HTTPS_PROXY: ' http://gw.acme.example:3128' }, 'HTTPS_PROXY', 'ignored-unparsable'],
    [{ HTTPS_PROXY: 'http://alice:p@ss:w@gw.acme.example:3128' }, 'HTTPS_PROXY', 'used'],
    [{ HTTPS_PROXY: 'socks4://gw.acme.example:1080' }, 'HTTPS_PROXY', 'unknown-scheme'],
    [{ ALL_PROXY: 'http://gw.acme.example:3128' }, 'ALL_PROXY', 'not-read-by-go'],
    [{ all_proxy: 'socks5://gw.acme.example' }, 'all_proxy', 'not-read-by-go'],
  ] as const)('%o is %s, %s', (env, variable, reads) => {
    expect(describeProxySetting(env, null)).toMatchObject({ variable, reads })
  })

  it('depends on the version for schemes that are new', () => {
    expect(describeProxySetting({ HTTPS_PROXY: 'socks5h://gw.acme.example' }, '1.22.12')).toMatchObject({ reads: 'taken-for-a-name' })
    expect(describeProxySetting({ HTTPS_PROXY: 'socks4://gw.acme.example' }, '1.21.13')).toMatchObject({ reads: 'taken-for-a-name' })
  })

  it('is NO_PROXY where that sends this host past the proxy', () => {
    const env = { HTTPS_PROXY: 'http://gw.acme.example:3128', NO_PROXY: '.example', HTTP_PROXY: 'http://gw.acme.example:3128' }
    expect(describeProxySetting(env, null, { host: 'modproxy.example', port: 443 })).toMatchObject({
      variable: 'NO_PROXY',
      reads: 'bypassed',
    })
    expect(describeProxySetting(env, null, { host: 'modproxy.test', port: 443 })).toMatchObject({ variable: 'HTTPS_PROXY', reads: 'used' })
    expect(describeProxySetting(env, null, { host: 'localhost', port: 443 })).toMatchObject({ variable: 'HTTPS_PROXY' })
  })

  it('is a variable that does not count for https, where no other is set', () => {
    const HTTP_PROXY = 'http://gw.acme.example:3128'
    expect(describeProxySetting({ HTTP_PROXY }, null)).toMatchObject({ variable: 'HTTP_PROXY', reads: 'http-only', wouldDo: true })
    expect(describeProxySetting({ ALL_PROXY: 'socks4://gw.acme.example' }, null)).toMatchObject({ wouldDo: false })
    expect(describeProxySetting({ HTTP_PROXY, ALL_PROXY: HTTP_PROXY }, null)).toMatchObject({ variable: 'ALL_PROXY' })
  })

  it('is nothing where no variable is set', () => {
    expect(describeProxySetting({ HTTPS_PROXY: '', ALL_PROXY: '' }, null)).toBeNull()
  })

  it.each([
    'http://alice:s3cret@gw.acme.example',
    'http://alice:s3cret b@gw.acme.example',
    '"http://alice:s3cret#x@gw.acme.example"',
    'alice:s3cret@gw.acme.example',
    'http:/alice:s3/cret@gw',
  ])('never shows the user part of %s', (HTTPS_PROXY) => {
    const told = JSON.stringify(describeProxySetting({ HTTPS_PROXY }, null))
    expect(told).not.toMatch(/alice|s3/)
    expect(told).toContain('gw')
  })
})
