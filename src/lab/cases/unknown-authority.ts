import { defineCertificateCase } from '../certificate-case.ts'

/** A whole chain to a private root that the client lacks. */
export const unknownAuthority = defineCertificateCase({
  id: 'unknown-authority',
  summary: 'the chain ends at a root that the client does not have',
})
