import { describe, expect, it } from 'vitest'
import { parseAlerts } from '../../src/tls/alert.ts'
import { parseCertificate12, parseCertificate13 } from '../../src/tls/certificate-message.ts'
import { parseCertificateRequest12, parseCertificateRequest13 } from '../../src/tls/certificate-request.ts'
import { parseCertificateStatus } from '../../src/tls/certificate-status.ts'
import { carriesDowngradeMark, parseServerHello } from '../../src/tls/server-hello.ts'
import { parseNamedCurve, usesEcdhe } from '../../src/tls/server-key-exchange.ts'
import { readSslv2ClientHello } from '../../src/tls/sslv2.ts'

const random = Array<number>(32).fill(5)

describe('parseServerHello', () => {
  it('takes the version of supported_versions before the legacy one', () => {
    const body = [3, 3, ...random, 0, 0x13, 1, 0, 0, 14, 0, 43, 0, 2, 3, 4, 0, 51, 0, 4, 0, 29, 0, 0]
    expect(parseServerHello(Uint8Array.from(body))).toMatchObject({
      legacyVersion: '0x0303',
      selectedVersion: { name: 'TLS 1.3' },
      cipherSuite: { name: 'TLS_AES_128_GCM_SHA256' },
      keyShareGroup: { name: 'x25519' },
      helloRetryRequest: false,
      ja3s: '771,4865,43-51',
    })
  })

  it('takes the form of early TLS 1.3 drafts, without session id and compression', () => {
    const hello = parseServerHello(Uint8Array.from([0x7f, 18, ...random, 0x13, 1, 0, 0]))
    expect(hello.selectedVersion).toEqual({ id: 0x7f12, name: 'TLS 1.3 draft 18' })
    expect(hello.cipherSuite.id).toBe(0x1301)
  })

  it('sees the downgrade mark at the end of the random', () => {
    const marked = [...random.slice(0, 24), 0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 1]
    expect(carriesDowngradeMark(parseServerHello(Uint8Array.from([3, 3, ...marked, 0, 0xc0, 0x2f, 0])))).toBe(true)
    expect(carriesDowngradeMark(parseServerHello(Uint8Array.from([3, 3, ...random, 0, 0xc0, 0x2f, 0])))).toBe(false)
  })
})

describe('certificate messages', () => {
  it('give the list in wire order, duplicates and empty entries included', () => {
    const { chain } = parseCertificate12(Uint8Array.of(0, 0, 11, 0, 0, 1, 7, 0, 0, 1, 7, 0, 0, 0))
    expect(chain.map((der) => [...der])).toEqual([[7], [7], []])
  })

  it('of TLS 1.3 tell the staple of the leaf only', () => {
    const leaf = [0, 0, 1, 7, 0, 10, 0, 5, 0, 6, 1, 0, 0, 2, 8, 9]
    const other = [0, 0, 1, 8, 0, 5, 0, 5, 0, 1, 1]
    const message = parseCertificate13(Uint8Array.of(0, 0, 0, 27, ...leaf, ...other))
    expect(message.chain).toMatchObject([{ length: 1 }, { length: 1 }])
    expect([...(message.ocspResponse ?? [])]).toEqual([8, 9])
    expect(parseCertificate13(Uint8Array.of(0, 0, 0, 6, 0, 0, 1, 7, 0, 0)).ocspResponse).toBeNull()
  })

  it('may be empty', () => {
    expect(parseCertificate12(Uint8Array.of(0, 0, 0)).chain).toEqual([])
    expect(parseCertificate13(Uint8Array.of(0, 0, 0, 0)).chain).toEqual([])
  })

  it('are refused when they have more entries than any chain', () => {
    const empties = Buffer.concat([Buffer.from([0, 0x30, 0x03]), Buffer.alloc(3 * 4097)])
    expect(() => parseCertificate12(empties)).toThrow(/certificate_list at octet 12291: has more than 4096 entries/)
    expect(parseCertificate12(Buffer.concat([Buffer.from([0, 0x30, 0x00]), Buffer.alloc(3 * 4096)])).chain).toHaveLength(4096)
  })

  it('are refused when an entry runs past the list, with its place', () => {
    expect(() => parseCertificate12(Uint8Array.of(0, 0, 4, 0, 0, 9, 1))).toThrow(
      /certificate_list.certificate at octet 6: needs 9 octets, 1 are left/,
    )
  })
})

