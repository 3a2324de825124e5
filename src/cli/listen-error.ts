/** Why a port could not be listened on, for people. */
import { findSocketOwner } from '../host/socket-owner.ts'
import { joinHostPort } from '../proxy/ip-address.ts'
import { EXIT } from './exit-code.ts'
import { Problem } from './problem.ts'

/**
 * Explain the listener's error.
 * @param fix the command that takes another port
 * @throws Problem (exit 125) for what a user can change, else the error itself
 */
export function explainListenError(error: unknown, host: string, port: number, fix: string): never {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') throw new Problem('port-in-use', `${host}:${port} is used by ${ownerOf(host, port)}`, fix, EXIT.ownFailure)
  if (code === 'EACCES') throw new Problem('port-forbidden', `${host}:${port} may not be used by this user`, fix, EXIT.ownFailure)
  // Without 127.0.0.1 no other address would do: that is told as what it is.
  if ((code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') && host !== '127.0.0.1')
    throw new Problem('no-such-address', `${host} is no address of this machine`, 'whytls --listen 127.0.0.1', EXIT.ownFailure)
  throw error
}

function ownerOf(host: string, port: number): string {
  // Who listens on all addresses takes this one too.
  const owner = [host, '0.0.0.0', '::'].map((each) => findSocketOwner({ local: joinHostPort(each, port) })).find((found) => found !== null)
  return owner === undefined ? 'another program' : `${owner.process} (pid ${owner.pid})`
}
