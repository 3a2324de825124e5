import { describe, expect, it } from 'vitest'
import { makeRootPool } from '../../src/x509/root-pool.ts'
import { goRules } from '../../src/x509/rules.ts'
import type { ChainVerdict } from '../../src/x509/verdict.ts'
import { type VerifyRequest, verifyChain } from '../../src/x509/verify.ts'
import {
  type Authority,
  authorityKeyId,
  ca,
  dns,
  encodeName,
  excluded,
  ip,
  mint,
  newKey,
  newRsaKey,
  permitted,
  san,
  subjectKeyId,
  usages,
} from './mint.ts'

const HOST = 'modules.example'
const NOW = new Date('2026-06-15T12:00:00Z')
const SERVER_NAMES = [san(dns(HOST))]

const rootKey = newKey()
const root = mint({ subject: { commonName: 'Test Root', organization: 'Tests' }, key: rootKey, extensions: [ca(), subjectKeyId(rootKey)] })
const intermediateKey = newKey()
const intermediateOptions = {
  subject: { commonName: 'Test Issuing CA', organization: 'Tests' },
  issuer: root,
  key: intermediateKey,
  extensions: [ca(0), subjectKeyId(intermediateKey), authorityKeyId(rootKey)],
}
const intermediate = mint(intermediateOptions)
const leafExtensions = [...SERVER_NAMES, authorityKeyId(intermediateKey)]
const leaf = mint({ subject: { commonName: HOST }, issuer: intermediate, extensions: leafExtensions })

function judge(presented: readonly Authority[], more: Partial<VerifyRequest> & { readonly go?: string } = {}): ChainVerdict {
  return verifyChain({
    presented: presented.map(({ der }) => der),
    roots: makeRootPool([root.der]),
    now: NOW,
    name: HOST,
    rules: goRules(more.go ?? '1.26.8'),
    ...more,
  })
}

const codes = (verdict: ChainVerdict) => verdict.defects.map(({ code, certificate }) => `${code}@${certificate}`)

describe('a sound chain', () => {
  it('is accepted with its path and without defects, in any order behind the leaf and with certificates that it does not need', () => {
    const stray = mint({ subject: { commonName: 'Stray' }, extensions: [ca()], notAfter: '2026-02-01T00:00:00Z' })
    for (const presented of [
      [leaf, intermediate],
      [leaf, stray, root, intermediate],
    ]) {
      const verdict = judge(presented)
      expect(verdict).toMatchObject({ ok: true, stage: null, goText: '', tlsText: '', defects: [], completedBy: [] })
      expect(verdict.chain).toHaveLength(3)
    }
  })

  it('may end in the leaf itself when that is a root', () => {
    expect(judge([leaf], { roots: makeRootPool([leaf.der]) })).toMatchObject({ ok: true })
  })
})

describe('validity', () => {
  const late = { now: new Date('2027-01-05T10:00:00Z') }

  it('an expired leaf is named with both times, the current one in the zone of the client', () => {
    const verdict = judge([leaf, intermediate], { ...late, timeZoneOffsetMinutes: 330 })
    expect(verdict.tlsText).toBe(
      'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2027-01-05T15:30:00+05:30 is after 2026-12-31T00:00:00Z',
    )
    expect(codes(verdict)).toEqual(['cert-expired@0', 'intermediate-expired@1', 'root-expired@null'])
    expect(verdict.defects[0]?.facts).toMatchObject({ notAfter: '2026-12-31T00:00:00.000Z', now: '2027-01-05T15:30:00+05:30' })
  })

  it('an expired intermediate and an expired root are told apart from an expired leaf, though Go prints one text', () => {
    const old = mint({ ...intermediateOptions, notAfter: '2026-03-01T00:00:00Z' })
    expect(codes(judge([leaf, old]))).toEqual(['intermediate-expired@1'])
    const oldRoot = mint({
      subject: { commonName: 'Test Root', organization: 'Tests' },
      key: rootKey,
      extensions: [ca()],
      notAfter: '2026-03-01T00:00:00Z',
    })
    const verdict = judge([leaf, intermediate], { roots: makeRootPool([oldRoot.der]) })
    expect(codes(verdict)).toEqual(['root-expired@null'])
    // Go comes to the root once more among what was sent, and names that one.
    expect(codes(judge([leaf, intermediate, oldRoot], { roots: makeRootPool([oldRoot.der]) }))).toEqual(['root-expired@2'])
    expect(verdict.goText).toContain('is after 2026-03-01T00:00:00Z')
  })

  it('a leaf that is not valid yet is not called expired', () => {
    expect(codes(judge([leaf, intermediate], { now: new Date('2025-12-31T00:00:00Z') }))[0]).toBe('cert-not-yet-valid@0')
  })

  it('an expired certificate that another one replaces does no harm', () => {
    const old = mint({ ...intermediateOptions, notAfter: '2026-03-01T00:00:00Z' })
    expect(judge([leaf, old, intermediate])).toMatchObject({ ok: true })
  })
})

