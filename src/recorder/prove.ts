/** Check again what the server proved: that it holds its certificate's key, and that it saw the same handshake. Pure. */
import type { ProbeResult } from '../diagnosis/observation.ts'
import { checkFinishedProof } from '../handshake/finished-proof.ts'
import { checkKeyProof, type KeyProof } from '../handshake/key-proof.ts'
import type { ServerProof } from '../handshake/server-proof.ts'
import type { Transcript } from '../handshake/transcript.ts'

/** The proofs of a connection, from its own octets where they tell, else from the probe's. */
export function proveServer(own: Transcript | null, probe: ProbeResult | null): ServerProof {
  const ownKey = own === null ? null : checkKeyProof(own)
  const isOwn = wasSeen(ownKey) || probe === null
  return {
    key: isOwn ? ownKey : checkKeyProof(probe.transcript),
    keySource: isOwn ? 'wire' : 'probe',
    finished: probe === null ? 'not seen' : checkFinishedProof(probe.transcript, probe.flight),
  }
}

function wasSeen(proof: KeyProof | null): boolean {
  return proof !== null && proof.outcome !== 'not seen'
}
