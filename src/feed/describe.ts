/** What the API says of one handshake and of one run. */
import type { Document } from '../contract/document.ts'
import type { Handshake } from '../contract/handshake.ts'
import type { Store } from '../store/store.ts'
import type { HandshakeDetail } from './protocol.ts'

/** A handshake with its diagnosis, its run and the other attempts of the same. */
export function describeHandshake(store: Store, handshake: Handshake): HandshakeDetail {
  const diagnosis = handshake.diagnosis === null ? null : (store.diagnosis(handshake.diagnosis) ?? null)
  return {
    handshake,
    diagnosis,
    run: handshake.runId === null ? null : (store.run(handshake.runId) ?? null),
    attempts: diagnosis?.handshakes ?? [handshake.id],
  }
}

/** A run with all that belongs to it. */
export function describeRun(store: Store, runId: number) {
  return {
    run: store.run(runId) ?? null,
    warnings: store.warnings(runId),
    diagnoses: store.diagnoses({ runId }),
    handshakes: store.handshakeIdsOfRun(runId),
  }
}

/** The document of one handshake, as `whytls export ID` writes it, with its run. */
export function documentOf(store: Store, handshake: Handshake, tool: Document['tool']): Document {
  const { diagnosis, run } = describeHandshake(store, handshake)
  return {
    schema: 'whytls/1',
    tool,
    run,
    diagnoses: diagnosis === null ? [] : [diagnosis],
    warnings: run === null ? [] : store.warnings(run.id),
    handshakes: [handshake],
    environment: { clock: null, roots: [], findings: [] },
  }
}
