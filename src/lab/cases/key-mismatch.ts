import type { LabCase } from '../case.ts'
import { defineRsaExchangeCase } from '../rsa-exchange-case.ts'
import { defineSignatureCase } from '../signature-case.ts'

/** The certificate was renewed, the key in use is still another one. */
export const keyMismatch = defineSignatureCase({
  id: 'key-mismatch',
  summary: 'the server signs with a key that is not its certificate’s (TLS 1.3)',
  version: '1.3',
  keyOf: 'ok',
})

const SIGNED_BADLY = { cause: 'unsupported-public-key', leg: 'upstream', stage: 'key-exchange' } as const

/** Other keys, versions and schemes. */
export const SIGNATURE_VARIANTS: readonly LabCase[] = [
  defineSignatureCase({ id: 'key-mismatch/tls12', summary: 'another key signs, TLS 1.2', version: '1.2', keyOf: 'ok' }),
  defineSignatureCase({
    id: 'key-mismatch/rsa',
    summary: 'another RSA key signs, TLS 1.3',
    version: '1.3',
    recipe: 'rsa-leaf',
    keyOf: 'rsa-leaf',
  }),
  defineSignatureCase({
    id: 'key-mismatch/rsa-tls12',
    summary: 'another RSA key signs, TLS 1.2',
    version: '1.2',
    recipe: 'rsa-leaf',
    keyOf: 'rsa-leaf',
  }),
  defineSignatureCase({
    id: 'key-mismatch/ed25519',
    summary: 'another Ed25519 key signs',
    version: '1.3',
    recipe: 'ed25519-leaf',
    keyOf: 'ed25519-leaf',
  }),
  defineSignatureCase({
    id: 'key-mismatch/kinds',
    summary: 'an RSA key signs for an ECDSA certificate',
    version: '1.3',
    keyOf: 'rsa-leaf',
  }),
  defineRsaExchangeCase('key-mismatch/rsa-exchange', 'another RSA key decrypts the client’s secret (TLS 1.2 without ECDHE)', 20, {
    cause: 'key-mismatch',
    leg: 'upstream',
    stage: 'finished',
  }),
  defineSignatureCase({
    id: 'unsupported-public-key/pkcs1',
    summary: 'the handshake is signed with PKCS #1 v1.5, which TLS 1.3 does not have',
    version: '1.3',
    recipe: 'rsa-leaf',
    scheme: { id: 0x0401, hash: 'sha256' },
    expect: SIGNED_BADLY,
  }),
  defineSignatureCase({
    id: 'unsupported-public-key/sha1',
    summary: 'the handshake is signed with SHA-1, which TLS 1.3 does not have',
    version: '1.3',
    scheme: { id: 0x0203, hash: 'sha1' },
    expect: SIGNED_BADLY,
  }),
]
