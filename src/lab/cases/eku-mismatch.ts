import { defineCertificateCase } from '../certificate-case.ts'

/** The leaf is for client authentication only. */
export const ekuMismatch = defineCertificateCase({ id: 'eku-mismatch', summary: 'the leaf is for client authentication only' })
