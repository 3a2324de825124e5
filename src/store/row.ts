/** What the list shows of a handshake, taken from its draft: the columns of `handshakes` and the rows of the memory store come from here. Pure. */
import type { StageState } from '../contract/handshake.ts'
import type { HandshakeDraft, HandshakeRow } from './store.ts'

/** The part of a row that the draft alone decides. */
export type RowFacts = Omit<HandshakeRow, 'id' | 'seq' | 'runId' | 'probeOf'>

/** Summarise a draft: where and why it failed, what was negotiated, who issued the leaf, by which route. */
export function summarise(draft: HandshakeDraft): RowFacts {
  const finding = draft.findings[0]
  const failed = draft.stages.find((stage) => stage.status === 'failed')
  return {
    mode: draft.mode,
    startedAt: draft.startedAt,
    durationMs: draft.durationMs,
    outcome: draft.outcome,
    host: draft.target.host,
    port: draft.target.port,
    leg: finding ? finding.leg : (failed?.leg ?? null),
    stage: finding ? finding.stage : (failed?.stage ?? null),
    cause: finding?.cause ?? null,
    title: finding?.title ?? null,
    version: draft.serverHello?.selectedVersion.name ?? null,
    alpn: draft.serverHello?.alpn ?? null,
    group: draft.serverHello?.keyShareGroup?.name ?? null,
    issuer: draft.certificates?.chain[0]?.issuer ?? null,
    ja4: draft.clientHello?.ja4 ?? null,
    waitingFor: draft.waitingFor,
    route: draft.route.map((hop) => hop.address).join(' > '),
    ...(draft.imported === undefined ? {} : { imported: draft.imported }),
    stages: draft.stages.map(copyStage),
  }
}

function copyStage(state: StageState): StageState {
  return { ...state }
}
