import { defineCertificateCase } from '../certificate-case.ts'

/** TLS 1.1 and older only; the server refuses go's ClientHello by an alert. */
export const serverVersionTooOld = defineCertificateCase({
  id: 'server-version-too-old',
  summary: 'the server speaks TLS 1.1 and older only',
  recipe: 'ok',
  expect: { cause: 'server-version-too-old', leg: 'upstream', stage: 'client-hello' },
  origin: { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' },
})
