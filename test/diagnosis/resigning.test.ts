import { describe, expect, it } from 'vitest'
import { compareChains, isOtherIssuer, joinSigns, NO_SIGNS, type ReadChain } from '../../src/diagnosis/resigning.ts'
import type { IssuingAuthority } from '../../src/x509/issuing-authority.ts'

function authority(name: string, parts: Partial<IssuingAuthority> = {}): IssuingAuthority {
  return { name, organizations: [], rawName: name, keyId: 'aa', sha256: null, ...parts }
}

function chain(host: string, from: IssuingAuthority, leaf: Partial<ReadChain['leaf']> = {}): ReadChain {
  const own = { sha256: host, key: host, dnsNames: [host], organizations: [], notBeforeMs: 0, isLogged: false, ...leaf }
  return { host, leaf: own, authority: from }
}

const GATEWAY = authority('CN=Acme Gateway')
const OWN = chain('mods.one.example', GATEWAY)

describe('chains by one route', () => {
  it('that end at one authority for unrelated hosts are re-signed', () => {
    expect(compareChains(OWN, [chain('sums.two.example', GATEWAY)]).alsoIssuedFor).toEqual(['sums.two.example'])
  })
  it('of one company’s hosts say nothing', () => {
    expect(compareChains(OWN, [chain('sums.one.example', GATEWAY)]).alsoIssuedFor).toEqual([])
  })
  it('of two authorities of one name, but with two keys, say nothing', () => {
    expect(compareChains(OWN, [chain('sums.two.example', authority('CN=Acme Gateway', { keyId: 'bb' }))]).alsoIssuedFor).toEqual([])
  })
  it('of an authority whose leaves are in public logs say nothing', () => {
    const logged = chain('mods.one.example', GATEWAY, { isLogged: true })
    expect(compareChains(logged, [chain('sums.two.example', GATEWAY)]).alsoIssuedFor).toEqual([])
  })
  it('with one key for all leaves are told so', () => {
    const [own, other] = [chain('mods.one.example', GATEWAY, { key: 'k' }), chain('sums.two.example', GATEWAY, { key: 'k' })]
    expect(compareChains(own, [other]).sharesLeafKey).toBe(true)
  })
  it('with the very same leaf are one server’s, not re-signed', () => {
    const [own, other] = [chain('mods.one.example', GATEWAY, { sha256: 'x' }), chain('sums.two.example', GATEWAY, { sha256: 'x' })]
    expect(compareChains(own, [other])).toMatchObject({ alsoIssuedFor: [], sameLeafFor: ['sums.two.example'] })
  })
})

describe('an earlier issuer', () => {
  it('is another one where name and people differ', () => {
    expect(isOtherIssuer(authority('CN=WR2,O=Trust Services'), GATEWAY)).toBe(true)
  })
  it('is none where a company replaced its own CA', () => {
    expect(isOtherIssuer(authority('CN=Acme Root 2019'), authority('CN=Acme Root 2026'))).toBe(false)
    const one = authority('CN=G1', { organizations: ['Acme'] })
    expect(isOtherIssuer(one, authority('CN=G2', { organizations: ['Acme'] }))).toBe(false)
  })
})

describe('signs that come in two parts', () => {
  it('are added together', () => {
    const joined = joinSigns(
      { ...NO_SIGNS, alsoIssuedFor: ['a', 'b'] },
      { alsoIssuedFor: ['b'], earlierIssuer: 'x', issuesForAnyName: true },
    )
    expect(joined).toMatchObject({ alsoIssuedFor: ['a', 'b'], earlierIssuer: 'x', issuesForAnyName: true })
  })
})
