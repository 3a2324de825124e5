import { describe, expect, it } from 'vitest'
import { CIPHER_SUITES } from '../../src/tls/cipher-suites.ts'
import { isGrease, isGreaseOctet } from '../../src/tls/grease.ts'
import { nameAlert, nameCipherSuite, nameExtension, nameGroup, nameSignatureScheme, nameVersion } from '../../src/tls/registry.ts'

describe('names of numbers', () => {
  it.each([
    [nameCipherSuite(0x1301), 'TLS_AES_128_GCM_SHA256'],
    [nameCipherSuite(0xc02b), 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
    [nameCipherSuite(0x5600), 'TLS_FALLBACK_SCSV'],
    [nameCipherSuite(0x9999), 'unknown'],
    [nameGroup(4588), 'X25519MLKEM768'],
    [nameGroup(0xdada), 'GREASE'],
    [nameSignatureScheme(0x0804), 'rsa_pss_rsae_sha256'],
    [nameSignatureScheme(0x0402), 'dsa_sha256'],
    [nameExtension(65281), 'renegotiation_info'],
    [nameVersion(0x0304), 'TLS 1.3'],
    [nameVersion(0x7f1c), 'TLS 1.3 draft 28'],
  ])('%o', (named, name) => {
    expect(named.name).toBe(name)
  })

  it('of cipher suites are all TLS_ and each is there once', () => {
    const names = Object.values(CIPHER_SUITES)
    expect(names.every((name) => name.startsWith('TLS_'))).toBe(true)
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThan(340)
  })

  it('of alerts are those of RFC 8446', () => {
    expect([0, 40, 42, 48, 70, 112, 116, 120, 99].map(nameAlert)).toEqual([
      'close_notify',
      'handshake_failure',
      'bad_certificate',
      'unknown_ca',
      'protocol_version',
      'unrecognized_name',
      'certificate_required',
      'no_application_protocol',
      'unknown',
    ])
  })
})

describe('GREASE', () => {
  it('has sixteen 16-bit and eight 8-bit values', () => {
    const all = Array.from({ length: 65536 }, (_, value) => value)
    expect(all.filter(isGrease)).toHaveLength(16)
    expect(all.filter(isGreaseOctet)).toEqual([0x0b, 0x2a, 0x49, 0x68, 0x87, 0xa6, 0xc5, 0xe4])
  })
})
