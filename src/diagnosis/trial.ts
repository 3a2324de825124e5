/** The one change that tells a middlebox cause from the death that it looks like, as a command for this shell. Pure. */

import type { Observation } from './observation.ts'
import { commandLine, extendGodebug, hostWord, targetWord } from './remedy.ts'

/** Causes that one changed try can show. */
export type TriedCause = 'client-hello-too-large' | 'sni-filtered' | 'tls13-intolerant' | 'no-common-cipher' | 'alpn-mismatch'

/** A command that passes (or fails otherwise) exactly if this cause is the right one. */
export function trialCommand(cause: TriedCause, seen: Observation): string {
  switch (cause) {
    case 'client-hello-too-large':
      return goWith('tlsmlkem=0', seen)
    case 'no-common-cipher':
      return goWith('tlsrsakex=1,tls3des=1', seen)
    case 'alpn-mismatch':
      return goWith('http2client=0', seen)
    case 'sni-filtered':
      return openssl(seen, ['-noservername'])
    case 'tls13-intolerant':
      return openssl(seen, ['-tls1_2', '-servername', hostWord(seen.target.host)])
    default:
      return cause satisfies never
  }
}

/** go itself with another setting; `env` because it works in every shell but cmd. */
function goWith(setting: string, seen: Observation): string {
  const value = setting.split(',').reduce(extendGodebug, seen.go.godebug)
  return commandLine(['env', `GODEBUG=${value}`, 'go', 'mod', 'download'])
}

function openssl(seen: Observation, flags: readonly string[]): string {
  const target = targetWord(seen.target.host, seen.target.port)
  return commandLine(['openssl', 's_client', '-brief', ...flags, '-connect', seen.target.port === 443 ? `${target}:443` : target])
}
