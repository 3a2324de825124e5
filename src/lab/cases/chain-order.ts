import { defineRawCertificateCase } from '../certificate-case.ts'

/** The server sends its intermediate first. */
export const chainOrder = defineRawCertificateCase({ id: 'chain-order', summary: 'the intermediate is sent before the leaf' })
