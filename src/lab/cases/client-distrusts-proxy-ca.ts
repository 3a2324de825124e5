import type { LabCase } from '../case.ts'
import { ok } from './ok.ts'

/**
 * A sound host. The failure is the client's alone and exists in intercept mode only: `whytls run --intercept -- env SSL_CERT_FILE=… go mod download`,
 * with a bundle that lacks the authority of the run (test/e2e/intercept-clients.test.ts).
 */
export const clientDistrustsProxyCa: LabCase = {
  ...ok,
  id: 'client-distrusts-proxy-ca',
  summary: 'a sound host, for a client that refuses the authority of intercept mode',
}
