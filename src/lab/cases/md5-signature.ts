import { defineRawCertificateCase } from '../certificate-case.ts'

/** The leaf is signed with MD5; OpenSSL would not send it to a client that does not offer MD5, so the server is made by hand. */
export const md5Signature = defineRawCertificateCase({ id: 'md5-signature', summary: 'the leaf is signed with MD5' })
