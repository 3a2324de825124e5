import { describe, expect, it } from 'vitest'
import { areUnrelated, registrableDomain } from '../../src/diagnosis/unrelated.ts'
import type { PresentedLeaf } from '../../src/x509/issuing-authority.ts'

function leaf(dnsNames: readonly string[], organizations: readonly string[] = []): PresentedLeaf {
  return { sha256: dnsNames.join(), key: '', dnsNames, organizations, notBeforeMs: 0, isLogged: false }
}

describe('the domain that one registers', () => {
  it.each([
    ['mods.acme.example', 'acme.example'],
    ['MODS.acme.example.', 'acme.example'],
    ['mods.acme.co.uk', 'acme.co.uk'],
    ['acme.example', 'acme.example'],
  ])('of %s is %s', (host, domain) => expect(registrableDomain(host)).toBe(domain))

  it.each(['goproxy', '10.1.2.3', '2001:db8::1', 'goproxy.corp', 'mods.acme.internal', 'mods.lan'])('is none of %s', (host) =>
    expect(registrableDomain(host)).toBeUndefined(),
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
