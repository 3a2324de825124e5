import { defineCertificateCase } from '../certificate-case.ts'

/** The leaf is signed with SHA-1. */
export const sha1Signature = defineCertificateCase({ id: 'sha1-signature', summary: 'the leaf is signed with SHA-1' })
