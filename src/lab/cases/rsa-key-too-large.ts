import { defineRawCertificateCase } from '../certificate-case.ts'

/** The leaf's RSA modulus has 8208 bits, 16 more than go takes. */
export const rsaKeyTooLarge = defineRawCertificateCase({ id: 'rsa-key-too-large', summary: 'the leaf has an RSA key of 8208 bits' })
