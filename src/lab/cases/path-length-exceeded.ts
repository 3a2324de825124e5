import { defineCertificateCase } from '../certificate-case.ts'

/** An intermediate with path length 0 issued another one. */
export const pathLengthExceeded = defineCertificateCase({
  id: 'path-length-exceeded',
  summary: 'the chain is longer than its authority allows',
})
