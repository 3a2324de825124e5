import { defineCertificateCase } from '../certificate-case.ts'

/** The leaf ended three days ago. */
export const certExpired = defineCertificateCase({ id: 'cert-expired', summary: 'the leaf certificate ended three days ago' })
