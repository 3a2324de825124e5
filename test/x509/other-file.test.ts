import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readCertificateFile } from '../../src/x509/certificate-file.ts'
import { bundle, mint, oid, sequence, tlv, toPem } from './mint.ts'

const one = mint({ subject: { commonName: 'one' } })
const two = mint({ subject: { commonName: 'two' } })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 })
const version = (number: number) => tlv(0x02, Buffer.of(number))
const algorithm = sequence(oid('1.2.840.10045.4.3.2'))
const problemsOf = (file: Buffer) => readCertificateFile(file).problems.map(({ offset, message }) => `${offset} ${message}`)

describe('a PKCS #7 bundle', () => {
  it.each([
    ['DER', bundle(one.der, two.der)],
    ['PEM', Buffer.from(toPem(bundle(one.der, two.der), 'PKCS7'))],
  ])('gives its certificates (%s)', (_form, file) => {
    const { certificates, problems } = readCertificateFile(file)
    expect(problems).toEqual([])
    expect(certificates.map(({ der }) => Buffer.from(der))).toEqual([one.der, two.der])
  })

  it('without any is named', () => {
    expect(problemsOf(bundle())).toEqual(['0 this PKCS #7 bundle holds no certificate'])
  })

  it('that is cut anywhere throws nothing', () => {
    const whole = bundle(one.der)
    for (let end = 0; end < whole.length; end++) expect(Array.isArray(problemsOf(whole.subarray(0, end)))).toBe(true)
  })
})

describe('what is no certificate', () => {
  const pkcs8 = { format: 'der', type: 'pkcs8' } as const
  it.each([
    ['a key (PKCS #8)', ec.privateKey.export(pkcs8), /private key/],
    ['a key (PKCS #8) with a passphrase', ec.privateKey.export({ ...pkcs8, cipher: 'aes-128-cbc', passphrase: 'x' }), /private key/],
    ['a key (SEC 1)', ec.privateKey.export({ format: 'der', type: 'sec1' }), /private key/],
    ['a key (PKCS #1)', rsa.privateKey.export({ format: 'der', type: 'pkcs1' }), /private key/],
    ['a public key', ec.publicKey.export({ format: 'der', type: 'spki' }), /public key/],
    ['PKCS #12', sequence(version(3), sequence(oid('1.2.840.113549.1.7.1'), tlv(0xa0, tlv(0x04)))), /PKCS #12.*-nokeys/],
    [
      'a request',
      sequence(
        sequence(version(0), one.subject, ec.publicKey.export({ format: 'der', type: 'spki' }), tlv(0xa0)),
        algorithm,
        tlv(0x03, Buffer.of(0)),
      ),
      /certificate request/,
    ],
    [
      'a list',
      sequence(sequence(version(1), algorithm, one.subject, tlv(0x17, Buffer.from('260101000000Z'))), algorithm),
      /revocation list/,
    ],
    ['a key in PEM', Buffer.from(ec.privateKey.export({ format: 'pem', type: 'pkcs8' })), /^0 this is a private key/],
    ['a request in PEM', Buffer.from(toPem(algorithm, 'NEW CERTIFICATE REQUEST')), /certificate request/],
    ['a list in PEM', Buffer.from(toPem(algorithm, 'X509 CRL')), /revocation list/],
  ] as const)('is named: %s', (_what, file, words) => {
    expect(readCertificateFile(file).certificates).toEqual([])
    expect(problemsOf(file).join()).toMatch(words)
  })

  it('is passed over beside a certificate', () => {
    const file = Buffer.from(`${ec.privateKey.export({ format: 'pem', type: 'pkcs8' })}${toPem(one.der)}`)
    expect(readCertificateFile(file)).toMatchObject({ certificates: [{ der: one.der }], problems: [] })
  })

  it('is not said of certificates, whole, of version 1, or damaged', () => {
    const first = mint({ subject: { commonName: 'old' }, version: 1 }).der
    const damaged = Buffer.from(one.der)
    damaged[damaged.indexOf(0xa0)] = 0x31
    for (const der of [one.der, first, damaged]) expect(readCertificateFile(der)).toMatchObject({ certificates: [{ der }], problems: [] })
  })
})
