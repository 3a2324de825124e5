import { describe, expect, it } from 'vitest'
import type { Certificates } from '../../src/contract/handshake.ts'
import { commonName, findSan, nearestSan } from '../../web/cert-names.ts'
import { layAxis, layChain } from '../../web/certificate-chain.ts'
import { SAMPLE_INTERMEDIATE, STARTED_AT, sampleCertificate, sampleDiagnosis, sampleHandshake } from './samples.ts'

const certificates = (part: Partial<Certificates> = {}): Certificates => {
  const known = sampleHandshake().certificates
  if (known === null) throw new Error('the sample has certificates')
  return { ...known, ...part }
}

describe('names', () => {
  it('takes the common name out of a distinguished name', () => {
    expect(commonName('CN=Acme Root\\, Inc,O=Acme')).toBe('Acme Root\\, Inc')
    expect(commonName('O=Acme,CN=x')).toBe('x')
    expect(commonName('O=Acme')).toBe('O=Acme')
    expect(commonName('')).toBe('(no subject)')
  })
  it('a wildcard covers exactly one label', () => {
    const certificate = sampleCertificate({ dnsNames: ['*.proxy.example'] })
    expect(findSan(certificate, 'a.proxy.example')?.how).toBe('wildcard')
    expect(findSan(certificate, 'a.b.proxy.example')).toBeNull()
    expect(findSan(certificate, 'proxy.example')).toBeNull()
  })
  it('names compare without case', () => {
    expect(findSan(sampleCertificate({ dnsNames: ['ModProxy.Example'] }), 'modproxy.example')?.how).toBe('exact')
  })
  it('the nearest name shares most labels from the right', () => {
    expect(nearestSan(['other.test', 'www.acme.example', 'acme.example'], 'git.acme.example')).toBe('www.acme.example')
    expect(nearestSan([], 'a')).toBeNull()
  })
})

describe('layChain', () => {
  it('ends in a missing anchor with what the certificate above says of it, and nothing else', () => {
    const cards = layChain(certificates(), sampleDiagnosis())
    expect(cards.map((card) => [card.role, card.kind])).toEqual([
      ['Leaf', 'certificate'],
      ['Intermediate', 'certificate'],
      ['Trust anchor', 'missing'],
    ])
    const anchor = cards.at(-1)
    expect(anchor?.name).toBe('Acme Corp Web Gateway Root CA')
    expect(anchor?.facts.find(([name]) => name === 'Key id')?.[1]).toContain('4f9103c3')
    expect(cards[1]?.link).toEqual({ words: 'signed by a root that go does not have', isBroken: true })
  })
  it('shows the intermediate that the server does not send, and where it is', () => {
    const leaf = sampleCertificate({ aia: { caIssuers: ['http://ca.example/i.crt'], ocsp: [] } })
    const cards = layChain(certificates({ chain: [leaf] }), sampleDiagnosis({ cause: 'missing-intermediate' }))
    expect(cards.at(-1)).toMatchObject({ kind: 'missing', role: 'Intermediate' })
    expect(cards.at(-1)?.facts.find(([name]) => name === 'Source')?.[1]).toBe('available at http://ca.example/i.crt; go does not fetch it')
  })
  it('marks the leaf of an expired certificate, and an expired intermediate in its place', () => {
    const old = { notBefore: '2025-01-01T00:00:00Z', notAfter: '2026-11-19T00:00:00Z' }
    const expired = layChain(certificates({ chain: [sampleCertificate(old)] }), sampleDiagnosis({ cause: 'cert-expired' }))
    expect(expired[0]).toMatchObject({ isReason: true, problems: ['expired'] })
    const chain = [sampleCertificate(), { ...SAMPLE_INTERMEDIATE, ...old }]
    expect(layChain(certificates({ chain }), sampleDiagnosis({ cause: 'intermediate-expired' })).map((card) => card.isReason)).toEqual([
      false,
      true,
    ])
  })
  it('marks the certificate that the evidence names, whatever its place', () => {
    const evidence = [{ text: 'certificate 2 of 2, CN=Issuing CA: RSA, 1000 bits', source: 'verifier', ref: null }] as const
    const marks = (cause: string) => layChain(certificates(), sampleDiagnosis({ cause, evidence })).map((card) => card.isReason)
    expect(marks('weak-rsa-key')).toEqual([false, true])
    expect(marks('unknown-authority')).toEqual([false, false, true])
  })
  it('says where the chain does not hang together', () => {
    const cards = layChain(
      certificates({ chain: [sampleCertificate(), sampleCertificate({ subject: 'CN=stray' })] }),
      sampleDiagnosis({ cause: 'chain-order' }),
    )
    expect(cards[0]?.link).toEqual({ words: 'not issued by the next one', isBroken: true })
  })
  it('an accepted chain ends in the anchor that go has', () => {
    const known = certificates()
    const verified = { ok: true, goText: '', byGoVersion: {}, roots: '142 roots', at: STARTED_AT }
    expect(layChain({ ...known, verified }, null).at(-1)).toMatchObject({ kind: 'anchor', isReason: false })
  })
})

describe('a chain of more than is needed', () => {
  const verified = { ok: true, goText: '', byGoVersion: {}, roots: '142 roots', at: STARTED_AT }
  const cross = { ...SAMPLE_INTERMEDIATE, issuer: 'CN=Old Root', sha256: 'ab'.repeat(32) }

  it('names no anchor that go may not have used, and no fault where go finds none', () => {
    const chain = [sampleCertificate(), SAMPLE_INTERMEDIATE, cross]
    const cards = layChain({ ...certificates({ chain }), verified }, null)
    expect(cards[1]?.link).toEqual({ words: 'not issued by the next one, which go need not use', isBroken: false })
    expect(cards.at(-1)).toMatchObject({ kind: 'anchor', name: 'A root that go has' })
    expect(JSON.stringify(cards.at(-1))).not.toContain('Old Root')
  })
  it('says of a stray one that go did not need it', () => {
    const chain = [sampleCertificate(), sampleCertificate({ subject: 'CN=stray' })]
    const cards = layChain({ ...certificates({ chain }), verified }, null)
    expect(cards[0]?.link).toEqual({ words: 'not issued by the next one, which go need not use', isBroken: false })
    expect(cards.at(-1)?.name).toBe('A root that go has')
  })
})

describe('layAxis', () => {
  it('holds the leaf and the time of judgement, and cuts decades of a root', () => {
    const nowMs = Date.parse(STARTED_AT)
    const root = sampleCertificate({ notBefore: '2000-01-01T00:00:00Z', notAfter: '2050-01-01T00:00:00Z' })
    const axis = layAxis([sampleCertificate(), root], nowMs)
    expect(axis.fromMs).toBeLessThan(nowMs)
    expect(axis.toMs).toBeGreaterThan(Date.parse('2026-11-29T13:29:45Z'))
    expect(axis.toMs - axis.fromMs).toBeLessThan(4 * 365 * 86_400_000)
  })
  it('reaches back to a leaf that ended years ago', () => {
    const leaf = sampleCertificate({ notBefore: '2018-01-01T00:00:00Z', notAfter: '2019-01-01T00:00:00Z' })
    expect(layAxis([leaf], Date.parse(STARTED_AT)).fromMs).toBeLessThan(Date.parse('2018-01-01T00:00:00Z'))
  })
})
