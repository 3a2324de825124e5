/** What is said where the kept authority cannot be read. */
import { EXIT } from './exit-code.ts'
import { messageOf, Problem } from './problem.ts'

/** @param error of the file system, or of `loadCa` */
export function caUnreadable(error: unknown, exitCode: number = EXIT.problem): Problem {
  const code = error instanceof Error && 'code' in error ? error.code : null
  const isForeign = code === 'EACCES' || code === 'EPERM'
  const fix = isForeign ? 'run it as the owner of that folder, or set WHYTLS_HOME to a folder of your own' : RENEW
  return new Problem('ca-unreadable', `the kept authority cannot be used: ${messageOf(error)}`, fix, exitCode)
}

/** Makes another one. */
export const RENEW = 'whytls ca untrust --do, then whytls ca init'
