import { describe, expect, it } from 'vitest'
import { maskArguments, maskEnvironment, maskText } from '../../src/recorder/mask.ts'

describe('masking', () => {
  it('replaces the user part of a URL by its length', () => {
    expect(maskText('Get "https://me:secret@mods.example/x": EOF')).toBe('Get "https://[9 bytes]@mods.example/x": EOF')
  })
  it('replaces query values but not the one that go itself sends', () => {
    expect(maskText('https://mods.example/m?token=abcdef&x=1')).toBe('https://mods.example/m?token=[6 bytes]&x=[1 bytes]')
    expect(maskText('https://mods.example/m?go-get=1')).toBe('https://mods.example/m?go-get=1')
  })
  it('replaces a credential that follows its name', () => {
    expect(maskText('Proxy-Authorization: Basic bWU6c2VjcmV0')).toBe('Proxy-Authorization: [18 bytes]')
  })
  it('hides the value of words with a secret name', () => {
    expect(maskArguments(['env', 'API_TOKEN=abc', 'go', 'get'])).toEqual(['env', 'API_TOKEN=[3 bytes]', 'go', 'get'])
  })
  it('hides secret variables and user parts in an environment', () => {
    expect(maskEnvironment({ GOAUTH: 'netrc', GOPROXY: 'https://u:p@mods.example' })).toEqual({
      GOAUTH: '[5 bytes]',
      GOPROXY: 'https://[3 bytes]@mods.example',
    })
  })
  it('leaves text without credentials alone', () => {
    const text = 'go: m@v1.0.0: Get "https://mods.example:8443/m/@v/v1.0.0.info": EOF'
    expect(maskText(text)).toBe(text)
  })
})
