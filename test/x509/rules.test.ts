/** What changed with a patch level of go: each row on both sides of the release that changed it. */
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { DerReader } from '../../src/x509/der.ts'
import { parseGoUrl } from '../../src/x509/go-url.ts'
import { makeRootPool } from '../../src/x509/root-pool.ts'
import { goRules } from '../../src/x509/rules.ts'
import { readTime } from '../../src/x509/time.ts'
import { verifyChain } from '../../src/x509/verify.ts'
import { type Authority, ca, dns, excluded, mint, newKey, newRsaKey, san, tlv } from './mint.ts'

const HOST = 'modules.example'
const root = mint({ subject: { commonName: 'Root' }, extensions: [ca()] })

function judge(presented: readonly Authority[], version: string, name = HOST): string {
  const request = {
    presented: presented.map(({ der }) => der),
    roots: makeRootPool([root.der]),
    now: new Date('2026-06-15T12:00:00Z'),
    name,
  }
  const { ok, goText } = verifyChain({ ...request, rules: goRules(version) })
  return ok ? '' : goText
}

const problemOf = (url: string, version: string) => {
  const read = parseGoUrl(url, goRules(version))
  return 'problem' in read ? read.problem.replace(/^parse "[^"]*": /, '') : ''
}

describe('a URI', () => {
  const bracket = 'invalid IP-literal'
  it.each([
    ['https://x[::1]/', { '1.24.13': '', '1.25.7': '', '1.25.8': bracket, '1.26.0': '', '1.26.1': bracket }],
    ['ftp://a:1:2/', { '1.25.14': '', '1.26.1': 'invalid port ":1:2" after host', '1.26.2': '' }],
    ['postgres://a:1:2/', { '1.25.14': '', '1.26.1': '', '1.26.2': '' }],
    ['http://a:1:2/', { '1.25.14': '', '1.26.1': 'invalid port ":1:2" after host', '1.26.2': 'invalid port ":1:2" after host' }],
  ] as const)('%s is refused from the patch level on that refuses it', (url, byVersion) => {
    for (const [version, problem] of Object.entries(byVersion)) expect([version, problemOf(url, version)]).toEqual([version, problem])
  })
})

describe('the limit of 100 candidates', () => {
  const issuing = mint({ subject: { commonName: 'Issuing' }, issuer: root, extensions: [ca()] })
  const leaf = mint({ subject: {}, issuer: issuing, extensions: [san(dns(HOST))] })
  const key = generateKeyPairSync('ed448')
  /** Go has no use for their key, so that they can sign nothing. */
  const useless = Array.from({ length: 100 }, (_, at) =>
    mint({ subject: { commonName: 'Issuing' }, issuer: root, key, serial: Buffer.of(1, at), extensions: [ca()] }),
  )

  it('counts those that are of no use since 1.25.9 and 1.26.2', () => {
    const limit = 'x509: signature check attempts limit reached while verifying certificate chain'
    const answers = ['1.24.13', '1.25.8', '1.25.9', '1.26.1', '1.26.2'].map((version) => judge([leaf, ...useless, issuing], version))
    expect(answers).toEqual(['', '', limit, '', limit])
    expect(judge([leaf, ...useless.slice(2), issuing], '1.26.2')).toBe('')
  })
})

