/** Group the diagnoses of single handshakes into the answers that people read: one per run, cause, host and port. Pure. */
import type { Diagnosis } from '../contract/diagnosis.ts'
import { STAGES } from '../contract/terms.ts'
import type { DiagnosisDraft } from '../diagnosis/draft.ts'

/** The first finding of one handshake. */
export interface FoundDiagnosis {
  readonly id: number
  readonly handshakeId: number
  readonly runId: number | null
  readonly finding: Omit<DiagnosisDraft, 'facts'>
}

/** What makes two findings one diagnosis; outside a run every handshake stands alone. */
export function groupKey({ runId, handshakeId, finding }: FoundDiagnosis): string {
  const owner = runId === null ? `handshake ${handshakeId}` : `run ${runId}`
  return JSON.stringify([owner, finding.cause, finding.host, finding.port])
}

/** One `Diagnosis` per group, earliest stage first, then the most frequent, then the last. The id is the smallest of the group;
 *  the words are those of its most confident finding (the earliest of equals). */
export function groupDiagnoses(found: readonly FoundDiagnosis[]): Diagnosis[] {
  const groups = new Map<string, FoundDiagnosis[]>()
  for (const one of found) {
    const key = groupKey(one)
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return [...groups.values()].flatMap(joinGroup).sort(compareDiagnoses)
}

function joinGroup(group: readonly FoundDiagnosis[]): Diagnosis[] {
  const byId = group.toSorted((a, b) => a.id - b.id)
  const [first] = byId
  const best = byId.toSorted((a, b) => rankConfidence(a) - rankConfidence(b))[0]
  if (!first || !best) return []
  return [
    {
      ...best.finding,
      evidence: best.finding.evidence.map((line) => ({ ...line, ref: wholeReference(line.ref, best.handshakeId) })),
      id: first.id,
      handshakes: byId.map((one) => one.handshakeId).toSorted((a, b) => a - b),
      count: byId.length,
    },
  ]
}

/** "records/1" of a finding is "418/records/1" of its handshake: the id is only known here. */
function wholeReference(ref: string | null, handshakeId: number): string | null {
  return ref === null || /^\d/.test(ref) ? ref : `${handshakeId}/${ref}`
}

function rankConfidence({ finding }: FoundDiagnosis): number {
  return CONFIDENCES.indexOf(finding.confidence)
}

function compareDiagnoses(a: Diagnosis, b: Diagnosis): number {
  return rankStage(a) - rankStage(b) || b.count - a.count || lastOf(b) - lastOf(a)
}

/** Of equals the last one comes first: go tries one entry of GOPROXY behind the other and speaks of the last. */
function lastOf({ handshakes }: Diagnosis): number {
  return handshakes.at(-1) ?? 0
}

function rankStage({ stage }: Diagnosis): number {
  return stage === null ? STAGES.length : STAGES.indexOf(stage)
}

const CONFIDENCES = ['certain', 'high', 'likely', 'possible'] as const
