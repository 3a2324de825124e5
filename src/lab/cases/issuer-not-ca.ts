import { defineCertificateCase } from '../certificate-case.ts'

/** The issuer of the leaf is marked as not a CA. */
export const issuerNotCa = defineCertificateCase({ id: 'issuer-not-ca', summary: 'the issuer of the leaf is no CA' })
