/** Which clients of this machine trust an authority, as sentences. */
import type { ClientRoots } from '../host/ca-store/clients.ts'
import { formatCount } from './units.ts'

/**
 * One line a client: whether the issuer of a certificate is among its roots, by name and signature, where they are, how many, how old.
 * @param der the certificate; captured text in the result is not escaped
 */
export function describeClientRoots(clients: readonly ClientRoots[], der: Uint8Array): readonly string[] {
  return clients.map(({ client, places, count, findIssuerOf }) => {
    const where = places.map(({ path, setBy, mtime, problem }) => {
      const facts = [setBy === 'default' ? '' : setBy, mtime === null ? '' : `changed ${mtime.slice(0, 10)}`, problem ?? '']
      const shown = facts.filter((fact) => fact !== '').join(', ')
      return shown === '' ? path : `${path} (${shown})`
    })
    return `${client} has ${ISSUER_WORDS[findIssuerOf(der)]}: ${formatCount(count, 'root')} in ${where.join(' and ')}`
  })
}

const ISSUER_WORDS = {
  issuer: 'the root that issued it',
  namesake: "a root of its issuer's name, but with another key",
  none: "no root of its issuer's name",
} as const
