import { describe, expect, it } from 'vitest'
import { explainNothingPassed, type NothingPassed } from '../../src/recorder/why-nothing.ts'

const quiet: NothingPassed = {
  argv: ['go', 'mod', 'download'],
  exitCode: 0,
  goEnv: { GOPROXY: 'https://mods.example,direct', GOFLAGS: '', GOMODCACHE: '/home/me/go/pkg/mod' },
  hasVendorFolder: false,
  noProxy: '',
  stderrTail: '',
}
const withEnv = (env: Record<string, string>): NothingPassed => ({ ...quiet, goEnv: { ...quiet.goEnv, ...env } })

describe('a run through which nothing passed', () => {
  it.each<[string, NothingPassed, string]>([
    ['the module cache', quiet, 'GOMODCACHE=/home/me/go/pkg/mod'],
    ['GOPROXY=off', withEnv({ GOPROXY: 'off' }), 'GOPROXY=off'],
    ['a folder as GOPROXY', withEnv({ GOPROXY: 'file:///srv/mods' }), 'file:///srv/mods'],
    ['plain http', withEnv({ GOPROXY: 'http://mods.example' }), 'plain HTTP'],
    ['GOFLAGS=-mod=vendor', withEnv({ GOFLAGS: '-mod=vendor' }), 'GOFLAGS=-mod=vendor'],
    ['a vendor folder', { ...quiet, argv: ['go', 'build'], hasVendorFolder: true }, 'vendor folder'],
    ['localhost', withEnv({ GOPROXY: 'https://localhost:8443' }), 'never sends localhost'],
    ['127.0.0.1', withEnv({ GOPROXY: 'https://127.0.0.1:8443' }), 'never sends 127.0.0.1'],
    ['[::1]', withEnv({ GOPROXY: 'https://[::1]:8443' }), 'never sends [::1]'],
    ['a signal', { ...quiet, exitCode: null }, 'ended by a signal'],
    ['NO_PROXY', { ...quiet, noProxy: '.example' }, 'NO_PROXY=.example'],
    ['a missing go.sum entry', { ...quiet, exitCode: 1, stderrTail: 'missing go.sum entry for module' }, 'go.sum'],
    [
      'a setting that go 1.27 ends at',
      { ...quiet, exitCode: 2, goEnv: null, stderrTail: 'fatal error: removed GODEBUG "tlsrsakex" set to old value "1" in environment' },
      'no setting tlsrsakex',
    ],
    ['an early end', { ...quiet, exitCode: 2 }, 'ended before it made any connection'],
    ['no go at all', { ...quiet, goEnv: null }, 'did not use the proxy'],
  ])('names %s', (_name, seen, words) => {
    expect(explainNothingPassed(seen)).toContain(words)
  })
})
