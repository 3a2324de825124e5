import { createSecureContext } from 'node:tls'
import { describe, expect, it } from 'vitest'
import type { ClientHello } from '../../src/contract/handshake.ts'
import { shapeHello, shapeWidestHello } from '../../src/proxy/hello-shape.ts'
import { CLIENT_HELLO } from '../diagnosis/observation-builders.ts'

const GO_126 = ['rsa_pss_rsae_sha256', 'ecdsa_secp256r1_sha256', 'ed25519', 'rsa_pkcs1_sha256', 'ecdsa_secp521r1_sha512']
const GO_121 = [...GO_126, 'rsa_pkcs1_sha1', 'ecdsa_sha1']

describe('the hello of a probe', () => {
  it('is one that OpenSSL takes, whatever go offers', () => {
    for (const schemes of [GO_126, GO_121, ['ecdsa_sha1'], ['ed448', 'mldsa65'], []]) {
      expect(() => createSecureContext({ ca: [], ...shapeHello(offering(schemes)) }), schemes.join(':')).not.toThrow()
    }
    expect(() => createSecureContext({ ca: [], ...shapeHello(null) })).not.toThrow()
    expect(() => createSecureContext({ ca: [], ...shapeWidestHello() })).not.toThrow()
  })

  it('offers the SHA-1 schemes that go has up to 1.24', () => {
    expect(shapeHello(offering(GO_121)).sigalgs).toBe([...GO_126, 'rsa_pkcs1_sha1', 'ECDSA+SHA1'].join(':'))
  })
})

describe('a client that offers TLS 1.3 alone', () => {
  const suites = [{ id: 0x1301, name: 'TLS_AES_128_GCM_SHA256' }]
  const alone = { ...CLIENT_HELLO, cipherSuites: suites, supportedVersions: [{ id: 0x0304, name: 'TLS 1.3' }] }

  it('is one that OpenSSL takes, and offers no older version', () => {
    for (const hello of [alone, { ...CLIENT_HELLO, cipherSuites: suites }]) {
      expect(() => createSecureContext({ ca: [], ...shapeHello(hello) })).not.toThrow()
      expect(shapeHello(hello)).toMatchObject({ minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' })
    }
    expect(shapeHello(null)).toMatchObject({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' })
  })
})

function offering(schemes: readonly string[]): ClientHello {
  return { ...CLIENT_HELLO, signatureAlgorithms: schemes.map((name, id) => ({ id, name })) }
}
