/** Entries of the hosts file for hosts that go uses. Pure. */
import type { Check } from '../../contract/document.ts'
import { check } from './check.ts'

/** One note for each line that names one of these hosts. */
export function checkHostsFile(text: string, path: string, hosts: readonly string[]): readonly Check[] {
  const wanted = new Set(hosts.map((host) => host.toLowerCase()))
  return text.split(/\r?\n/).flatMap((line, at): readonly Check[] => {
    const [address = '', ...names] = line.replace(/#.*$/, '').trim().split(/\s+/)
    const found = names.filter((name) => wanted.has(name.toLowerCase().replace(/\.$/, '')))
    return found.map((name) =>
      check('warning', 'hosts file', `${name} is sent to ${address}, whatever the resolver says`, {
        place: `${path}:${at + 1}`,
        advice: 'if it is not meant, take the line away',
      }),
    )
  })
}

/** The first line that sends this host to this address; undefined where none does. Lines count from 1. */
export function findHostsLine(text: string, host: string, address: string): number | undefined {
  const wanted = host.toLowerCase().replace(/\.$/, '')
  const at = text.split(/\r?\n/).findIndex((line) => {
    const [own = '', ...names] = line.replace(/#.*$/, '').trim().split(/\s+/)
    return own.toLowerCase() === address.toLowerCase() && names.some((name) => name.toLowerCase().replace(/\.$/, '') === wanted)
  })
  return at < 0 ? undefined : at + 1
}
