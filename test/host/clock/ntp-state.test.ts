import { describe, expect, it } from 'vitest'
import { type NtpState, readChronyc, readNtpq, readSystemsetup, readTimedatectl, readW32tm } from '../../../src/host/clock/ntp-state.ts'

type Read = (text: string) => NtpState | null
const ROWS: readonly (readonly [string, Read, string, boolean | null])[] = [
  ['timedatectl show, in step', readTimedatectl, 'Timezone=UTC\nLocalRTC=no\nCanNTP=yes\nNTP=yes\nNTPSynchronized=yes\n', true],
  ['timedatectl show, service on but not yet in step', readTimedatectl, 'Timezone=UTC\nNTP=yes\nNTPSynchronized=no\n', false],
  ['timedatectl status', readTimedatectl, '      Local time: Sun\nSystem clock synchronized: no\n     NTP service: active\n', false],
  ['an older timedatectl status', readTimedatectl, '     NTP enabled: yes\nNTP synchronized: yes\n', true],
  ['a machine without systemd', readTimedatectl, 'System has not been booted with systemd\n', null],
  ['chrony in step', readChronyc, 'Reference ID    : C0000201 (192.0.2.1)\nStratum         : 3\nLeap status     : Normal\n', true],
  [
    'chrony that has found nobody',
    readChronyc,
    'Reference ID    : 00000000 ()\nStratum         : 0\nLeap status     : Not synchronised\n',
    false,
  ],
  ['chrony that does not run', readChronyc, '506 Cannot talk to daemon\n', null],
  ['ntpd in step', readNtpq, 'associd=0 status=0615 leap_none, sync_ntp, 1 event, clock_sync,\n', true],
  ['ntpd at its start', readNtpq, 'associd=0 status=c016 leap_alarm, sync_unspec, 1 event, restart,\n', false],
  ['ntpd that does not run', readNtpq, 'ntpq: read: Connection refused\n', null],
  ['Windows in step', readW32tm, 'Leap Indicator: 0(no warning)\r\nStratum: 4 (secondary reference)\r\nSource: time.example,0x8\r\n', true],
  ['Windows in another language', readW32tm, 'Sprungindikator: 0(keine Warnung)\r\nStratum: 4 (Sekundärreferenz)\r\n', true],
  [
    'Windows on its own clock',
    readW32tm,
    'Leap Indicator: 0(no warning)\r\nStratum: 1 (primary reference)\r\nSource: Local CMOS Clock\r\n',
    false,
  ],
  ['Windows not in step', readW32tm, 'Leap Indicator: 3(not synchronized)\r\nStratum: 0 (unspecified)\r\n', false],
  [
    'Windows whose service does not run',
    readW32tm,
    'The following error occurred: The service has not been started. (0x80070426)\r\n',
    null,
  ],
  ['macOS with network time off', readSystemsetup, 'Network Time: Off\n', false],
  ['macOS with network time on, which proves nothing', readSystemsetup, 'Network Time: On\n', null],
  ['macOS without the right to ask', readSystemsetup, 'You need administrator access to run this tool... exiting!\n', null],
]

describe('the state of a time service', () => {
  it.each(ROWS)('is read of %s', (_what, read, text, synchronized) => {
    expect(read(text)?.synchronized ?? null).toBe(synchronized)
  })

  it('is unknown for any cut text, never an error', () => {
    for (const [, read, text] of ROWS) for (let end = 0; end < text.length; end += 1) expect(() => read(text.slice(0, end))).not.toThrow()
  })
})
