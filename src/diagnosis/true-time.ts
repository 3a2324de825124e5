/** Which time it is, by the clocks of others. Pure; what came over the wire is weighed, never simply believed. */
import type { Confidence } from '../contract/terms.ts'
import type { ClockFacts, OtherClock } from './observation.ts'

/** A time that this machine's clock does not show. */
export interface TrueTime {
  /** This machine's clock minus the true time, ms. */
  readonly offsetMs: number
  /** Who told it, those that do not depend on the failing host. */
  readonly tellers: readonly OtherClock[]
  /** How sure it is; `possible` where only the failing host itself told it. */
  readonly confidence: Confidence
}

/** Two clocks agree when they differ by no more than this: a Date counts whole seconds, and an answer takes its time. */
export const AGREEMENT_MS = 60_000

/**
 * The time on which independent clocks agree against this machine's.
 * @returns undefined when none told any, when they contradict each other, or when any of them (the failing host too) shares this machine's time
 */
export function findTrueTime(clock: ClockFacts): TrueTime | undefined {
  if (clock.others.some(agreesWithUs)) return undefined
  const tellers = clock.others.filter(isIndependent)
  if (tellers.length === 0) return ownWord(clock)
  const offsets = tellers.map(({ offsetMs }) => offsetMs).sort((a, b) => a - b)
  if ((offsets.at(-1) ?? 0) - (offsets[0] ?? 0) > AGREEMENT_MS) return undefined
  return { offsetMs: offsets[Math.floor(offsets.length / 2)] ?? 0, tellers, confidence: confidenceIn(tellers, clock.ntp) }
}

/** Clocks that show this machine's own time: independent ones, and the failing host's, which thereby speaks against its own certificate. */
export function findVouchers(clock: ClockFacts): readonly OtherClock[] {
  return clock.others.filter((other) => (isIndependent(other) || other.isFailingHost) && agreesWithUs(other))
}

function agreesWithUs({ offsetMs }: OtherClock): boolean {
  return Math.abs(offsetMs) <= AGREEMENT_MS
}

/** Not the failing host, and no chain that fails at the very time it told. */
function isIndependent({ isFailingHost, chainHolds }: OtherClock): boolean {
  return !isFailingHost && chainHolds !== false
}

function ownWord({ others }: ClockFacts): TrueTime | undefined {
  const own = others.find(({ isFailingHost, chainHolds }) => isFailingHost && chainHolds !== false)
  return own === undefined ? undefined : { offsetMs: own.offsetMs, tellers: [], confidence: 'possible' }
}

/** A time service that says it is synchronized speaks against the others: after a sleep it is often wrong, but not always. */
function confidenceIn(tellers: readonly OtherClock[], ntp: ClockFacts['ntp']): Confidence {
  const proven = tellers.filter(({ chainHolds }) => chainHolds === true).length
  const isSure = proven > 0 && (tellers.length > 1 || ntp?.synchronized === false)
  if (ntp?.synchronized === true) return isSure ? 'high' : 'likely'
  return isSure ? 'certain' : 'high'
}
