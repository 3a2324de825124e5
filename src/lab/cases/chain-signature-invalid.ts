import { defineCertificateCase } from '../certificate-case.ts'

/** One bit of the leaf's signature is turned over. */
export const chainSignatureInvalid = defineCertificateCase({
  id: 'chain-signature-invalid',
  summary: 'the signature of the leaf is damaged',
})
