/** The one change that tells a middlebox cause from the death that it looks like, as a command for this shell. Pure. */

import type { Observation } from './observation.ts'
import { commandLine, extendGodebug, probeCommand } from './remedy.ts'

/** Causes that one changed try can show. */
export type TriedCause = 'client-hello-too-large' | 'sni-filtered' | 'tls13-intolerant' | 'no-common-cipher' | 'alpn-mismatch'

/** A command that decides whether this cause is the right one. */
export function trialCommand(cause: TriedCause, seen: Observation): string {
  switch (cause) {
    case 'client-hello-too-large':
    case 'sni-filtered':
    case 'tls13-intolerant':
    case 'alpn-mismatch':
      return probeCommand(seen.target.host, seen.target.port, '--bisect')
    case 'no-common-cipher':
      if (!hasOldExchanges(seen)) return probeCommand(seen.target.host, seen.target.port, '--bisect')
      return goWith('tlsrsakex=1,tls3des=1', seen)
    default:
      return cause satisfies never
  }
}

/** RSA key exchange and 3DES can be switched on up to go 1.26: from 1.27 on go ends at once where GODEBUG names them. */
export function hasOldExchanges({ go }: Observation): boolean {
  return Number(go.version.split('.')[1] ?? 0) <= 26
}

/** go itself with another setting; `env` because it works in every shell but cmd. */
function goWith(setting: string, seen: Observation): string {
  const value = setting.split(',').reduce(extendGodebug, seen.go.godebug)
  return commandLine(['env', `GODEBUG=${value}`, 'go', 'mod', 'download'])
}
