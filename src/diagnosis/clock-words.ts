/** What the clocks of others say to the causes that stand or fall with the time. */
import type { AlsoPossible, EvidenceLine } from '../contract/diagnosis.ts'
import type { Confidence } from '../contract/terms.ts'
import type { ChainVerdict, DefectCode } from '../x509/verdict.ts'
import { shown } from './captured.ts'
import type { ClockFacts, Observation, OtherClock } from './observation.ts'
import { findTrueTime, findVouchers, type TrueTime } from './true-time.ts'
import { inInstant, inSpan } from './units.ts'

/** Defects that a clock can make. */
export const VALIDITY_DEFECTS: readonly DefectCode[] = ['cert-expired', 'cert-not-yet-valid', 'intermediate-expired', 'root-expired']

/** What a cause of the server's certificates adds to its own words. */
export interface ClockWords {
  readonly evidence: readonly EvidenceLine[]
  readonly alsoPossible: readonly AlsoPossible[]
  readonly alsoTrue: readonly string[]
  /** The confidence that is left to the server's certificate as the cause. */
  readonly limit: Confidence
  /** Another clock tells this machine's time. */
  readonly isVouched: boolean
}

/** Whether a verdict has a defect that a clock can make. */
export function hasValidityDefect(verdict: ChainVerdict): boolean {
  return verdict.defects.some(({ code }) => VALIDITY_DEFECTS.includes(code))
}

/** The clock speaks for or against a certificate that is outside its validity. While nobody vouches for the clock, it may be what is wrong. */
export function weighClock({ clock, now }: Observation): ClockWords {
  const open = { evidence: [], alsoPossible: ASK_THE_CLOCK, alsoTrue: [], limit: 'likely', isVouched: false } as const
  if (clock === undefined) return open
  const ntp = describeNtp(clock)
  const vouchers = findVouchers(clock)
  if (vouchers.length > 0) {
    return { evidence: [...ntp, vouched(vouchers)], alsoPossible: [], alsoTrue: [], limit: 'certain', isVouched: true }
  }
  const other = findTrueTime(clock)
  if (other === undefined) return { ...open, evidence: ntp, limit: clock.ntp?.synchronized === true ? 'high' : 'likely' }
  if (other.tellers.length === 0) return { ...open, evidence: [...ntp, ownWord(other, now)] }
  // Another time is known, and the certificate is outside its validity at that one too.
  return {
    ...open,
    evidence: [...ntp, described(other, now)],
    alsoPossible: [],
    alsoTrue: [describeOffset(other.offsetMs)],
    limit: 'certain',
  }
}

/** "this machine's clock is 365 days ahead" */
export function describeOffset(offsetMs: number): string {
  return `this machine's clock is ${inSpan(offsetMs)} ${offsetMs > 0 ? 'ahead' : 'behind'}`
}

/** The line of evidence that says who told which time. */
export function described({ tellers, offsetMs }: TrueTime, now: Date): EvidenceLine {
  const at = new Date(now.getTime() - offsetMs)
  return { text: `${tellers.map(nameOf).join(', ')}: it is ${inInstant(at)}`, source: 'clock', ref: null, moment: at.toISOString() }
}

/** What the system's time service says of itself, where one could be asked. */
export function describeNtp({ ntp }: ClockFacts): readonly EvidenceLine[] {
  if (ntp === null) return []
  return [{ text: `NTP synchronized: ${ntp.synchronized ? 'yes' : 'no'} (${shown(ntp.source)})`, source: 'environment', ref: null }]
}

function vouched(vouchers: readonly OtherClock[]): EvidenceLine {
  const names = vouchers.map(nameOf).join(', ')
  return { text: `${names} ${vouchers.length === 1 ? 'tells' : 'tell'} the same time as this machine's clock`, source: 'clock', ref: null }
}

function ownWord({ offsetMs }: TrueTime, now: Date): EvidenceLine {
  const at = new Date(now.getTime() - offsetMs)
  return {
    text: `its own Date says ${inInstant(at)}; that proves nothing: whoever holds an expired key can also send an old Date`,
    source: 'clock',
    ref: null,
  }
}

function nameOf({ host, chainHolds, isFailingHost }: OtherClock): string {
  if (isFailingHost) return `${shown(host)} itself`
  return `${shown(host)} (${chainHolds === true ? 'its chain holds at that time' : 'parent proxy, plain HTTP'})`
}

const ASK_THE_CLOCK: readonly AlsoPossible[] = [{ cause: 'client-clock-wrong', confidence: 'possible', test: 'date -u' }]
