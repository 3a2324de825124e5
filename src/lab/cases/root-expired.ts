import { defineCertificateCase } from '../certificate-case.ts'

/** The trusted root ended nine days ago. */
export const rootExpired = defineCertificateCase({ id: 'root-expired', summary: 'the trusted root ended nine days ago' })
