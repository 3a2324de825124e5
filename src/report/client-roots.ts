/** Which clients of this machine trust an authority, as sentences. */
import type { ClientRoots } from '../host/ca-store/clients.ts'
import { formatCount } from './units.ts'

/**
 * One line a client: whether a root of this name is among its roots, where they are, how many, how old.
 * @param rawIssuer the issuer's name as it stands in the certificate; captured text in the result is not escaped
 */
export function describeClientRoots(clients: readonly ClientRoots[], rawIssuer: Uint8Array): readonly string[] {
  return clients.map(({ client, places, count, hasSubject }) => {
    const where = places.map(({ path, setBy, mtime, problem }) => {
      const facts = [setBy === 'default' ? '' : setBy, mtime === null ? '' : `changed ${mtime.slice(0, 10)}`, problem ?? '']
      const shown = facts.filter((fact) => fact !== '').join(', ')
      return shown === '' ? path : `${path} (${shown})`
    })
    return `${client} has ${hasSubject(rawIssuer) ? 'a' : 'no'} root of its issuer's name: ${formatCount(count, 'root')} in ${where.join(' and ')}`
  })
}
