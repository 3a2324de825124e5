import { defineCertificateCase } from '../certificate-case.ts'

/** The leaf is its own issuer. */
export const certSelfSigned = defineCertificateCase({ id: 'cert-self-signed', summary: 'the leaf certificate is self-signed' })
