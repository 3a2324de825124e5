/** What others said about the time, weighed by the verifier. Pure. */

import { hasValidityDefect } from '../diagnosis/clock-words.ts'
import { readSentAt } from '../diagnosis/http-date.ts'
import type { ClockFacts, OtherClock } from '../diagnosis/observation.ts'
import { findTrueTime } from '../diagnosis/true-time.ts'
import type { ToldTime } from '../proxy/ask-date.ts'
import { verifyChain } from '../x509/verify.ts'
import type { Connection } from './connection.ts'
import { type JudgeInput, requestOf } from './judge.ts'

/** All that was said when the time was asked for. */
export interface ClockAnswers {
  readonly ntp: ClockFacts['ntp']
  readonly told: readonly ToldTime[]
}

/** The chain is refused for a defect that a wrong clock can make. */
export function isClockNeeded({ judged, outcome }: Connection): boolean {
  const first = judged?.verdict.defects.slice(0, 1) ?? []
  return outcome === 'failed' && judged !== null && hasValidityDefect({ ...judged.verdict, defects: first })
}

/** The clocks of others beside this machine's, and the refused chain at the time that they tell. */
export function judgeClock(connection: Connection, input: JudgeInput): ClockFacts {
  const { answers, judged, start } = connection
  const told = withOwnLeaf(answers?.told ?? [])
  const others = [...told.map((one) => weigh(one, connection, input)), ...parentClock(connection)]
  const facts: ClockFacts = { ntp: answers?.ntp ?? null, others }
  const time = findTrueTime(facts)
  if (time === undefined || judged === null) return facts
  const at = new Date(start.startedAt.getTime() - time.offsetMs)
  return { ...facts, atTrueTime: { at, verdict: verifyChain(requestOf(judged.chain, start.host, at, input)) } }
}

/**
 * The clocks of hosts that were asked for no failure's sake. A host whose chain does not hold by this machine's clock speaks for itself, so it
 * counts only beside another one.
 */
export function weighClocks({ ntp, told }: ClockAnswers, input: Omit<JudgeInput, 'knownIntermediates'>): ClockFacts {
  const own = withOwnLeaf(told)
  const refused = own.filter(({ chain, host, receivedAt }) => chain === null || !verifyChain(requestOf(chain, host, receivedAt, input)).ok)
  const others = own.map((one): OtherClock => ({ ...weighTime(one, input), isFailingHost: refused.length === 1 && refused[0] === one }))
  return { ntp, others }
}

/** Names that are served with one certificate are one witness, under whichever name it was asked. */
function withOwnLeaf(told: readonly ToldTime[]): readonly ToldTime[] {
  return told.filter((one, at) => told.findIndex((other) => hasSameLeaf(one.chain, other.chain)) === at)
}

function hasSameLeaf(one: readonly Uint8Array[] | null, other: readonly Uint8Array[] | null): boolean {
  const [leaf, otherLeaf] = [one?.[0], other?.[0]]
  return leaf === undefined || otherLeaf === undefined ? one === other : Buffer.from(leaf).equals(otherLeaf)
}

function weigh(told: ToldTime, { start, judged }: Connection, input: Omit<JudgeInput, 'knownIntermediates'>): OtherClock {
  const isFailingHost = told.host.toLowerCase() === start.host.toLowerCase() || hasSameLeaf(told.chain, judged?.chain ?? [])
  return { ...weighTime(told, input), isFailingHost }
}

/** A host's word counts by its own chain, judged at the very time it told. */
function weighTime(
  { host, port, at, receivedAt, chain }: ToldTime,
  input: Omit<JudgeInput, 'knownIntermediates'>,
): Omit<OtherClock, 'isFailingHost'> {
  return {
    host: port === 443 ? host : `${host}:${port}`,
    offsetMs: receivedAt.getTime() - at.getTime(),
    chainHolds: chain !== null && verifyChain(requestOf(chain, host, at, input)).ok,
  }
}

/** A parent proxy that answered CONNECT with a Date told its time by the way. */
function parentClock({ connect, connectAtMs, start, route }: Connection): readonly OtherClock[] {
  const at = connect?.kind === 'answered' ? readSentAt(connect.reply.headers) : undefined
  if (at === undefined || connectAtMs === null) return []
  const offsetMs = start.startedAt.getTime() + connectAtMs - at.getTime()
  return [{ host: route.at(-1)?.address ?? 'the parent proxy', offsetMs, isFailingHost: false, chainHolds: null }]
}
