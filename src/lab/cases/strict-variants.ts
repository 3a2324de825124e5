/** Origins that go and OpenSSL judge differently: a proxy that asks OpenSSL would change what go meets. */
import type { LabCase } from '../case.ts'
import { defineCertificateCase } from '../certificate-case.ts'
import { defineClientCertificateCase } from '../client-certificate-case.ts'

const NOTHING = { cause: 'ok', leg: null, stage: null } as const
const RSA_EXCHANGE = { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' } as const

export const STRICT_VARIANTS: readonly LabCase[] = [
  defineCertificateCase({
    id: 'no-common-cipher/rsa-exchange',
    summary: 'the server takes RSA key exchange only',
    recipe: 'rsa-leaf',
    refusedSince: '1.24',
    expect: { cause: 'no-common-cipher', leg: 'upstream', stage: 'client-hello' },
    origin: RSA_EXCHANGE,
  }),
  defineCertificateCase({ id: 'ok/rsa-1024', summary: 'an RSA key of 1024 bits', recipe: 'rsa-1024', expect: NOTHING }),
  defineCertificateCase({
    id: 'ok/rsa-1024-tls12',
    summary: 'an RSA key of 1024 bits, TLS 1.2',
    recipe: 'rsa-1024',
    expect: NOTHING,
    origin: { maxVersion: 'TLSv1.2' },
  }),
  defineClientCertificateCase({
    id: 'ok/client-cert-optional',
    summary: 'a client certificate is asked for, but none is taken too',
    version: 'TLSv1.3',
    isOptional: true,
  }),
]
