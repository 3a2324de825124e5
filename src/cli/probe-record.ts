/** Stores what `probe` saw, judged as if go had made the connection. */

import type { RouteHop } from '../contract/handshake.ts'
import { diagnose, toDraft } from '../diagnosis/diagnose.ts'
import type { DiagnosisDraft } from '../diagnosis/draft.ts'
import type { HelloTrial, ProbeResult, ResigningSigns } from '../diagnosis/observation.ts'
import { checkFinishedProof } from '../handshake/finished-proof.ts'
import type { ServerProof } from '../handshake/server-proof.ts'
import { asGoWouldEnd } from '../recorder/as-go-would-end.ts'
import { type ClockAnswers, isClockNeeded, judgeClock } from '../recorder/clock.ts'
import { type Connection, openConnection } from '../recorder/connection.ts'
import { draftHandshake, type GoDescription, observe, withoutClient } from '../recorder/draft.ts'
import { type JudgeInput, judgeChain, type LoadedRoots } from '../recorder/judge.ts'
import { judgeOutcome } from '../recorder/outcome.ts'
import { proveServer } from '../recorder/prove.ts'
import { isComparable } from '../recorder/same-route.ts'
import type { Store } from '../store/store.ts'
import { goRules } from '../x509/rules.ts'

export interface ProbeRecord {
  readonly host: string
  readonly port: number
  readonly route: readonly RouteHop[]
  readonly result: ProbeResult
  readonly go: GoDescription
  readonly roots: LoadedRoots | null
  readonly knownIntermediates: JudgeInput['knownIntermediates']
  /** What others said about the time, where they were asked. */
  readonly answers?: ClockAnswers | null
  /** Ctrl-C ended it: what did not come by then says nothing of the peer. */
  readonly wasStopped?: boolean
  /** Id of go's own handshake that this repeats; absent where go made none. */
  readonly repeats?: number
  /** What changed copies of go's hello met, where they were sent. */
  readonly trials?: readonly HelloTrial[]
  /** What others' chains tell of a refused one. */
  readonly resigning?: ResigningSigns | null
}

/** Queue the row. @returns its key */
export function recordProbe(store: Store, record: ProbeRecord): string {
  const connection = connectionOf(record)
  judge(connection, record)
  connection.resigning = record.resigning ?? null
  connection.trials = record.trials ?? []
  const own = observe(connection, record.go)
  const seen = { ...own, proof: proveOwn(record.result) }
  const draft = connection.outcome === 'failed' ? toDraft(diagnose(seen), seen) : undefined
  connection.findings = draft === undefined ? [] : [withoutGosPart(draft)]
  const row = draftHandshake(connection, record.go.version)
  const flight = record.result.flight === undefined ? {} : { flight: record.result.flight }
  const kin = record.repeats === undefined ? {} : { probeOfId: record.repeats }
  store.put({ ...row, mode: 'probe', client: null, stages: withoutClient(row.stages), ...flight, ...kin })
  return connection.start.key
}

/** The chain is outside its validity, so that the time decides what is wrong. */
export function needsTime(record: ProbeRecord): boolean {
  const connection = connectionOf(record)
  judge(connection, record)
  return isClockNeeded(connection)
}

/** Here the probe is the connection itself. */
function proveOwn(result: ProbeResult): ServerProof {
  return { ...proveServer(result.transcript, null), finished: checkFinishedProof(result.transcript, result.flight) }
}

/** Ask for what others' chains tell, where that could explain the failure. */
export async function compareProbe(
  record: ProbeRecord,
  compare: (connection: Connection) => Promise<ResigningSigns | null>,
): Promise<ResigningSigns | null> {
  const connection = connectionOf(record)
  judge(connection, record)
  return isComparable(connection) ? compare(connection) : null
}

/** go took no part in a probe: what its records would have told is left out. */
function withoutGosPart(draft: DiagnosisDraft): DiagnosisDraft {
  return { ...draft, evidence: draft.evidence.filter(({ source }) => source !== 'inferred') }
}

function connectionOf({ host, port, route, result, repeats }: ProbeRecord): Connection {
  const key = `probe ${result.startedAt.getTime()}${repeats === undefined ? '' : ` of ${repeats}`}`
  const connection = openConnection(
    { key, startedAt: result.startedAt, host, port, clientAddress: '', user: null, method: 'CONNECT' },
    null,
  )
  connection.route = route
  connection.transcript = result.transcript
  connection.dialFailure = result.dialFailure
  connection.ending = result.ending
  connection.closedAtMs = result.durationMs
  connection.tunnelAtMs = result.dialFailure === null ? 0 : null
  return connection
}

function judge(connection: Connection, record: ProbeRecord): void {
  const input = record.roots === null ? null : { ...judgeInput(connection, record), roots: record.roots }
  connection.roots = record.roots?.facts ?? null
  if (input !== null) connection.judged = judgeChain(connection, input)
  const verdict = connection.judged?.verdict ?? null
  if (connection.transcript !== null) connection.transcript = asGoWouldEnd(connection.transcript, verdict)
  if ((verdict !== null && !verdict.ok) || isFinishedBad(record.result)) connection.outcome = 'failed'
  else connection.outcome = record.wasStopped === true || isOverOwnLimit(connection, record.go) ? 'aborted' : judgeOutcome(connection)
  connection.answers = record.answers ?? null
  if (input !== null && isClockNeeded(connection)) connection.clock = judgeClock(connection, input)
}

function judgeInput({ start }: Connection, { go, knownIntermediates }: ProbeRecord): Omit<JudgeInput, 'roots'> {
  return {
    goVersion: go.version,
    godebug: go.godebug,
    timeZoneOffsetMinutes: -start.startedAt.getTimezoneOffset(),
    knownIntermediates,
  }
}

/** In TLS 1.2 our own refusal of Finished looks like a good end. */
function isFinishedBad({ transcript, flight }: ProbeResult): boolean {
  const finished = checkFinishedProof(transcript, flight)
  return transcript.isComplete && (finished === 'does not fit' || finished === 'damaged')
}

/** OpenSSL takes no Certificate message over 100 KiB, go does: then nothing is known of what go would say. */
function isOverOwnLimit({ transcript }: Connection, go: GoDescription): boolean {
  const message = transcript?.unfinishedMessage
  return (
    message?.type === CERTIFICATE &&
    message.lengthBytes > OPENSSL_LIMIT_BYTES &&
    message.lengthBytes <= goRules(go.version).maximumMessageBytes
  )
}

const CERTIFICATE = 11
const OPENSSL_LIMIT_BYTES = 100 * 1024
