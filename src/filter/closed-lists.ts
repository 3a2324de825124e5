/** Fields whose values are a closed list. */
import { STAGES } from '../contract/terms.ts'
import type { TextField } from './filter.ts'

export const CLOSED_LISTS: Readonly<Partial<Record<TextField, readonly string[]>>> = {
  stage: STAGES,
  leg: ['client', 'parent', 'upstream'],
  status: ['passed', 'failed', 'aborted', 'open'],
  mode: ['observe', 'intercept', 'probe'],
}
