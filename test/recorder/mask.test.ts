import { describe, expect, it } from 'vitest'
import { maskArguments, maskEnvironment } from '../../src/recorder/mask.ts'

describe('masking', () => {
  it('hides the value of words with a secret name', () => {
    expect(maskArguments(['env', 'API_TOKEN=abc', 'go', 'get'])).toEqual(['env', 'API_TOKEN=[3 bytes]', 'go', 'get'])
  })
  it('hides secret variables and user parts in an environment', () => {
    expect(maskEnvironment({ GOAUTH: 'netrc', GOPROXY: 'https://u:p@mods.example' })).toEqual({
      GOAUTH: '[5 bytes]',
      GOPROXY: 'https://[3 bytes]@mods.example',
    })
  })
  it('hides what stands behind an option that takes a secret', () => {
    for (const argv of [
      ['curl', '-u', 'me:S3CRET', 'https://mods.example/'],
      ['curl', '-ume:S3CRET'],
      ['curl', '--user=me:S3CRET'],
      ['curl', '-H', 'X-Custom: S3CRET', '-b', 'sid=S3CRET', '-d', 'a=S3CRET', '--oauth2-bearer', 'S3CRET', '--pass', 'S3CRET'],
      ['curl', '--proxy-user', 'me:S3CRET', '-x', 'me:S3CRET@proxy.example:3128'],
      ['/usr/bin/wget', '--http-password=S3CRET', '--header=Authorization: Basic S3CRET', '--post-data=a=S3CRET'],
      ['deploy', '--password', 'S3CRET', '--api-key=S3CRET', '--token', 'S3CRET', '-user', 'me:S3CRET'],
      ['git', '-c', 'http.extraHeader=X-Auth: S3CRET', '-c', 'http.proxy=http://me:S3CRET@proxy.example', 'fetch'],
      ['go', 'get', 'https://me:S3CRET@mods.example/p?token=S3CRET'],
      ['sh', '-c', "A_TOKEN=S3CRET curl -s -u me:S3CRET -H 'Authorization: Basic S3CRET' --password S3CRET https://mods.example/"],
    ])
      expect(maskArguments(argv).join(' '), argv.join(' ')).not.toContain('S3CRET')
  })
  it('leaves ordinary words alone', () => {
    for (const argv of [
      ['go', 'get', '-d', '-u', 'example.com/m@v1.0.0', './...'],
      ['go', 'test', '-run', 'Test:User', '-p', '4', '-ldflags=-X main.version=1.0'],
      ['git', 'clone', 'git@git.example:team/project.git'],
      ['curl', '-sS', '-o', 'list', 'https://mods.example/m/@v/list'],
      ['bash', '-c', 'cd src && go mod download example.com/m@v1.0.0'],
    ])
      expect(maskArguments(argv)).toEqual(argv)
  })
})
