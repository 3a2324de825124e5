import { defineCertificateCase } from '../certificate-case.ts'

/** TLS 1.2 with one CCM suite, which no go offers. */
export const noCommonCipher = defineCertificateCase({
  id: 'no-common-cipher',
  summary: 'the server takes a cipher suite only that go does not offer',
  recipe: 'ok',
  expect: { cause: 'no-common-cipher', leg: 'upstream', stage: 'client-hello' },
  origin: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-CCM' },
})