describe('names', () => {
  it('a certificate for another host lists what it is for', () => {
    const verdict = judge([leaf, intermediate], { name: 'proxy.example' })
    expect(verdict.goText).toBe('x509: certificate is valid for modules.example, not proxy.example')
    expect(verdict.defects).toMatchObject([{ code: 'cert-name-mismatch', facts: { wanted: 'proxy.example', offered: HOST } }])
  })

  it('a common name alone, an address without IP SAN and a missing SAN have codes of their own', () => {
    const bare = mint({ subject: { commonName: HOST }, issuer: intermediate })
    expect(judge([bare, intermediate])).toMatchObject({
      goText: 'x509: certificate relies on legacy Common Name field, use SANs instead',
      defects: [{ code: 'cert-no-san' }],
    })
    expect(codes(judge([leaf, intermediate], { name: '192.0.2.7' }))).toEqual(['cert-ip-no-san@0'])
    const withAddress = mint({ subject: {}, issuer: intermediate, extensions: [san(ip(10, 0, 0, 1))] })
    expect(judge([withAddress, intermediate], { name: '[::1]' })).toMatchObject({
      goText: 'x509: certificate is valid for 10.0.0.1, not ::1',
      defects: [{ code: 'cert-name-mismatch' }],
    })
    expect(judge([withAddress, intermediate], { name: '10.0.0.1' })).toMatchObject({ ok: true })
  })

  it('from 100 names on, Go since 1.24.11 prints only their number', () => {
    const many = mint({
      subject: {},
      issuer: intermediate,
      extensions: [san(...Array.from({ length: 100 }, (_, i) => dns(`h${i}.example`)))],
    })
    expect(judge([many, intermediate]).goText).toBe('x509: certificate is valid for 100 names, but none matched modules.example')
    expect(judge([many, intermediate], { go: '1.24.10' }).goText).toContain('h98.example, h99.example, not modules.example')
  })
})

