/** What changed with a patch level of go: each row on both sides of the release that changed it. */
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { DerReader } from '../../src/x509/der.ts'
import { parseGoUrl } from '../../src/x509/go-url.ts'
import { readName } from '../../src/x509/name.ts'
import { makeRootPool } from '../../src/x509/root-pool.ts'
import { goRules } from '../../src/x509/rules.ts'
import { readTime } from '../../src/x509/time.ts'
import { verifyChain } from '../../src/x509/verify.ts'
import {
  type Authority,
  ca,
  dns,
  type Extension,
  excluded,
  ip,
  mint,
  newKey,
  newRsaKey,
  oid,
  permitted,
  san,
  sequence,
  tlv,
} from './mint.ts'

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
  it('keys are distrusted since 1.26.10 and 1.27.3', () => {
    const versions = ['1.25.14', '1.26.9', '1.26.10', '1.26', '1.27.2', '1.27.3']
    expect(versions.map((version) => goRules(version).distrustsKeys)).toEqual([false, false, true, true, false, true])
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

describe('address blocks that are printed alike', () => {
  it('are two where one is IPv4 and one is mapped to IPv6, up to 1.25', () => {
    const mapped = [...new Array(10).fill(0), 0xff, 0xff, 10, 0, 0, 0, ...new Array(13).fill(0xff), 0, 0, 0]
    const blocks = [[10, 0, 0, 0, 0xff, 0, 0, 0], mapped].map((octets) => tlv(0x87, Buffer.from(octets)))
    const issuing = mint({ subject: { commonName: 'Issuing' }, issuer: root, extensions: [ca(), permitted(...blocks)] })
    const leaf = mint({ subject: {}, issuer: issuing, extensions: [san(dns(HOST), ip(10, 0, 0, 1))] })
    expect(['1.21.13', '1.25.14'].map((version) => judge([leaf, issuing], version))).toEqual(['', ''])
  })
})

describe('go 1.27', () => {
  const mapped = [...new Array(10).fill(0), 0xff, 0xff, 10, 0, 0, 1]
  const network = (...octets: readonly number[]) => tlv(0x87, Buffer.from(octets))
  const judgeOf = (versions: readonly string[], presented: readonly Authority[], name = HOST) =>
    versions.map((version) => judge(presented, version, name))
  const issuingWith = (extension: Extension) => mint({ subject: { commonName: 'Issuing' }, issuer: root, extensions: [ca(), extension] })
  const both = ['1.26.11', '1.27.0'] as const

  it('refuses IPv4-mapped addresses in certificates', () => {
    const leaf = mint({ subject: {}, issuer: root, extensions: [san(dns(HOST), ip(...mapped))] })
    expect(judgeOf(both, [leaf])).toEqual(['', 'x509: SAN iPAddress contains IPv4-mapped IPv6 address'])
    const issuing = issuingWith(excluded(network(...mapped, ...new Array(16).fill(0xff))))
    const other = mint({ subject: {}, issuer: issuing, extensions: [san(dns(HOST))] })
    expect(judgeOf(both, [other, issuing])).toEqual(['', 'x509: IP constraint contained IPv4-mapped IPv6 address'])
  })

  it('finds an address in a block whose host bits are set', () => {
    const issuing = issuingWith(excluded(network(10, 0, 0, 9, 255, 0, 0, 0)))
    const leaf = mint({ subject: {}, issuer: issuing, extensions: [san(dns(HOST), ip(10, 0, 0, 1), ip(9, 0, 0, 1))] })
    const refusal = 'x509: a root or intermediate certificate is not authorized to sign for this name'
    expect(judgeOf(['1.27.0'], [leaf, issuing])).toEqual([`${refusal}: IP address "10.0.0.1" is excluded by constraint "10.0.0.0/8"`])
  })

  it('takes a host with a zone for an address, and prints it as Go writes addresses', () => {
    const leaf = mint({ subject: {}, issuer: root, extensions: [san(dns(HOST), ip(0xfe, 0x80, ...new Array(13).fill(0), 1))] })
    expect(judgeOf(both, [leaf], '[fe80::1%eth0]')).toEqual([`x509: certificate is valid for ${HOST}, not [fe80::1%eth0]`, ''])
    expect(judgeOf(both, [leaf], '::FFFF:a00:1')).toEqual([
      'x509: certificate is valid for fe80::1, not ::FFFF:a00:1',
      'x509: certificate is valid for fe80::1, not 10.0.0.1',
    ])
    expect(judgeOf(both, [leaf], 'fe80::1%')).toEqual(new Array(2).fill(`x509: certificate is valid for ${HOST}, not fe80::1%`))
  })

  it('refuses a mailbox constraint with a second at sign', () => {
    const issuing = issuingWith(excluded(tlv(0x81, Buffer.from('a@b@c'))))
    const leaf = mint({ subject: {}, issuer: issuing, extensions: [san(dns(HOST))] })
    expect(judgeOf(both, [leaf, issuing])).toEqual(['', 'x509: failed to parse rfc822Name constraint "a@b@c"'])
  })

  it('prints a path of two slashes so that it reads as no host', () => {
    const shown = both.map((version) => parseGoUrl('http:/%2Fhost/"', goRules(version)))
    expect(shown).toEqual([
      { host: '', text: 'http://host/%22' },
      { host: '', text: 'http:%2F/host/%22' },
    ])
  })
})

describe('a name in go 1.27', () => {
  const nameWith = (value: Buffer, type = '1.2.3') => sequence(tlv(0x31, sequence(oid(type), value)))
  const read = (value: Buffer, version: string, type?: string) => {
    const problems: string[] = []
    const name = readName(new DerReader(nameWith(value, type)), goRules(version), (text) => problems.push(text), 'subject')
    return problems[0]?.replace('x509: invalid RDNSequence: invalid attribute value: ', '!') ?? name.text
  }
  const utc = (text: string) => tlv(0x17, Buffer.from(text))

  it.each([
    ['text', tlv(0x0c, Buffer.from('a,b')), '1.2.3=a\\,b'],
    ['INTEGER', Buffer.of(2, 1, 5), '1.2.3=#020105'],
    ['a padded INTEGER', Buffer.of(2, 2, 0, 5), '!invalid ASN.1 integer'],
    ['BIT STRING', Buffer.of(3, 2, 1, 6), '1.2.3=#03020106'],
    ['BIT STRING with padding that is set', Buffer.of(3, 2, 1, 7), '!invalid ASN.1 BIT STRING'],
    ['OCTET STRING', Buffer.of(4, 1, 9), '1.2.3=#040109'],
    ['NULL', Buffer.of(5, 0), '1.2.3=\\<nil\\>'],
    ['OBJECT IDENTIFIER', Buffer.of(6, 1, 42), '1.2.3=#06012a'],
    ['a cut OBJECT IDENTIFIER', Buffer.of(6, 1, 0x80), '!invalid ASN.1 OBJECT IDENTIFIER'],
    ['BOOLEAN', Buffer.of(1, 1, 255), '1.2.3=#0101ff'],
    ['a lax BOOLEAN', Buffer.of(1, 1, 1), '!invalid ASN.1 BOOLEAN'],
    ['UTCTime', utc('2601020304Z'), `1.2.3=#${utc('260102030400Z').toString('hex')}`],
    ['GeneralizedTime', tlv(0x18, Buffer.from('20260102030405+0130')), `1.2.3=#${utc('260102030405+0130').toString('hex')}`],
    ['no UTCTime', utc('x'), '!x509: malformed UTCTime'],
    ['a SEQUENCE', Buffer.of(0x30, 2, 5, 0), '1.2.3=#30020500'],
    ['a cut element', Buffer.of(4, 9), '!invalid ASN.1 element'],
  ])('may hold %s', (_what, value, text) => {
    expect(read(value, '1.27.0')).toBe(text)
  })

  it('does not show what stands in place of a common name and is no text', () => {
    expect(read(Buffer.of(2, 1, 5), '1.27.0', '2.5.4.3')).toBe('')
    expect(read(Buffer.of(2, 1, 5), '1.26.11', '2.5.4.3')).toBe('!unsupported string type: 2')
    expect(read(tlv(0x0c, Buffer.from('x')), '1.26.11')).toBe('1.2.3=#130178')
  })
})
