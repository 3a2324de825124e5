import { defineCertificateCase } from '../certificate-case.ts'

/** The leaf has a critical extension that go does not know. */
export const unhandledCriticalExtension = defineCertificateCase({
  id: 'unhandled-critical-extension',
  summary: 'the leaf has an unknown critical extension',
})
