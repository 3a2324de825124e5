import { defineCertificateCase } from '../certificate-case.ts'

/** The serial number is negative; go 1.24 and newer refuse to parse it. */
export const certNegativeSerial = defineCertificateCase({
  id: 'cert-negative-serial',
  summary: 'the leaf has a negative serial number',
  refusedSince: '1.24',
})
