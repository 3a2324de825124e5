/** Asks the time service of this machine; nothing is sent to a network. */
import { execFile } from 'node:child_process'
import { type NtpState, readChronyc, readNtpq, readSystemsetup, readTimedatectl, readW32tm } from './ntp-state.ts'

/** One program that may know. */
interface Reader {
  readonly argv: readonly [string, ...string[]]
  readonly read: (text: string) => NtpState | null
}

const READERS: Readonly<Record<string, readonly Reader[]>> = {
  linux: [
    { argv: ['timedatectl', 'show'], read: readTimedatectl },
    { argv: ['chronyc', '-n', 'tracking'], read: readChronyc },
    { argv: ['ntpq', '-c', 'rv'], read: readNtpq },
  ],
  darwin: [{ argv: ['systemsetup', '-getusingnetworktime'], read: readSystemsetup }],
  win32: [{ argv: ['w32tm', '/query', '/status'], read: readW32tm }],
}

const LIMIT_MS = 1_500

/** Run a program. @returns what it printed, null when it is not there, fails, or takes longer than 1.5 s */
export type RunProgram = (argv: readonly [string, ...string[]]) => Promise<string | null>

/** The state of the first time service that answers; null where none can be asked (a container, no systemd, no chrony). */
export async function loadNtpState(platform: string = process.platform, run: RunProgram = runProgram): Promise<NtpState | null> {
  const answers = await Promise.all(
    (READERS[platform] ?? READERS['linux'] ?? []).map(async ({ argv, read }) => {
      const text = await run(argv)
      return text === null ? null : read(text)
    }),
  )
  return answers.find((answer) => answer !== null) ?? null
}

const runProgram: RunProgram = ([program, ...args]) =>
  new Promise((resolve) => {
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' }
    execFile(program, args, { env, timeout: LIMIT_MS, windowsHide: true }, (error, stdout) => resolve(error === null ? stdout : null))
  })