describe('authorities', () => {
  const otherKey = newKey()
  const otherRoot = mint({ subject: { commonName: 'Other Root', organization: 'Elsewhere' }, key: otherKey, extensions: [ca()] })
  const unknown = 'x509: certificate signed by unknown authority'

  it('an unknown root, an empty pool, a self-signed leaf and a lone leaf are told apart behind one text', () => {
    expect(judge([leaf, intermediate], { roots: makeRootPool([otherRoot.der]) })).toMatchObject({
      goText: unknown,
      defects: [{ code: 'unknown-authority', certificate: 1, facts: { issuer: 'CN=Test Root,O=Tests' } }],
    })
    expect(judge([leaf, intermediate], { roots: makeRootPool([]) })).toMatchObject({
      goText: unknown,
      defects: [{ code: 'client-roots-missing' }],
    })
    const selfSigned = mint({ subject: { commonName: HOST }, extensions: SERVER_NAMES })
    // Trusted once, made anew since: the one in the pool has the name and another key.
    const earlier = makeRootPool([mint({ subject: { commonName: HOST }, extensions: [ca(), ...SERVER_NAMES] }).der])
    expect(codes(judge([selfSigned], { roots: earlier }))).toEqual(['cert-self-signed@0'])
    expect(judge([selfSigned])).toMatchObject({ defects: [{ code: 'cert-self-signed', certificate: 0, facts: { selfIssued: 'true' } }] })
    expect(judge([leaf])).toMatchObject({
      goText: unknown,
      defects: [{ code: 'unknown-authority', certificate: 0, facts: { rootOfSameOrganisation: 'CN=Test Root,O=Tests' } }],
    })
  })

  it('a missing intermediate is named only when a spare certificate completes the chain, which stays refused', () => {
    const verdict = judge([leaf], { extraIntermediates: [otherRoot.der, intermediate.der] })
    expect(verdict).toMatchObject({ ok: false, goText: unknown, defects: [{ code: 'missing-intermediate', certificate: 0 }] })
    expect(verdict.completedBy).toHaveLength(1)
    expect(judge([leaf], { extraIntermediates: [otherRoot.der] })).toMatchObject({
      completedBy: [],
      defects: [{ code: 'unknown-authority' }],
    })
  })

  it('a spare certificate never makes a chain pass', () => {
    expect(judge([leaf], { extraIntermediates: [intermediate.der] }).ok).toBe(false)
  })

  it('an intermediate before the leaf is chain-order, with the text that Go prints for the first one', () => {
    const verdict = judge([intermediate, leaf])
    expect(verdict.goText).toBe('x509: certificate is not valid for any names, but wanted to match modules.example')
    expect(codes(verdict)).toEqual(['chain-order@0'])
  })

  it('a signature by another key is chain-signature-invalid, with the candidate in the hint', () => {
    const forged = mint({ subject: { commonName: HOST }, issuer: intermediate, signedBy: otherKey.privateKey, extensions: leafExtensions })
    const verdict = judge([forged, intermediate])
    expect(verdict.goText).toBe(
      `${unknown} (possibly because of "x509: ECDSA verification failure" while trying to verify candidate authority certificate "Test Issuing CA")`,
    )
    expect(codes(verdict)).toEqual(['chain-signature-invalid@0'])
  })

  it('a trusted root of the same name with another key id is another authority, not a bad signature', () => {
    const namesake = mint({
      subject: { commonName: 'Test Root', organization: 'Tests' },
      key: otherKey,
      extensions: [ca(), subjectKeyId(otherKey)],
    })
    expect(codes(judge([leaf, intermediate], { roots: makeRootPool([namesake.der]) }))).toEqual(['unknown-authority@1'])
  })

  it('a subject that is encoded otherwise is another name: octets are compared', () => {
    const printable = mint({
      ...intermediateOptions,
      issuer: { ...root, subject: encodeName({ commonName: 'Test Root', organization: 'Tests' }, 0x13) },
    })
    expect(judge([leaf, printable]).goText).toBe(unknown)
  })

  it('what failed otherwise than by not being there is told when no root could be loaded', () => {
    const verdict = judge([leaf], { roots: makeRootPool([]), systemRootsError: 'read /etc: is a directory' })
    expect(verdict.goText).toBe('x509: failed to load system roots and no roots provided; read /etc: is a directory')
    expect(codes(verdict)[0]).toBe('client-roots-missing@0')
  })
})

