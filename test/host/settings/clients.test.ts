import { describe, expect, it } from 'vitest'
import {
  checkCurlrc,
  checkGitSettings,
  checkInsecureVariables,
  checkNpmrc,
  findGitLine,
  findGitSetting,
  readGitConfig,
} from '../../../src/host/settings/clients.ts'

const GIT = [
  'file:/home/anna/.gitconfig',
  'http.sslverify\nfalse',
  'file:/etc/gitconfig',
  'http.https://git.example/.sslverify\nfalse',
  'file:.git/config',
  'http.proxy\nhttp://u:secret@gw.example:8080',
  '',
].join('\0')

describe('settings of git', () => {
  it('that switch checks off are insecure, with the command that takes them back', () => {
    const found = checkGitSettings(readGitConfig(GIT), ({ origin }) => origin)
    expect(found.map(({ code, place }) => [code, place])).toEqual([
      ['insecure-setting', 'file:/home/anna/.gitconfig'],
      ['insecure-setting', 'file:/etc/gitconfig'],
      [null, 'file:.git/config'],
    ])
    expect(found[0]?.commands).toEqual(['git config --global --unset-all http.sslverify'])
    expect(found[1]?.commands).toEqual([])
    expect(JSON.stringify(found)).not.toContain('secret')
  })

  it.each(['', '\0', 'a\0', 'a\0b', '\0\0\0'])('are read of any text without an error: %j', (text) => {
    expect(() => checkGitSettings(readGitConfig(text), () => null)).not.toThrow()
  })
})

describe('the setting of git that is in force for an address', () => {
  const LIST = '/opt/old.pem'
  const of = (...keys: readonly string[]) => keys.map((key) => ({ origin: 'file:/home/anna/.gitconfig', key, value: LIST }))
  const find = (...keys: readonly string[]) => findGitSetting(of(...keys), 'sslcainfo', LIST, 'https://mods.example:443/')?.key

  it('is never one of another address, though it has the same value', () => {
    expect(find('http.sslcainfo', 'http.https://other.example/.sslcainfo')).toBe('http.sslcainfo')
    expect(find('http.https://other.example/.sslcainfo', 'http.https://mods.example:8443/.sslcainfo')).toBeUndefined()
    expect(find('http.https://u:secret@mods.example/.sslcainfo', 'http.http://mods.example/.sslcainfo')).toBeUndefined()
    expect(find('http.proxysslcainfo')).toBeUndefined()
  })
  it.each(['https://mods.example', 'https://MODS.example/', 'https://mods.example:443/', 'https://*.example/'])(
    'can be that of %s',
    (url) => expect(find('http.sslcainfo', `http.${url}.sslcainfo`)).toBe(`http.${url}.sslcainfo`),
  )
})

describe('the line of a setting of git', () => {
  const TEXT = [
    ...['[user]', '\tname = sslVerify', '[http "https://Other.example/"]', '\tsslVerify = false'],
    ...['[http]', '\tsslCAInfo = /opt/old.pem # ours', '\tsslVerify = false', '[http "https://mods.example/"] sslverify=false'],
  ].join('\r\n')
  it.each([
    ['http.sslverify', 'false', 7],
    ['http.https://Other.example/.sslverify', 'false', 4],
    ['http.https://mods.example/.sslverify', 'false', 8],
    ['http.sslcainfo', '/opt/old.pem', 6],
    ['http.sslcainfo', '/opt/new.pem', undefined],
    ['http.proxy', '', undefined],
  ])('%s=%s is found in its own section', (key, value, line) => expect(findGitLine(TEXT, { key, value })).toBe(line))
})

describe('a proxy of git or npm', () => {
  it.each(['u:sec@ret@gw.example:8080', 'http://u:sec@ret@gw.example:8080', 'http://u:sec/ret@gw.example:8080'])(
    'is shown without the user, however it is written: %s',
    (value) => {
      const text = JSON.stringify([
        checkGitSettings([{ origin: '', key: 'http.proxy', value }], () => null),
        checkNpmrc(`https-proxy=${value}`, '~/.npmrc'),
      ])
      expect(text).toContain('[masked]@gw.example:8080')
      expect(text).not.toMatch(/sec|ret@/)
    },
  )
})

describe('variables', () => {
  it.each(['0', 'false', ''])('GIT_SSL_NO_VERIFY=%s switches checks off by being there', (value) => {
    expect(checkInsecureVariables({ GIT_SSL_NO_VERIFY: value })).toMatchObject([{ code: 'insecure-setting' }])
  })

  it('of Node count when they are 0', () => {
    expect(checkInsecureVariables({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toHaveLength(1)
    expect(checkInsecureVariables({ NODE_TLS_REJECT_UNAUTHORIZED: '1' })).toEqual([])
  })
})

describe('files', () => {
  it('.curlrc is insecure in each spelling, comments are not', () => {
    expect(checkCurlrc('# insecure\n-k\ninsecure\n--insecure\ninsecure-thing\n', '~/.curlrc').map(({ place }) => place)).toEqual([
      '~/.curlrc:2',
      '~/.curlrc:3',
      '~/.curlrc:4',
    ])
  })

  it('.npmrc is insecure with strict-ssl=false', () => {
    expect(checkNpmrc('; x\nstrict-ssl = false\nhttps-proxy=http://u:secret@gw.example\n', '~/.npmrc')).toMatchObject([
      { code: 'insecure-setting', place: '~/.npmrc:2' },
      { code: null, text: expect.stringContaining('[masked]@gw.example') },
    ])
  })
})
