/** The clock in words: time service, files and certificates that cannot be of the future, and the clocks of others. Pure. */
import type { Check } from '../../contract/document.ts'
import type { ClockFacts } from '../../diagnosis/observation.ts'
import { findTrueTime, findVouchers } from '../../diagnosis/true-time.ts'
import { counted, inMinute, inSpan, inTime } from '../../diagnosis/units.ts'
import { check } from './check.ts'

/** Something that happened, so that the true time lies behind it. */
export interface PastMoment {
  readonly at: Date
  /** "a handshake in the database" */
  readonly what: string
}

/** A little later than now is no proof: clocks of file servers differ. */
const TOLERANCE_MS = 5 * 60_000

/** What can be said without sending anything. */
export function checkClockOffline(now: Date, ntp: ClockFacts['ntp'], past: readonly PastMoment[]): readonly Check[] {
  const newest = [...past].sort((a, b) => b.at.getTime() - a.at.getTime())[0]
  const behind = newest === undefined ? 0 : newest.at.getTime() - now.getTime()
  if (newest !== undefined && behind > TOLERANCE_MS) {
    return [
      check(
        'problem',
        'clock',
        `${inMinute(now)}, but ${newest.what} is of ${inMinute(newest.at)}: the clock is at least ${inSpan(behind)} behind`,
        {
          advice: 'certificates look as if they were not valid yet; set the clock',
          commands: SET_CLOCK,
        },
      ),
    ]
  }
  return [check('fine', 'clock', `${inMinute(now)}${newest === undefined ? '' : ', later than all that was seen'}`), ...checkNtp(ntp)]
}

/** What the clocks of others say; nothing where none told the time. */
export function checkClockOnline(now: Date, facts: ClockFacts): readonly Check[] {
  const time = findTrueTime(facts)
  if (time !== undefined && time.tellers.length > 0) {
    const at = new Date(now.getTime() - time.offsetMs)
    return [
      check(
        'problem',
        'clock',
        `${inSpan(time.offsetMs)} ${time.offsetMs > 0 ? 'ahead' : 'behind'}: ${time.tellers.map(({ host }) => host).join(', ')} ${time.tellers.length === 1 ? 'says' : 'say'} it is ${inMinute(at)} (${time.confidence})`,
        { code: 'client-clock-wrong', advice: 'valid certificates look expired or not yet valid; set the clock', commands: SET_CLOCK },
      ),
    ]
  }
  const vouchers = findVouchers(facts)
  if (vouchers.length === 0) return [check('unknown', 'clock', 'no host whose chain holds told the time')]
  return [
    check(
      'fine',
      'clock',
      `${inTime(Math.abs(medianOf(vouchers.map(({ offsetMs }) => offsetMs))))} off, ${counted(vouchers.length, 'source')}`,
    ),
  ]
}

/** For the JSON document; null where nobody told the time. */
export function summarizeClock(all: readonly ClockFacts[]): { readonly offsetMs: number; readonly sources: number } | null {
  for (const facts of all) {
    const time = findTrueTime(facts)
    if (time !== undefined && time.tellers.length > 0) return { offsetMs: time.offsetMs, sources: time.tellers.length }
    const vouchers = findVouchers(facts)
    if (vouchers.length > 0) return { offsetMs: medianOf(vouchers.map(({ offsetMs }) => offsetMs)), sources: vouchers.length }
  }
  return null
}

function checkNtp(ntp: ClockFacts['ntp']): readonly Check[] {
  if (ntp === null) return [check('note', 'time service', 'none could be asked (a container has the clock of its host)')]
  if (ntp.synchronized) return [check('fine', 'time service', `synchronized, says ${ntp.source}`)]
  return [check('warning', 'time service', `not synchronized, says ${ntp.source}: the clock may drift`, { commands: SET_CLOCK })]
}

function medianOf(offsets: readonly number[]): number {
  return [...offsets].sort((a, b) => a - b)[Math.floor(offsets.length / 2)] ?? 0
}

const SET_CLOCK =
  process.platform === 'win32'
    ? ['w32tm /resync /force']
    : process.platform === 'darwin'
      ? ['sudo sntp -sS time.apple.com']
      : ['sudo timedatectl set-ntp true']
