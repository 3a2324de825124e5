import { describe, expect, it } from 'vitest'
import { certBatchLine, verifyBatchLine } from '../../src/x509/batch.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import { readNames } from '../../src/x509/names.ts'
import { CertificateParseError } from '../../src/x509/parse-error.ts'
import { goRules } from '../../src/x509/rules.ts'
import { summarizeCertificate } from '../../src/x509/summary.ts'
import { ca, dns, excluded, ip, mint, newKey, san, subjectKeyId, tlv, toPem, usages } from './mint.ts'

const GO = goRules('1.26.8')

function refusalOf(der: Uint8Array, version = '1.26.8'): CertificateParseError {
  try {
    parseCertificate(der, goRules(version))
  } catch (error) {
    if (error instanceof CertificateParseError) return error
  }
  throw new Error('it parses')
}

describe('a certificate that Go takes', () => {
  const keys = newKey()
  const extensions = [
    ca(1),
    san(dns('a.example'), ip(10, 0, 0, 1)),
    subjectKeyId(keys),
    usages('1.3.6.1.5.5.7.3.1', '1.2.3'),
    excluded(dns('b.example')),
  ]
  const { der } = mint({ subject: { commonName: 'a, b', organization: 'Acme + Co' }, key: keys, extensions })

  it('is summarized field by field', () => {
    expect(summarizeCertificate(der)).toMatchObject({
      parsed: true,
      subject: 'CN=a\\, b,O=Acme \\+ Co',
      serialNumber: '2a',
      notBefore: '2026-01-01T00:00:00.000Z',
      dnsNames: ['a.example'],
      ipAddresses: ['10.0.0.1'],
      publicKey: 'ECDSA P-256',
      signatureAlgorithm: 'ECDSA-SHA256',
      isCa: true,
      extKeyUsage: ['serverAuth', '1.2.3'],
      nameConstraints: 'excluded DNS:b.example',
      authorityKeyId: null,
    })
  })

  it('has names that are found without parsing the rest', () => {
    const certificate = parseCertificate(der, GO)
    expect(readNames(der)).toEqual({ subject: certificate.rawSubject, issuer: certificate.rawIssuer })
    expect(readNames(Buffer.from('nothing'))).toBeNull()
  })
})

describe('a certificate that Go refuses', () => {
  it('is refused with text, offset and field, and still read', () => {
    const { der } = mint({ subject: { commonName: 'x' }, serial: Buffer.of(0x80), extensions: [san(dns('x.example'))] })
    const refusal = refusalOf(der)
    expect(refusal).toMatchObject({ goText: 'x509: negative serial number', field: 'tbsCertificate.serialNumber' })
    expect(der[refusal.offset]).toBe(0x02)
    expect(summarizeCertificate(der)).toMatchObject({ parsed: false, subject: 'CN=x', serialNumber: '-80', dnsNames: ['x.example'] })
  })

  it('keeps the good names beside a bad one', () => {
    const { der } = mint({ subject: {}, extensions: [san(dns('good.example'), dns('b\xe9d.example'), ip(1, 2, 3))] })
    expect(refusalOf(der)).toMatchObject({ goText: 'x509: SAN dNSName is malformed', field: 'tbsCertificate.extensions[2.5.29.17]' })
    expect(summarizeCertificate(der)).toMatchObject({ parsed: false, dnsNames: ['good.example'] })
  })

  it('for a duplicate extension is told which since Go 1.23', () => {
    const { der } = mint({ subject: {}, extensions: [san(dns('a')), san(dns('b'))] })
    expect(refusalOf(der).goText).toBe('x509: certificate contains duplicate extension with OID "2.5.29.17"')
    expect(refusalOf(der, '1.22').goText).toBe('x509: certificate contains duplicate extensions')
  })

  it('is read as far as the octets go when it is cut anywhere, and nothing else is thrown', () => {
    const { der } = mint({ subject: { commonName: 'cut' }, extensions: [ca(), san(dns('x'))] })
    for (let length = 0; length < der.length; length++) {
      const cut = der.subarray(0, length)
      expect(refusalOf(cut).offset).toBeLessThanOrEqual(length)
      expect(summarizeCertificate(cut).parsed).toBe(false)
    }
  })

  it('survives any single damaged octet', () => {
    const { der } = mint({ subject: { commonName: 'damaged' }, extensions: [ca(), san(dns('x')), { oid: '2.5.29.32', value: tlv(0x30) }] })
    for (let i = 0; i < der.length; i++) {
      for (const octet of [0x00, 0x7f, 0x80, 0xff]) {
        const damaged = Buffer.from(der)
        damaged[i] = octet
        expect(() => summarizeCertificate(damaged)).not.toThrow()
      }
    }
  })
})

describe('rules', () => {
  it('the go command of 1.23 takes negative serials, as its binary is built with old defaults', () => {
    expect(['1.22.12', '1.23.12', '1.24.13', 'go1.26.8'].map((version) => goRules(version).acceptsNegativeSerial)).toEqual([
      true,
      true,
      false,
      false,
    ])
    expect(goRules('1.26.8', 'http2client=0,x509negativeserial=1').acceptsNegativeSerial).toBe(true)
    expect(goRules('1.23', 'x509negativeserial=0').acceptsNegativeSerial).toBe(false)
  })

  it('a version without patch level is the last one of its line', () => {
    expect([goRules('1.24').countsManyNames, goRules('1.24.10').countsManyNames]).toEqual([true, false])
  })
})

describe('batch lines', () => {
  const { der } = mint({ subject: { commonName: 'h' }, extensions: [san(dns('h.example'))] })

  it('judge a chain given as PEM or base64', () => {
    const line = { id: 7, name: 'h.example', time: '2026-06-01T00:00:00Z', leaf: toPem(der), roots: [der.toString('base64')], go: '1.26.8' }
    expect(verifyBatchLine(JSON.stringify(line))).toMatchObject({
      id: 7,
      ok: true,
      stage: null,
      goText: '',
      chain: [summarizeCertificate(der).sha256],
    })
    expect(verifyBatchLine(JSON.stringify({ ...line, roots: [] }))).toMatchObject({
      ok: false,
      stage: 'verify',
      defects: [{ code: 'client-roots-missing' }],
    })
  })

  it('read one certificate', () => {
    expect(certBatchLine(JSON.stringify({ id: 'x', der: der.toString('base64'), go: '1.26.8' }))).toEqual({
      id: 'x',
      ok: true,
      goText: '',
      subject: 'CN=h',
      issuer: 'CN=h',
      serialNumber: '2a',
      notBefore: '2026-01-01T00:00:00.000Z',
      notAfter: '2026-12-31T00:00:00.000Z',
      dnsNames: ['h.example'],
    })
  })

  it('that cannot be judged give an error with the id where there is one', () => {
    expect(verifyBatchLine('{')).toMatchObject({ id: null, error: expect.any(String) })
    expect(verifyBatchLine('{"id":3,"time":"never","leaf":"","roots":[]}')).toEqual({ id: 3, error: 'time: not a time' })
    expect(certBatchLine('{"id":4}')).toEqual({ id: 4, error: 'der: not a string' })
  })
})
