import type { Fix } from '../../contract/diagnosis.ts'
import type { Cause } from '../cause.ts'
import { certificateCause, fact, furtherSentence, hostName, verified, whichCertificate } from '../certificate-cause.ts'
import { examineClientClock } from '../client-clock.ts'
import { described, describeNtp, describeOffset, hasValidityDefect, VALIDITY_DEFECTS } from '../clock-words.ts'
import { fix } from '../fixes.ts'
import type { Observation } from '../observation.ts'
import { atMost } from '../refusal.ts'
import { findTrueTime, type TrueTime } from '../true-time.ts'
import { counted, inMinute } from '../units.ts'

/** By a time that does not depend on the failing host the certificates are within their validity: the clock of this machine is what is wrong. */
const ofThisMachine = certificateCause({
  id: 'client-clock-wrong',
  meaning: "The client's clock is wrong: by the server's own time the certificate is valid",
  fault: 'client-machine',
  recognise: (defect, seen) => VALIDITY_DEFECTS.includes(defect.code) && findWrongClock(seen) !== undefined,
  confidence: (base, _verdict, seen) => atMost(base, findWrongClock(seen)?.confidence ?? 'possible'),
  words(evidence, seen) {
    const time = findWrongClock(seen)
    const verdict = seen.clock?.atTrueTime?.verdict
    if (time === undefined || verdict === undefined) throw new Error('the words of a cause that was not recognised')
    const at = new Date(seen.now.getTime() - time.offsetMs)
    return {
      title: `${describeOffset(time.offsetMs)}, the certificate of ${hostName(seen)} is fine`,
      why: `go compared the certificate with ${inMinute(seen.now)}, the time of this machine. ${saidBy(time)} it is ${inMinute(at)}. ${verdict.ok ? 'At that time the whole chain is valid.' : 'At that time it is within its validity.'}${zoneHint(time.offsetMs)}`,
      evidence: [
        described(time, seen.now),
        ...(seen.clock === undefined ? [] : describeNtp(seen.clock)),
        verified(
          `${whichCertificate(evidence)}: ${evidence.defect.code} only by this machine's clock${boundary(fact(evidence.defect, 'notAfter', 'notBefore'))}`,
        ),
      ],
      fixes: clockFixes(verdict.ok),
      willNotHelp: [
        { setting: 'a new CA bundle', because: 'the roots are fine; go compares the validity with the wrong time' },
        { setting: 'a renewed certificate', because: 'this clock would refuse it as well, sooner or later' },
      ],
      alsoPossible:
        time.confidence === 'certain' ? [] : [{ cause: evidence.defect.code, confidence: 'possible' as const, test: 'date -u' }],
      limit: time.confidence,
      alsoTrue: verdict.defects.map(furtherSentence),
    }
  },
})

/** This machine's clock, by the clocks of others; or that of a client elsewhere, by its own alert. */
export const clientClockWrong: Cause<'client-clock-wrong'> = {
  ...ofThisMachine,
  examine: (seen) => ofThisMachine.examine(seen) ?? examineClientClock(seen),
}

/** The true time, where an independent clock told it and the validity of all certificates holds at it. */
function findWrongClock({ clock }: Observation): TrueTime | undefined {
  if (clock?.atTrueTime === undefined || hasValidityDefect(clock.atTrueTime.verdict)) return undefined
  const time = findTrueTime(clock)
  return time === undefined || time.tellers.length === 0 ? undefined : time
}

const HOUR_MS = 3_600_000

/** Whole hours, or half ones, are rarely drift: the hardware clock is read in another time zone than it is set in. */
function zoneHint(offsetMs: number): string {
  const distance = Math.abs(offsetMs)
  const halfHours = Math.round(distance / (HOUR_MS / 2))
  const isZone = halfHours >= 2 && halfHours <= 28 && Math.abs(distance - (halfHours * HOUR_MS) / 2) <= 60_000
  return isZone
    ? ' The difference is that of a time zone: the hardware clock may be set in local time and read as UTC, or the reverse.'
    : ''
}

function saidBy({ tellers }: TrueTime): string {
  return tellers.length === 1 ? 'Another clock says' : `${counted(tellers.length, 'other clock')} say`
}

function boundary(moment: string | undefined): string {
  return moment === undefined ? '' : ` (${moment})`
}

/** Setting a clock needs rights and is seen by all programs, so it is always the user's own deed. */
function clockFixes(passesThen: boolean): readonly Fix[] {
  const parts = {
    scope: 'this-machine',
    checked: passesThen,
    checkedHow: passesThen ? 'the chain passes at the true time' : 'at the true time the chain still has another defect',
    risk: 'the clock jumps for every program of this machine',
  } as const
  return [
    fix({
      ...parts,
      title: 'let the clock be set from the network',
      os: 'linux',
      commands: ['sudo timedatectl set-ntp true'],
      undo: ['sudo timedatectl set-ntp false'],
    }),
    fix({
      ...parts,
      title: 'WSL or a virtual machine that slept: take the time of the host (a container has the clock of its host: set it there)',
      os: 'linux',
      commands: ['sudo hwclock -s'],
    }),
    fix({ ...parts, title: 'take the time from the network now', os: 'macos', commands: ['sudo sntp -sS time.apple.com'] }),
    fix({
      ...parts,
      title: 'take the time from the network now',
      os: 'windows',
      shell: 'powershell',
      commands: ['Start-Service w32time', 'w32tm /resync /force'],
    }),
    fix({
      ...parts,
      title: 'take the time from the network now',
      os: 'windows',
      shell: 'cmd',
      commands: ['net start w32time', 'w32tm /resync /force'],
    }),
  ]
}
