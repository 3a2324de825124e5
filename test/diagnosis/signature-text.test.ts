import { describe, expect, it } from 'vitest'
import type { GoFacts } from '../../src/diagnosis/observation.ts'
import { refuseSignature } from '../../src/diagnosis/signature-text.ts'
import { proven } from './observation-builders.ts'

const SHA1 = { id: 0x0203, name: 'ecdsa_sha1' }
const PSS512 = { id: 0x0806, name: 'rsa_pss_rsae_sha512' }
const PSS256 = { id: 0x0804, name: 'rsa_pss_rsae_sha256' }
const RSA = { key: 'RSA 1024', keyKind: 'RSA', modulusBytes: 128, hasRsaSuite: true } as const

function go(version: string, godebug = ''): GoFacts {
  return { version, isKnown: true, godebug }
}

describe('refuseSignature', () => {
  it('takes SHA-1 in TLS 1.2 until go 1.24, and later with tlssha1=1', () => {
    const proof = proven('fits', { scheme: SHA1 })
    expect(refuseSignature(proof, go('1.24.13'))).toBeUndefined()
    expect(refuseSignature(proof, go('1.26.8', 'http2client=0,tlssha1=1'))).toBeUndefined()
    expect(refuseSignature(proof, go('1.26.8'))).toMatchObject({ kind: 'scheme' })
    expect(refuseSignature(proven('fits', { scheme: SHA1, version: '1.3' }), go('1.21.13'))).toMatchObject({ kind: 'scheme' })
  })

  it('wants the scheme of the own curve in TLS 1.3 since go 1.25, and never in TLS 1.2', () => {
    const proof = proven('fits', { key: 'ECDSA P-384', version: '1.3' })
    expect(refuseSignature(proof, go('1.24.13'))).toBeUndefined()
    expect(refuseSignature(proof, go('1.25.0'))?.goText).toBe('tls: certificate used with invalid signature algorithm')
    expect(refuseSignature({ ...proof, version: '1.2' }, go('1.26.8'))).toBeUndefined()
  })

  it('wants an RSA key that is long enough for its scheme', () => {
    const proof = proven('fits', { ...RSA, version: '1.3', scheme: PSS512 })
    expect(refuseSignature(proof, go('1.26.8'))).toMatchObject({ kind: 'scheme' })
    expect(refuseSignature({ ...proof, scheme: PSS256 }, go('1.26.8'))).toBeUndefined()
  })

  it('says which kind of key it expected where another kind signed', () => {
    const mixed = proven('does not fit', { version: '1.3', scheme: PSS256 })
    expect(refuseSignature(mixed, go('1.24.13'))?.goText).toBe(
      'tls: invalid signature by the server certificate: expected an RSA public key, got *ecdsa.PublicKey',
    )
    expect(refuseSignature(mixed, go('1.26.8'))).toEqual({
      kind: 'signature',
      goText: 'tls: certificate used with invalid signature algorithm',
    })
    expect(refuseSignature({ ...mixed, version: '1.2' }, go('1.26.8'))?.goText).toBe('tls: invalid ServerKeyExchange message')
  })

  it('takes a scheme of another curve for another key where the octets do not fit either', () => {
    const scheme = { id: 0x0503, name: 'ecdsa_secp384r1_sha384' }
    const other = proven('does not fit', { version: '1.3', scheme })
    expect(refuseSignature(other, go('1.26.8'))).toMatchObject({ kind: 'signature' })
    expect(refuseSignature({ ...other, outcome: 'fits' }, go('1.26.8'))).toMatchObject({ kind: 'scheme' })
    expect(refuseSignature(other, go('1.21.13'))?.goText).toBe(
      'tls: invalid signature by the server certificate: ECDSA verification failure',
    )
  })

  it('accepts what fits and says nothing of what was not seen', () => {
    expect(refuseSignature(proven('fits'), go('1.26.8'))).toBeUndefined()
    expect(refuseSignature(proven('not seen'), go('1.26.8'))).toBeUndefined()
    expect(refuseSignature(proven('not seen', { scheme: null }), go('1.26.8'))).toBeUndefined()
  })
})
