import { defineCertificateCase } from '../certificate-case.ts'

/** The server speaks one protocol over TLS, which go does not offer, and says so by alert 120. */
export const alpnMismatch = defineCertificateCase({
  id: 'alpn-mismatch',
  summary: 'the server takes none of the protocols that go offers',
  recipe: 'ok',
  expect: { cause: 'alpn-mismatch', leg: 'upstream', stage: 'client-hello' },
  origin: { protocols: ['spdy/3.1'] },
})