describe('rights of an issuer', () => {
  it('a certificate without CA flag may not sign', () => {
    const plain = mint({ ...intermediateOptions, extensions: [san(dns('x.example'))] })
    const verdict = judge([leaf, plain])
    expect(verdict.goText).toContain(
      'possibly because of "x509: invalid signature: parent certificate cannot sign this kind of certificate"',
    )
    expect(codes(verdict)[0]).toBe('issuer-not-ca@1')
  })

  it('a path length of 0 allows no further CA', () => {
    const subKey = newKey()
    const sub = mint({ subject: { commonName: 'Sub CA' }, issuer: intermediate, key: subKey, extensions: [ca()] })
    const below = mint({ subject: {}, issuer: sub, extensions: SERVER_NAMES })
    expect(judge([below, sub, intermediate])).toMatchObject({
      goText: 'x509: too many intermediates for path length constraint',
      defects: [{ code: 'path-length-exceeded', certificate: 2, facts: { pathLength: '0' } }],
    })
  })

  it('usages count for every certificate of the chain', () => {
    const forClients = mint({ subject: {}, issuer: intermediate, extensions: [...SERVER_NAMES, usages('1.3.6.1.5.5.7.3.2')] })
    expect(judge([forClients, intermediate])).toMatchObject({
      goText: 'x509: certificate specifies an incompatible key usage',
      defects: [{ code: 'eku-mismatch', certificate: 0, facts: { offered: 'clientAuth' } }],
    })
    const limited = mint({ ...intermediateOptions, extensions: [ca(), usages('1.3.6.1.5.5.7.3.4')] })
    expect(codes(judge([leaf, limited]))).toEqual(['eku-mismatch@1'])
  })

  it('an unknown critical extension is refused wherever it stands', () => {
    const odd = { oid: '1.2.3.4', critical: true, value: Buffer.of(5, 0) }
    const oddLeaf = mint({ subject: {}, issuer: intermediate, extensions: [...SERVER_NAMES, odd] })
    expect(judge([oddLeaf, intermediate])).toMatchObject({
      goText: 'x509: unhandled critical extension',
      defects: [{ code: 'unhandled-critical-extension', certificate: 0, facts: { extension: '1.2.3.4' } }],
    })
    expect(codes(judge([leaf, mint({ ...intermediateOptions, extensions: [ca(), odd] })]))).toEqual(['unhandled-critical-extension@1'])
  })

  it('name constraints stand before usages up to Go 1.25 and after them since 1.26', () => {
    const constrained = mint({ ...intermediateOptions, extensions: [ca(), permitted(dns('corp.example'))] })
    const wrong = mint({ subject: {}, issuer: constrained, extensions: [...SERVER_NAMES, usages('1.3.6.1.5.5.7.3.2')] })
    const detail = 'is not authorized to sign for this name: DNS name "modules.example" is not permitted by any constraint'
    expect(judge([wrong, constrained], { go: '1.25.7' }).goText).toContain(detail)
    const newest = judge([wrong, constrained])
    expect(newest.goText).toBe('x509: certificate specifies an incompatible key usage')
    expect(codes(newest)).toEqual(['eku-mismatch@0', 'name-constraints@1'])
    expect(newest.defects[1]?.facts).toMatchObject({ name: HOST })
  })

  it('an excluded subtree names itself', () => {
    const constrained = mint({ ...intermediateOptions, extensions: [ca(), excluded(dns('example'))] })
    expect(judge([leaf, constrained]).goText).toContain('DNS name "modules.example" is excluded by constraint "example"')
  })
})

