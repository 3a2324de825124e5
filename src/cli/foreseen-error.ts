/** Errors of the system and of the database that may come up anywhere in a command, in words. */
import { StoreError } from '../store/error.ts'
import { EXIT } from './exit-code.ts'
import { Problem } from './problem.ts'

/** The problem behind an error that is no defect of whytls; null where nothing like it was foreseen. */
export function explainForeseen(error: unknown, exitCode: number = EXIT.usage): Problem | null {
  if (error instanceof Problem) return error
  if (error instanceof StoreError) return new Problem(`store-${error.code}`, error.message, error.fix, exitCode)
  if (!(error instanceof Error)) return null
  const { code = '', syscall = '' }: NodeJS.ErrnoException = error
  const words = WORDS.find(([pattern]) => pattern.test(`${syscall} ${code}`))
  return words === undefined ? null : new Problem(words[1], `${words[2]} (${error.message})`, words[3], exitCode)
}

/** What is matched is the system call and the code of the error. */
const WORDS: readonly (readonly [pattern: RegExp, code: string, what: string, fix: string])[] = [
  [/^uv_cwd /, 'no-folder', 'the folder in which whytls was started is gone or may not be read', 'cd to a folder that exists'],
  [/^mkdtemp /, 'no-temporary-folder', 'a temporary folder cannot be made', 'set TMPDIR to a folder that you may write to'],
  [
    /^listen EADDRNOTAVAIL/,
    'no-loopback',
    'whytls listens on 127.0.0.1, which this machine does not have',
    'bring up the loopback interface; on Linux: ip link set lo up && ip address add 127.0.0.1/8 dev lo',
  ],
  [/ (?:ENOSPC|EDQUOT)$/, 'disk-full', 'there is no space left', 'free some space, or write to another file'],
  [/ (?:EMFILE|ENFILE)$/, 'too-many-files', 'too many files and connections are open', 'allow more of them, for example: ulimit -n 4096'],
]
