import { defineCertificateCase } from '../certificate-case.ts'

/** The intermediate ended five days ago; go prints the same words as for a leaf. */
export const intermediateExpired = defineCertificateCase({
  id: 'intermediate-expired',
  summary: 'the intermediate certificate ended five days ago',
})
