import { defineCertificateCase } from '../certificate-case.ts'

/** Nothing is wrong: TLS 1.3 and 1.2, HTTP/2 and HTTP/1.1. */
export const ok = defineCertificateCase({
  id: 'ok',
  summary: 'nothing is wrong; the download works',
  expect: { cause: 'ok', leg: null, stage: null },
})
