import { defineCertificateCase } from '../certificate-case.ts'

/** The host stands in the CN alone. */
export const certNoSan = defineCertificateCase({ id: 'cert-no-san', summary: 'the certificate names its host in the CN alone' })
