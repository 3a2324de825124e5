import { defineCertificateCase } from '../certificate-case.ts'

/** The leaf is for two other names. */
export const certNameMismatch = defineCertificateCase({ id: 'cert-name-mismatch', summary: 'the certificate is for two other names' })
