/** What the server's own proofs showed when they were checked again. Pure data. */
import type { FinishedProof } from './finished-proof.ts'
import type { KeyProof } from './key-proof.ts'

/** Both proofs, and whose session each was read from: the client's own (`wire`) or a probe's. */
export interface ServerProof {
  readonly key: KeyProof | null
  readonly keySource: 'wire' | 'probe'
  /** Only a probe's secrets open a Finished. */
  readonly finished: FinishedProof
}
