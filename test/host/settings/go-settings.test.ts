import { describe, expect, it } from 'vitest'
import { checkGoSettings } from '../../../src/host/settings/go-settings.ts'

type Row = readonly [setting: string, version: string, status: string, words: RegExp]

const ROWS: readonly Row[] = [
  ['GOPROXY=https://a.example,direct', '1.26.8', 'fine', /a\.example/],
  ['GOPROXY=,', '1.26.8', 'problem', /no entries/],
  ['GOPROXY=mirror', '1.26.8', 'problem', /missing scheme/],
  ['GOPROXY=mirror.example', '1.26.8', 'note', /https:\/\/mirror\.example/],
  ['GOPROXY=ftp://a.example', '1.26.8', 'problem', /not ftp/],
  ["GOPROXY='https://a.example'", '1.26.8', 'problem', /quotes/],
  ['GOPROXY=http://a.example', '1.26.8', 'warning', /plain http/],
  ['GOPROXY=direct,https://a.example', '1.26.8', 'warning', /never read/],
  ['GOPROXY=https://a.example https://b.example', '1.26.8', 'problem', /not by blanks/],
  ['GOPROXY=https://u:secret@a.example', '1.26.8', 'fine', /\[masked\]@a\.example/],
  ['GONOPROXY=10.0.0.0/8', '1.26.8', 'warning', /no effect.*address blocks/],
  ['GONOPROXY=https://git.example', '1.26.8', 'warning', /no scheme/],
  ['GONOPROXY=git.example:8443', '1.26.8', 'warning', /no port/],
  ['GONOPROXY=git.example', '1.26.8', 'fine', /git\.example/],
  ['GONOPROXY=none', '1.26.8', 'fine', /none/],
  ['GONOPROXY=*', '1.26.8', 'warning', /toolchain/],
  ['GOPRIVATE=.corp.example', '1.26.8', 'warning', /\.corp\.example has no effect/],
  ['GOPRIVATE=*.corp.example,corp.example', '1.26.8', 'fine', /corp/],
  ['GOPRIVATE=a[b', '1.26.8', 'warning', /brackets/],
  ['GONOSUMDB=*', '1.26.8', 'warning', /checksum database/],
  ['GOINSECURE=*.corp.example', '1.26.8', 'warning', /without any check/],
  ['GOSUMDB=off', '1.26.8', 'warning', /not compared/],
  ['GOSUMDB=sums.example', '1.26.8', 'fine', /sums/],
  ['GOSUMDB=sums.example+033de0ae+Ac4 https://sums.example', '1.26.8', 'note', /never through GOPROXY/],
  ['GOSUMDB=a b c', '1.26.8', 'problem', /at most/],
  ['GOFLAGS=-insecure', '1.26.8', 'problem', /no longer supported/],
  ['GOFLAGS=-mod=vendor', '1.26.8', 'note', /no network/],
  ['GOFLAGS=mod=mod', '1.26.8', 'problem', /begin with -/],
  ['GOTOOLCHAIN=go1.99.0', '1.26.8', 'warning', /knows of no such release/],
  ['GOTOOLCHAIN=go1.22', '1.26.8', 'problem', /three numbers/],
  ['GOTOOLCHAIN=go1.20+auto', '1.26.8', 'note', /fetches go1\.20/],
  ['GOTOOLCHAIN=go1.25.3', '1.26.8', 'note', /fetches go1\.25\.3/],
  ['GOTOOLCHAIN=1.25.3', '1.26.8', 'problem', /invalid GOTOOLCHAIN/],
  ['GOAUTH=off', '1.23.12', 'warning', /came with go 1\.24/],
  ['GOAUTH=git /home', '1.26.8', 'note', /git/],
  ['GODEBUG=tlshandshake=1', '1.26.8', 'warning', /no such setting/],
  ['GODEBUG=x509ignoreCN=0', '1.26.8', 'warning', /removed in go 1\.17/],
  ['GODEBUG=x509sha1=1', '1.21.13', 'warning', /accepts what it refuses/],
  ['GODEBUG=x509sha1=1', '1.24.13', 'warning', /removed in go 1\.24/],
  ['GODEBUG=tlskyber=0', '1.26.8', 'warning', /removed in go 1\.24/],
  ['GODEBUG=tlsmlkem=0', '1.23.12', 'warning', /came with go 1\.24/],
  ['GODEBUG=tlsmlkem=0', '1.26.8', 'note', /post-quantum/],
  ['GODEBUG=tlsrsakex=1', '1.26.8', 'warning', /accepts/],
  ['GODEBUG=tlsrsakex=1', '1.27.4', 'problem', /ends at once/],
  ['GODEBUG=tlsrsakex=0', '1.27.4', 'warning', /removed in go 1\.27/],
  ['GODEBUG=gctrace=1', '1.26.8', 'fine', /nothing to do/],
  ['GODEBUG=cpu.aes=off', '1.26.8', 'fine', /nothing to do/],
  ['GODEBUG=tlsmlkem', '1.26.8', 'warning', /without =/],
]

describe("go's settings", () => {
  it.each(ROWS)('%s with go %s: %s', (setting, version, status, words) => {
    const [, name = '', value = ''] = /^(\w+)=(.*)$/.exec(setting) ?? []
    const settings = name === 'GODEBUG' ? {} : { [name]: value }
    const found = checkGoSettings(settings, name === 'GODEBUG' ? { GODEBUG: value } : {}, version).filter(({ subject }) => subject === name)
    expect(
      found
        .filter((each) => each.status === status)
        .map(({ text }) => text)
        .join('\n'),
    ).toMatch(words)
    expect(JSON.stringify(found)).not.toContain('secret')
  })

  it('are called insecure where they are', () => {
    const settings = { GOINSECURE: 'a.example', GOSUMDB: 'off', GONOSUMDB: '*' }
    const codes = checkGoSettings(settings, { GODEBUG: 'rsa1024min=0' }, '1.26.8').filter(({ code }) => code === 'insecure-setting')
    expect(codes.map(({ subject }) => subject)).toEqual(['GOSUMDB', 'GONOSUMDB', 'GOINSECURE', 'GODEBUG'])
  })

  it('that only repeat GOPRIVATE are not told twice', () => {
    const found = checkGoSettings({ GOPRIVATE: 'a.example', GONOPROXY: 'a.example', GONOSUMDB: 'a.example' }, {}, '1.26.8')
    expect(found.map(({ subject }) => subject)).toEqual(['GOPROXY', 'GOPRIVATE'])
  })

  it('never advise to verify less', () => {
    for (const [setting, version] of ROWS) {
      const [, name = '', value = ''] = /^(\w+)=(.*)$/.exec(setting) ?? []
      const text = checkGoSettings({ [name]: value }, { [name]: value }, version)
        .flatMap(({ advice, commands }) => [advice ?? '', ...commands])
        .join('\n')
      expect(text).not.toMatch(/(?:set|export|-w) (?:GOINSECURE|GONOSUMDB|GOSUMDB=off|GIT_SSL)/)
    }
  })
  it('keep silent of a toolchain that is the own one, or left to go', () => {
    for (const GOTOOLCHAIN of ['go1.26.8', 'auto', 'local+auto', 'local', 'path'])
      expect(checkGoSettings({ GOTOOLCHAIN }, {}, '1.26.8').filter(({ subject }) => subject === 'GOTOOLCHAIN')).toEqual([])
  })
})
