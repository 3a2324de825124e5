import { defineRawCertificateCase } from '../certificate-case.ts'

/** One extension stands twice in the leaf. */
export const certMalformed = defineRawCertificateCase({ id: 'cert-malformed', summary: 'the leaf has one extension twice' })
