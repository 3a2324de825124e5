import { defineCertificateCase } from '../certificate-case.ts'

/** The leaf begins in two days. */
export const certNotYetValid = defineCertificateCase({ id: 'cert-not-yet-valid', summary: 'the leaf certificate begins in two days' })
