import { describe, expect, it } from 'vitest'
import { parentOf } from '../../src/cli/parent.ts'

describe('the parent proxy', () => {
  it.each([
    ['none', {}, { address: null, hasCredentials: false }],
    ['none where the value is empty', { HTTPS_PROXY: '' }, { address: null, hasCredentials: false }],
    ['plain HTTP', { HTTPS_PROXY: 'http://gw.acme.example:3128' }, { address: 'gw.acme.example:3128', hasCredentials: false }],
    [
      'in lower case, without a scheme',
      { https_proxy: 'gw.acme.example:3128' },
      { address: 'gw.acme.example:3128', hasCredentials: false },
    ],
    [
      'the upper-case one of two',
      { HTTPS_PROXY: 'http://a.example:1', https_proxy: 'http://b.example:2' },
      { address: 'a.example:1', hasCredentials: false },
    ],
    [
      'with a user part, which is never in the address',
      { HTTPS_PROXY: 'http://user:s3cret@gw.acme.example:3128' },
      { address: 'gw.acme.example:3128', hasCredentials: true },
    ],
    ['https', { HTTPS_PROXY: 'https://gw.acme.example' }, { address: 'gw.acme.example:443' }],
    ['socks5', { HTTPS_PROXY: 'socks5://gw.acme.example' }, { address: 'gw.acme.example:1080' }],
  ])('is %s', (_words, env, expected) => {
    expect(parentOf(env)).toMatchObject(expected)
  })
})
