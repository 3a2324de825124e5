import { describe, expect, it } from 'vitest'
import { type ListReader, readList } from '../../../src/host/ca-store/list-file.ts'
import { ca, mint, toPem } from '../../x509/mint.ts'

const [a, b] = ['A', 'B'].map((commonName) => mint({ subject: { commonName }, extensions: [ca()] }).der)
if (a === undefined || b === undefined) throw new Error('two roots were minted')
const [pemA, pemB] = [toPem(a), toPem(b)]
/** SEQUENCE { SEQUENCE { OID } } and SEQUENCE { [0] { OID } }: what OpenSSL puts behind a certificate. */
const SERVER = '06082b06010505070301'
const CLIENT = '06082b06010505070302'
const settings = (inner: string) => Buffer.from(`30${(inner.length / 2).toString(16).padStart(2, '0')}${inner}`, 'hex')
const trusted = (inner: string) => toPem(Buffer.concat([a, settings(inner)]), 'TRUSTED CERTIFICATE')
const damagedB = pemB.replace(/^(-.*\n)./, '$1!')
const notOne = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'

/** How many each takes; "!" behind a number: the program connects nowhere. Each row was tried with curl, git and Node against a TLS server. */
const ROWS: readonly (readonly [what: string, content: string | Uint8Array, openssl: string, gnutls: string, node: string])[] = [
  ['two roots', pemA + pemB, '2', '2', '2'],
  ['CRLF', pemA.replaceAll('\n', '\r\n'), '1', '1', '1'],
  ['a byte order mark', Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), Buffer.from(pemA + pemB)]), '2', '2', '2'],
  ['text around the blocks', `# A\n=====\n${pemA}more: text\n${pemB}`, '2', '2', '2'],
  ['a private key first', toPem(Buffer.of(0x30, 0), 'PRIVATE KEY') + pemA, '1', '1', '1'],
  ['X509 CERTIFICATE', toPem(a, 'X509 CERTIFICATE'), '1', '1', '1'],
  ['DER', a, '0!', '0', '0'],
  ['nothing', '', '0!', '0', '0'],
  ['TRUSTED CERTIFICATE', trusted(''), '1', '0', '0'],
  ['TRUSTED CERTIFICATE for servers', trusted(`300a${SERVER}`), '1', '0', '0'],
  ['TRUSTED CERTIFICATE for clients only', trusted(`300a${CLIENT}`), '0!', '0', '0'],
  ['TRUSTED CERTIFICATE refused for servers', trusted(`a00a${SERVER}`), '0!', '0', '0'],
  ['headers in the block', pemA.replace('-----\n', '-----\nName: x\n\n'), '0!', '0!', '0'],
  ['blocks joined without a line end', pemB.trimEnd() + pemA, '0!', '2', '0'],
  ['a cut block first', pemB.split('\n').slice(0, 3).join('\n') + pemA, '0!', '0!', '0'],
  ['a cut block last', pemA + pemB.split('\n').slice(0, 3).join('\n'), '0!', '0!', '1'],
  ['damaged base64 first', damagedB + pemA, '0!', '0!', '0'],
  ['damaged base64 last', pemA + damagedB, '0!', '0!', '1'],
  ['a block that is no certificate first', notOne + pemA, '0!', '0!', '0'],
  ['a block that is no certificate last', pemA + notOne, '0!', '0!', '1'],
  ['indented lines', pemA.replace(/^/gm, '  '), '0!', '1', '0'],
  ['all on one line', pemA.replaceAll('\n', ' '), '0!', '1', '0'],
]

describe('a file of roots', () => {
  it.each(ROWS)('with %s gives OpenSSL, GnuTLS and Node what each takes', (_, content, openssl, gnutls, node) => {
    const told = (reader: ListReader) => {
      const { certificates, isFatal } = readList(Buffer.from(content), reader)
      return `${certificates.length}${isFatal ? '!' : ''}`
    }
    expect([told('openssl'), told('gnutls'), told('node')]).toEqual([openssl, gnutls, node])
  })

  it('says where the damage is, and what is lost by it', () => {
    const file = Buffer.from(pemA + damagedB)
    expect(readList(file, 'openssl').problem).toBe(
      `the block at octet ${pemA.length} is damaged or no certificate: OpenSSL then takes nothing of the file`,
    )
    expect(readList(file, 'node').problem).toBe(
      `the block at octet ${pemA.length} is damaged or no certificate: Node takes nothing from there on`,
    )
    expect(readList(a, 'gnutls').problem).toBe('no certificate in it: it is DER, and only PEM is read')
    expect(readList(Buffer.from(trusted('')), 'gnutls').problem).toBe('no certificate in it: GnuTLS skips TRUSTED CERTIFICATE blocks')
    expect(readList(Buffer.from(pemA), 'gnutls').problem).toBeNull()
  })

  it('of many BEGIN lines and no END is read in linear time', () => {
    const file = Buffer.from('-----BEGIN CERTIFICATE-----\n'.repeat(50_000))
    for (const reader of ['openssl', 'gnutls', 'node'] as const) expect(readList(file, reader).certificates).toEqual([])
  })
})
