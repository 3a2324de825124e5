import { defineRawCertificateCase } from '../certificate-case.ts'

/** The leaf's key is Ed448; a server by the book would send no certificate at all, so this one is made by hand. */
export const unsupportedPublicKey = defineRawCertificateCase({ id: 'unsupported-public-key', summary: 'the leaf has an Ed448 key' })