describe('keys and algorithms', () => {
  it('a key that crypto/tls cannot use is refused after the chain', () => {
    const dsaLike = mint({ subject: {}, issuer: intermediate, extensions: SERVER_NAMES, key: newEd448() })
    expect(judge([dsaLike, intermediate])).toMatchObject({
      ok: false,
      stage: 'tls',
      goText: '',
      tlsText: "tls: server's certificate contains an unsupported type of public key: <nil>",
      defects: [{ code: 'unsupported-public-key', certificate: 0, facts: { publicKey: 'Ed448' } }],
    })
  })

  it('SHA-1 is refused with a hint that named its setting up to 1.23', () => {
    const sha1 = mint({ subject: {}, issuer: intermediate, hash: 'sha1', extensions: SERVER_NAMES })
    expect(judge([sha1, intermediate]).goText).toContain('"x509: cannot verify signature: insecure algorithm ECDSA-SHA1"')
    expect(judge([sha1, intermediate], { go: '1.23.12' }).goText).toContain('ECDSA-SHA1 (temporarily override with GODEBUG=x509sha1=1)')
    expect(codes(judge([sha1, intermediate]))).toEqual(['sha1-signature@0'])
    expect(judge([sha1, intermediate], { rules: goRules('1.23.12', 'x509sha1=1') })).toMatchObject({ ok: true })
  })

  it('an RSA key of 1000 bits is refused since 1.24, in an issuer by the chain and in a leaf by the handshake', () => {
    const small = newRsaKey(1000)
    const weak = mint({ ...intermediateOptions, key: small, extensions: [ca()] })
    const below = mint({ subject: {}, issuer: weak, extensions: SERVER_NAMES })
    expect(judge([below, weak])).toMatchObject({
      stage: 'verify',
      defects: [{ code: 'weak-rsa-key', certificate: 1, facts: { bits: '1000' } }],
    })
    expect(judge([below, weak], { go: '1.23.12' })).toMatchObject({ ok: true })
    const weakLeaf = mint({ subject: {}, issuer: intermediate, key: small, extensions: SERVER_NAMES })
    expect(judge([weakLeaf, intermediate])).toMatchObject({ stage: 'tls', defects: [{ code: 'weak-rsa-key', certificate: 0 }] })
  })
})

describe('the Certificate message', () => {
  it('without a certificate has its own text', () => {
    expect(judge([])).toMatchObject({
      stage: 'tls',
      tlsText: 'tls: received empty certificates message',
      defects: [{ code: 'empty-certificate' }],
    })
  })

  it('is refused for one certificate that does not parse, also one that no chain needs', () => {
    const negative = mint({ subject: { commonName: 'Stray' }, serial: Buffer.of(0xd6) })
    const verdict = judge([leaf, intermediate, negative])
    expect(verdict).toMatchObject({ stage: 'parse', goText: 'x509: negative serial number' })
    expect(verdict.tlsText).toBe('tls: failed to parse certificate from server: x509: negative serial number')
    expect(verdict.defects).toMatchObject([
      { code: 'cert-negative-serial', certificate: 2, subject: 'CN=Stray', facts: { serialNumber: '-2a' } },
    ])
    expect(judge([leaf, intermediate, negative], { go: '1.23.12' })).toMatchObject({ ok: true })
  })

  it('that is garbage beside a wrong name lists both', () => {
    const verdict = judge([leaf, { ...intermediate, der: Buffer.from('garbage') }], { name: 'other.example' })
    expect(codes(verdict)).toEqual(['cert-malformed@1', 'cert-name-mismatch@0', 'unknown-authority@0'])
  })

  it('over 64 KiB is not read by Go before 1.23', () => {
    const large = mint({ subject: {}, extensions: [{ oid: '1.2.3', value: Buffer.alloc(70_000) }] })
    expect(judge([leaf, intermediate, large])).toMatchObject({ ok: true })
    expect(judge([leaf, intermediate, large], { go: '1.22.12' }).tlsText).toMatch(
      /^tls: handshake message of length \d+ bytes exceeds maximum of 65536 bytes$/,
    )
  })
})

describe('the limit of 100 candidates', () => {
  const namesakes = Array.from({ length: 101 }, () =>
    mint({ subject: { commonName: 'Test Issuing CA', organization: 'Tests' }, extensions: [ca()] }),
  )

  it('stops the search with its own text', () => {
    const plainLeaf = mint({ subject: {}, issuer: intermediate, extensions: SERVER_NAMES })
    const bareIntermediate = mint({ ...intermediateOptions, extensions: [ca()] })
    expect(judge([plainLeaf, ...namesakes, bareIntermediate]).goText).toBe(
      'x509: signature check attempts limit reached while verifying certificate chain',
    )
  })
})

function newEd448() {
  const keys = newKey()
  const publicKey = Object.create(keys.publicKey)
  publicKey.export = () => Buffer.concat([Buffer.from('3043300506032b6571033a00', 'hex'), Buffer.alloc(57, 7)])
  return { privateKey: keys.privateKey, publicKey }
}
