import type { Diagnosis } from '../contract/diagnosis.ts'

/** A diagnosis of one handshake; the store groups those with the same run, cause, host and port into one `Diagnosis` when it reads. */
export interface DiagnosisDraft extends Omit<Diagnosis, 'id' | 'handshakes' | 'count'> {
  /** Typed evidence as JSON. */
  readonly facts: unknown
}
