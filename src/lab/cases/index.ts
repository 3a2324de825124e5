/** All lab cases by id: one for each cause, and `ok`. */
import { certExpired } from './cert-expired.ts'
import { missingIntermediate } from './missing-intermediate.ts'
import { ok } from './ok.ts'
import { peerReset } from './peer-reset.ts'

export const LAB_CASES = {
  ok,
  'cert-expired': certExpired,
  'missing-intermediate': missingIntermediate,
  'peer-reset': peerReset,
}
