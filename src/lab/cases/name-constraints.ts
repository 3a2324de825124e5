import { defineCertificateCase } from '../certificate-case.ts'

/** The intermediate may sign for corp.test only. */
export const nameConstraints = defineCertificateCase({ id: 'name-constraints', summary: 'the intermediate may not sign for this host' })
