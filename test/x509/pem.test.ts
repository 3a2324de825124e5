import { describe, expect, it } from 'vitest'
import { decodePem, decodePemCertificates } from '../../src/x509/pem.ts'
import { goRules } from '../../src/x509/rules.ts'
import { toPem } from './mint.ts'

const OLD = goRules('1.23.12')
const NEW = goRules('1.26.8')
const block = toPem(Buffer.from('abc'))

describe.each([OLD, NEW])('PEM as go $version reads it', (rules) => {
  it('finds blocks between other lines, with CRLF and with headers', () => {
    expect(decodePem(Buffer.from(`text\n${block}more\n${block.replaceAll('\n', '\r\n')}`), rules)).toHaveLength(2)
    const withHeaders = block.replace('-----\n', '-----\nName: value\n\n')
    expect(decodePem(Buffer.from(withHeaders), rules)).toMatchObject([{ type: 'CERTIFICATE', hasHeaders: true }])
    expect(decodePemCertificates(Buffer.from(withHeaders), rules)).toEqual([])
  })

  it('skips a block whose END line has another type, and base64 that does not decode', () => {
    expect(decodePem(Buffer.from(block.replace('END CERTIFICATE', 'END KEY')), rules)).toEqual([])
    expect(decodePem(Buffer.from(`${block.replace('YWJj', 'YWJ')}${block}`), rules)).toHaveLength(1)
  })

  it('loses the good block behind one that is cut in the middle of a line', () => {
    expect(decodePem(Buffer.from(`-----BEGIN CERTIFICATE-----\nYWJj${block}${block}`), rules)).toHaveLength(1)
  })

  it('takes time in proportion to the length, whatever the lines', () => {
    const lines = 40_000
    const files = [
      '-----BEGIN CERTIFICATE-----\n',
      '\n-----END CERTIFICATE-----\n',
      '-----BEGIN X\n',
      'a: b\n',
      '-----BEGIN CERTIFICATE-----\na:b\n',
    ]
    for (const line of files) expect(decodePem(Buffer.from(`${line.repeat(lines)}${block}`), rules).length).toBeLessThan(2)
  }, 4000)
})
