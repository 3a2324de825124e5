import { describe, expect, it } from 'vitest'
import { areUnrelated, isPublicLooking, mayBelongTogether } from '../../src/diagnosis/unrelated.ts'
import type { PresentedLeaf } from '../../src/x509/issuing-authority.ts'

function leaf(dnsNames: readonly string[], organizations: readonly string[] = []): PresentedLeaf {
  return { sha256: dnsNames.join(), key: '', dnsNames, organizations, notBeforeMs: 0, isLogged: false }
}

describe('two names', () => {
  it.each([
    ['mods.acme.example', 'sums.acme.example', true],
    ['MODS.acme.example.', 'acme.example', true],
    ['mods.acme.example', 'mods.other.example', false],
    // No list of public suffixes: strangers under one of them may be the same people, and less is claimed.
    ['mods.acme.co.uk', 'sums.other.co.uk', true],
    ['mods.acme.github.io', 'sums.other.github.io', true],
    // Short labels in front of a country are no proof that everybody registers there.
    ['mods.net.example', 'sums.net.example', true],
    ['mods.co.xy', 'sums.co.xy', true],
    ['mods.acme.example', 'goproxy.corp', true],
  ])('%s and %s: may belong together = %s', (one, other, together) => {
    expect(mayBelongTogether(one, other)).toBe(together)
    expect(mayBelongTogether(other, one)).toBe(together)
  })

  it.each(['goproxy', '10.1.2.3', '2001:db8::1', 'goproxy.corp', 'mods.acme.internal', 'mods.lan'])('%s is no public one', (host) =>
    expect(isPublicLooking(host)).toBe(false),
  )
})

describe('two hosts', () => {
  const one = { host: 'mods.one.example', leaf: leaf(['mods.one.example']) }

  it('are unrelated under different domains', () => {
    expect(areUnrelated(one, { host: 'sums.two.example', leaf: leaf(['sums.two.example']) })).toBe(true)
  })
  it('are related when one certificate names a host of the other’s domain', () => {
    expect(areUnrelated(one, { host: 'sums.two.example', leaf: leaf(['sums.two.example', '*.one.example']) })).toBe(false)
  })
  it('are related when their certificates name one organisation', () => {
    const acme = { host: 'mods.one.example', leaf: leaf(['mods.one.example'], ['Acme']) }
    expect(areUnrelated(acme, { host: 'sums.two.example', leaf: leaf(['sums.two.example'], ['Acme']) })).toBe(false)
  })
  it('are related where one has a name of one network only', () => {
    expect(areUnrelated(one, { host: 'goproxy.corp', leaf: leaf(['goproxy.corp']) })).toBe(false)
  })
})