describe('certificate requests', () => {
  it('of TLS 1.2 have signature algorithms, of TLS 1.1 none', () => {
    const authorities = [0, 4, 0, 2, 0x30, 0]
    expect(parseCertificateRequest12(Uint8Array.of(1, 64, 0, 2, 4, 3, ...authorities), true)).toMatchObject({
      certificateTypes: [64],
      signatureAlgorithms: [{ name: 'ecdsa_secp256r1_sha256' }],
      certificateAuthorities: [{ length: 2 }],
    })
    expect(parseCertificateRequest12(Uint8Array.of(1, 64, ...authorities), false).signatureAlgorithms).toEqual([])
  })

  it('of TLS 1.3 say all in extensions', () => {
    const request = parseCertificateRequest13(Uint8Array.of(0, 0, 8, 0, 13, 0, 4, 0, 2, 8, 4))
    expect(request).toMatchObject({ certificateTypes: [], signatureAlgorithms: [{ name: 'rsa_pss_rsae_sha256' }] })
  })
})

describe('small messages', () => {
  it('a ServerKeyExchange names its curve where it has one', () => {
    expect(parseNamedCurve(Uint8Array.of(3, 0, 29, 32))).toEqual({ id: 29, name: 'x25519' })
    expect(parseNamedCurve(Uint8Array.of(1))).toBeNull()
    expect([usesEcdhe('TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'), usesEcdhe('TLS_DHE_RSA_WITH_AES_128_GCM_SHA256')]).toEqual([true, false])
  })

  it('a CertificateStatus gives its OCSP response', () => {
    expect([...(parseCertificateStatus(Uint8Array.of(1, 0, 0, 2, 8, 9)) ?? [])]).toEqual([8, 9])
    expect(parseCertificateStatus(Uint8Array.of(2))).toBeNull()
  })

  it('an alert record may hold several alerts; octets that must be encrypted are none', () => {
    expect(parseAlerts(Uint8Array.of(2, 40)).map(({ name }) => name)).toEqual(['handshake_failure'])
    expect(parseAlerts(Uint8Array.of(1, 112, 1, 0)).map(({ name }) => name)).toEqual(['unrecognized_name', 'close_notify'])
    expect(parseAlerts(Uint8Array.of(2, 40, 0)).map(({ name }) => name)).toEqual(['handshake_failure'])
    expect(parseAlerts(Uint8Array.of(5, 5))).toEqual([{ level: 5, code: 5, name: 'unknown' }])
    expect(parseAlerts(Uint8Array.from(random))).toEqual([])
    expect(parseAlerts(Uint8Array.of(2))).toEqual([])
  })

  it('an SSL 2.0 hello is one only when its lengths add up', () => {
    const hello = [0x80, 0x0e, 1, 0, 2, 0, 3, 0, 0, 0, 2, 1, 0, 0x80, 9, 9]
    expect(readSslv2ClientHello(Uint8Array.from(hello))).toMatchObject({
      version: { name: 'SSL 2.0' },
      cipherSpecs: [65664],
      wireBytes: 16,
    })
    expect(readSslv2ClientHello(Uint8Array.from(hello.slice(0, 9)))).toBe('incomplete')
    expect(readSslv2ClientHello(Uint8Array.from([...hello.slice(0, 10), 3, ...hello.slice(11)]))).toBeNull()
    expect(readSslv2ClientHello(Uint8Array.of(22, 3, 1))).toBeNull()
  })
})
