import { defineCertificateCase } from '../certificate-case.ts'

/** TLS 1.3 with X448 alone, which no go offers; the server refuses go's ClientHello by an alert. */
export const noCommonGroup = defineCertificateCase({
  id: 'no-common-group',
  summary: 'the server takes a key exchange group only that go does not offer',
  recipe: 'ok',
  expect: { cause: 'no-common-group', leg: 'upstream', stage: 'server-hello' },
  origin: { groups: 'X448' },
})
