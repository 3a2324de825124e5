import { join } from 'node:path'
import type { LabCase } from '../case.ts'
import { ok } from './ok.ts'

/** The chain is sound, but SSL_CERT_FILE names a file that is not there and SSL_CERT_DIR an empty folder. */
export const clientRootsMissing: LabCase = {
  id: 'client-roots-missing',
  summary: 'the client has no roots at all',
  expect: { cause: 'client-roots-missing', leg: 'upstream', stage: 'certificate' },
  async up(world) {
    const origin = await ok.up(world)
    return { ...origin, env: { ...origin.env, SSL_CERT_FILE: join(world.folder, 'ca-bundel.pem') } }
  },
}
