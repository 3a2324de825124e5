import { describe, expect, it } from 'vitest'
import { failedFetch } from '../../src/cli/failed-fetch.ts'

const LINE = (module: string) => `go: ${module}: Get "https://mods.example/x": EOF\n`

describe('the failed fetch of a run', () => {
  it('is the download of the modules that go complained of, each once', () => {
    const stderrTail = LINE('example.test/a@v1.0.0') + LINE('example.test/b@v1.2.3-0.2026+incompatible') + LINE('example.test/a@v1.0.0')
    expect(failedFetch({ argv: ['go', 'build', './...'], stderrTail })).toEqual([
      'go',
      'mod',
      'download',
      'example.test/a@v1.0.0',
      'example.test/b@v1.2.3-0.2026+incompatible',
    ])
  })
  it('is asked of the go that ran', () => {
    expect(failedFetch({ argv: ['/opt/go1.21/bin/go', 'list'], stderrTail: LINE('example.test/a@v1.0.0') })?.[0]).toBe('/opt/go1.21/bin/go')
    expect(failedFetch({ argv: ['make', 'all'], stderrTail: LINE('example.test/a@v1.0.0') })?.[0]).toBe('go')
  })
  it('is the whole command where go names no module', () => {
    expect(failedFetch({ argv: ['git', 'ls-remote', 'https://git.example/x'], stderrTail: 'fatal: x' })).toEqual([
      'git',
      'ls-remote',
      'https://git.example/x',
    ])
  })
  it('is unknown where the stored command has masked values', () => {
    expect(failedFetch({ argv: ['git', 'ls-remote', 'https://[12 bytes]@git.example/x'], stderrTail: '' })).toBeNull()
  })
  it('never takes an option for a module', () => {
    expect(failedFetch({ argv: ['go', 'get'], stderrTail: LINE('-modfile=x@v1.0.0') })).toEqual(['go', 'get'])
  })
})
