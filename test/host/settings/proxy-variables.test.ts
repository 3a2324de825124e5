import { describe, expect, it } from 'vitest'
import { checkHostsFile } from '../../../src/host/settings/hosts-file.ts'
import { checkProxyVariables } from '../../../src/host/settings/proxy-variables.ts'
import { parseProxySetting } from '../../../src/proxy/route.ts'

const check = (env: Readonly<Record<string, string>>) =>
  checkProxyVariables(
    env,
    (value) => parseProxySetting(value) ?? null,
    () => null,
  )

const ROWS: readonly (readonly [string, Readonly<Record<string, string>>, string, RegExp])[] = [
  ['a sound proxy', { HTTPS_PROXY: 'http://gw.example:3128' }, 'fine', /gw\.example/],
  ['one that cannot be parsed', { HTTPS_PROXY: 'http://u:%zz@gw.example:3128' }, 'problem', /ignores it/],
  ['a password with #', { HTTPS_PROXY: 'http://u:a#b@gw.example:3128' }, 'problem', /lookup http/],
  ['a scheme that go does not know', { HTTPS_PROXY: 'socks4://gw.example:1080' }, 'warning', /no socks4/],
  ['an https proxy', { HTTPS_PROXY: 'https://gw.example:3128' }, 'note', /TLS to the proxy/],
  ['ALL_PROXY alone', { ALL_PROXY: 'socks5://gw.example:1080' }, 'warning', /go does not/],
  ['HTTP_PROXY alone', { HTTP_PROXY: 'http://gw.example:3128' }, 'warning', /for https:.. go connects directly/],
  ['two spellings that differ', { HTTPS_PROXY: 'http://a.example', https_proxy: 'http://b.example' }, 'warning', /differ/],
  ['NO_PROXY with blanks', { NO_PROXY: 'a.example b.example' }, 'warning', /one entry/],
  ['NO_PROXY with a scheme', { NO_PROXY: 'https://a.example' }, 'warning', /no scheme/],
  ['NO_PROXY with a star in a word', { NO_PROXY: '*rv.example' }, 'warning', /star/],
  ['NO_PROXY with an address block', { NO_PROXY: '10.0.0.0/8' }, 'note', /addresses only/],
]

describe('proxy variables', () => {
  it.each(ROWS)('%s', (_what, env, status, words) => {
    const found = check(env).filter((each) => each.status === status)
    expect(found.map(({ text }) => text).join('\n')).toMatch(words)
    expect(JSON.stringify(check(env))).not.toMatch(/u:(?:%zz|a#b)@/)
  })
})

describe('the hosts file', () => {
  it('is told for hosts that go uses, by line', () => {
    const text = '127.0.0.1 localhost\n# 10.1.2.9 mods.example\n10.1.2.9 other.example MODS.example # x\n'
    expect(checkHostsFile(text, '/etc/hosts', ['mods.example'])).toMatchObject([{ place: '/etc/hosts:3', status: 'warning' }])
  })
})