describe('a wildcard', () => {
  const refusedBy = (name: string, subtree: string, versions: readonly string[]) => {
    const issuing = mint({ subject: { commonName: 'Issuing' }, issuer: root, extensions: [ca(), excluded(dns(subtree))] })
    const leaf = mint({ subject: {}, issuer: issuing, extensions: [san(dns(name))] })
    return versions.filter((version) => judge([leaf, issuing], version, '').includes('is excluded by constraint'))
  }

  it('is excluded by a name that it covers since 1.24.11 and 1.25.5', () => {
    const versions = ['1.23.12', '1.24.10', '1.24.11', '1.25.4', '1.25.5', '1.26.0']
    expect(refusedBy('*.mods.example', 'a.mods.example', versions)).toEqual(['1.24.11', '1.25.5', '1.26.0'])
  })

  it('with one label more is excluded beside such a name up to 1.25.8', () => {
    const versions = ['1.24.10', '1.24.13', '1.25.8', '1.25.9', '1.26.0']
    expect(refusedBy('*.b.mods.example', 'a.mods.example', versions)).toEqual(['1.24.13', '1.25.8'])
  })

  it('is excluded whatever its letters since 1.26.2', () => {
    expect(refusedBy('*.MODS.example', 'a.mods.example', ['1.26.1', '1.26.2'])).toEqual(['1.26.2'])
  })
})

describe('other patch levels', () => {
  it('keys are distrusted since 1.26.10', () => {
    expect(['1.25.14', '1.26.9', '1.26.10', '1.26'].map((version) => goRules(version).distrustsKeys)).toEqual([false, false, true, true])
  })

  it('counts messages behind the handshake since 1.25.13 and 1.26.6', () => {
    const counting = ['1.24.13', '1.25.12', '1.25.13', '1.26.5', '1.26.6', '1.26', '1.27.0'].map(
      (version) => goRules(version).countsLateMessages,
    )
    expect(counting).toEqual([false, false, true, false, true, true, true])
  })

  it.each([
    [0x17, '2601010000+2500', 'x509: malformed UTCTime'],
    [0x18, '20260101000000-2500', 'x509: malformed GeneralizedTime'],
  ])('a time more than 24 hours from UTC is refused since 1.23 (tag %i)', (tag, text, refusal) => {
    const read = (version: string, what = text) => readTime(new DerReader(tlv(tag, Buffer.from(what))), goRules(version))
    expect([read('1.23.0'), read('1.26.8')]).toEqual([refusal, refusal])
    expect(typeof read('1.22.12')).toBe('object')
    expect(typeof read('1.26.8', text.replace('2500', '2400'))).toBe('object')
  })
})

describe('FIPS mode', () => {
  const shortRoot = mint({ subject: { commonName: 'Short Root' }, key: newRsaKey(1024), extensions: [ca()] })
  const ofShort = mint({ subject: { commonName: HOST }, issuer: shortRoot, extensions: [san(dns(HOST))] })
  const oddCurve = mint({ subject: { commonName: HOST }, issuer: root, key: newKey('P-224'), extensions: [san(dns(HOST))] })
  const fine = mint({ subject: { commonName: HOST }, issuer: root, extensions: [san(dns(HOST))] })
  const look = (leaf: Authority, version: string, godebug: string) =>
    verifyChain({
      presented: [leaf.der],
      roots: makeRootPool([root.der, shortRoot.der]),
      now: new Date('2026-06-15T12:00:00Z'),
      name: HOST,
      rules: goRules(version, godebug),
    })

  it('wants approved keys up to the root, in the words of crypto/tls, since 1.24', () => {
    const refused = {
      ok: false,
      stage: 'tls',
      tlsText: 'tls: failed to verify certificate: tls: no FIPS compatible certificate chains found',
    }
    expect(look(ofShort, '1.26.8', 'fips140=on')).toMatchObject({
      ...refused,
      defects: [
        { code: 'unsupported-public-key', certificate: null, subject: 'CN=Short Root', facts: { publicKey: 'RSA 1024', mode: 'FIPS' } },
      ],
    })
    expect(look(oddCurve, '1.24.13', 'netdns=go,fips140=only')).toMatchObject({ ...refused, defects: [{ certificate: 0 }] })
    expect([
      look(fine, '1.26.8', 'fips140=on').ok,
      look(ofShort, '1.26.8', 'fips140=off').ok,
      look(ofShort, '1.23.12', 'fips140=on').ok,
    ]).toEqual([true, true, true])
  })
})
