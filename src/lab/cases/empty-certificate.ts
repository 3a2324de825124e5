import { defineRawCertificateCase } from '../certificate-case.ts'

/** The Certificate message is empty. */
export const emptyCertificate = defineRawCertificateCase({ id: 'empty-certificate', summary: 'the server sends no certificate' })
