import { defineClientCertificateCase } from '../client-certificate-case.ts'

/** TLS 1.3 with a client certificate demanded; the refusal comes after go thinks that all is well. */
export const clientCertRequired = defineClientCertificateCase({
  id: 'client-cert-required',
  summary: 'the server wants a client certificate (TLS 1.3)',
  version: 'TLSv1.3',
  stage: 'application-data',
})
