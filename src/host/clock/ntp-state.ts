/** What time services print about themselves. Pure: text in, state out; null for what is not understood. */

/** Whether the system's clock follows a time service. */
export interface NtpState {
  readonly synchronized: boolean
  /** The program that said so. */
  readonly source: string
}

/** `timedatectl show`: one `Name=value` a line. The older `timedatectl status` is read too. */
export function readTimedatectl(text: string): NtpState | null {
  const said = /^(?:NTPSynchronized=|\s*(?:System clock|NTP) synchronized: )(yes|no)\s*$/m.exec(text)?.[1]
  return said === undefined ? null : { synchronized: said === 'yes', source: 'timedatectl' }
}

/** `chronyc -n tracking`: "Leap status : Normal" when synchronised, "Not synchronised" when not. */
export function readChronyc(text: string): NtpState | null {
  const leap = /^Leap status\s*:\s*(.+?)\s*$/m.exec(text)?.[1]
  if (leap === undefined) return null
  const stratum = Number(/^Stratum\s*:\s*(\d+)/m.exec(text)?.[1] ?? 0)
  return { synchronized: leap !== 'Not synchronised' && stratum > 0, source: 'chronyc' }
}

/** `ntpq -c rv`: the status line holds leap and source words ("leap_none, sync_ntp"). */
export function readNtpq(text: string): NtpState | null {
  const found = /\b(leap_\w+)(?:,\s*(sync_\w+))?/.exec(text)
  if (found === null) return null
  const [, leap, sync = ''] = found
  return { synchronized: leap !== 'leap_alarm' && sync !== 'sync_unspec' && sync !== '', source: 'ntpq' }
}

/**
 * `w32tm /query /status`: the words are translated, the numbers are not. The first line begins with the leap indicator in digits (3 = not
 * synchronized), the second with the stratum (0 = none).
 */
export function readW32tm(text: string): NtpState | null {
  const [leap, stratum] = text
    .split(/\r?\n/)
    .map((line) => /^[^:]+:\s*(\d+)\s*\(/.exec(line)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
  if (leap === undefined || stratum === undefined) return null
  const isOwnClock = /\b(?:Local CMOS Clock|Free-running System Clock)\b/.test(text)
  return { synchronized: leap !== 3 && stratum > 0 && !isOwnClock, source: 'w32tm' }
}

/** `systemsetup -getusingnetworktime` of macOS: "Network Time: On". On is a wish, not a proof: only Off is told. */
export function readSystemsetup(text: string): NtpState | null {
  return /^Network Time:\s*Off\s*$/m.test(text) ? { synchronized: false, source: 'systemsetup' } : null
}
