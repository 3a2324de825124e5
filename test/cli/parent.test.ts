import { describe, expect, it } from 'vitest'
import { parentOf } from '../../src/cli/parent.ts'

describe('the parent proxy', () => {
  it.each([
    ['none', {}, { address: null, hasCredentials: false, isSupported: true }],
    ['none where the value is empty', { HTTPS_PROXY: '' }, { address: null, hasCredentials: false, isSupported: true }],
    [
      'plain HTTP',
      { HTTPS_PROXY: 'http://gw.acme.example:3128' },
      { address: 'gw.acme.example:3128', hasCredentials: false, isSupported: true },
    ],
    [
      'in lower case, without a scheme',
      { https_proxy: 'gw.acme.example:3128' },
      { address: 'gw.acme.example:3128', hasCredentials: false, isSupported: true },
    ],
    [
      'the upper-case one of two',
      { HTTPS_PROXY: 'http://a.example:1', https_proxy: 'http://b.example:2' },
      { address: 'a.example:1', hasCredentials: false, isSupported: true },
    ],
    [
      'with a user part, which is never in the address',
      { HTTPS_PROXY: 'http://user:s3cret@gw.acme.example:3128' },
      { address: 'gw.acme.example:3128', hasCredentials: true, isSupported: true },
    ],
    ['https, not chained to yet', { HTTPS_PROXY: 'https://gw.acme.example' }, { address: 'gw.acme.example:443', isSupported: false }],
    ['socks5, not chained to yet', { HTTPS_PROXY: 'socks5://gw.acme.example' }, { address: 'gw.acme.example:1080', isSupported: false }],
  ])('is %s', (_words, env, expected) => {
    expect(parentOf(env)).toMatchObject(expected)
  })
})
