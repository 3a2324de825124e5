import { defineCertificateCase } from '../certificate-case.ts'

/** The intermediate's RSA key has 1000 bits; go 1.24 and newer refuse it. */
export const weakRsaKey = defineCertificateCase({
  id: 'weak-rsa-key',
  summary: 'the intermediate has an RSA key of 1000 bits',
  refusedSince: '1.24',
})
