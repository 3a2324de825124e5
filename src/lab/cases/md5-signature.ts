import { defineCertificateCase } from '../certificate-case.ts'

/** The leaf is signed with MD5. */
export const md5Signature = defineCertificateCase({ id: 'md5-signature', summary: 'the leaf is signed with MD5' })
