import { homedir } from 'node:os'
import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { type Banner, printBanner } from '../../src/cli/serve-banner.ts'
import { openMemoryStore } from '../../src/store/memory.ts'
import { plainDraft } from '../store/draft.ts'

function printed(more: Partial<Banner> = {}): string {
  const store = openMemoryStore()
  store.put(plainDraft('a'))
  store.flush()
  const stream = new PassThrough()
  const own: Banner = {
    json: false,
    store,
    proxyUrl: 'http://127.0.0.1:8877',
    parent: null,
    pageUrl: 'http://127.0.0.1:8878/#t=s3cret',
    env: { SHELL: '/bin/bash' },
    ...more,
  }
  printBanner(own, stream)
  return String(stream.read())
}

describe('the banner', () => {
  it('says where proxy, page and store are, and gives the line for the shell', () => {
    expect(printed().split('\n')).toEqual([
      expect.stringMatching(/^whytls \d+\.\d+\.\d+, observe mode: bytes pass through unchanged$/),
      '',
      '  Proxy   http://127.0.0.1:8877',
      '  Page    http://127.0.0.1:8878/#t=s3cret',
      '  Store   memory  1 handshake, 0 bytes',
      '',
      '  export HTTPS_PROXY=http://127.0.0.1:8877',
      '',
      '',
    ])
  })
  it('says where the proxy forwards to', () => {
    expect(printed({ parent: 'gw.acme.example:3128' })).toContain('http://127.0.0.1:8877  forwards to gw.acme.example:3128\n')
  })
  it('follows the shell', () => {
    expect(printed({ env: { SHELL: '/usr/bin/fish' } })).toContain('\n  set -gx HTTPS_PROXY http://127.0.0.1:8877\n')
  })
  it('shortens the home folder', () => {
    const store = {
      ...openMemoryStore(),
      place: `${homedir()}/x/whytls.db`,
      counts: () => ({ handshakes: 0, failed: 0, runs: 0, sizeBytes: 0 }),
    }
    expect(printed({ store })).toContain('  Store   ~/x/whytls.db')
  })
  it('is one object with --json, without the page’s token', () => {
    const text = printed({ json: true })
    expect(text.trimEnd()).not.toContain('\n')
    expect(text).not.toContain('s3cret')
    expect(JSON.parse(text)).toEqual({ type: 'listening', proxy: 'http://127.0.0.1:8877', page: 'http://127.0.0.1:8878/', store: 'memory' })
  })
})
