/** The root stores of go, git, curl and Node in words. Pure. */
import type { Check, RootStore } from '../../contract/document.ts'
import { counted, fromNow } from '../../diagnosis/units.ts'
import type { ClientRoots } from '../ca-store/clients.ts'
import { check } from './check.ts'

/** A store that was not touched for this long lacks roots that public servers use. */
const OLD_MS = 2 * 365 * 86_400_000

/** One check a client, more where a place has a problem. */
export function checkRoots(clients: readonly ClientRoots[], now: Date): readonly Check[] {
  return clients.flatMap((roots) => [checkClient(roots, now), ...checkPlaces(roots)])
}

/** The places as the JSON document names them. */
export function listRootStores(clients: readonly ClientRoots[]): readonly RootStore[] {
  return clients.flatMap(({ client, places }) =>
    places.filter(({ count, setBy }) => count > 0 || setBy !== 'default').map(({ path, count, mtime }) => ({ client, path, count, mtime })),
  )
}

function checkClient({ client, places, count }: ClientRoots, now: Date): Check {
  const subject = `${client} roots`
  if (count === 0) {
    const isGo = client === 'go'
    return check(isGo ? 'problem' : 'warning', subject, 'none: no certificate can be trusted', {
      advice: isGo ? 'install the package ca-certificates, or set SSL_CERT_FILE to a bundle' : null,
    })
  }
  const used = places.filter((place) => place.count > 0)
  const where = used.map(({ path, setBy }) => (setBy === 'default' ? path : `${path} (${setBy})`)).slice(0, 3)
  const newest = used.flatMap(({ mtime }) => (mtime === null ? [] : [new Date(mtime)])).sort((a, b) => b.getTime() - a.getTime())[0]
  const age = newest === undefined ? '' : `, changed ${fromNow(newest > now ? now : newest, now)}`
  const text = `${counted(count, 'root')} in ${where.join(' and ')}${used.length > 3 ? ` and ${used.length - 3} more` : ''}${age}`
  if (newest !== undefined && now.getTime() - newest.getTime() > OLD_MS) {
    return check('warning', subject, `${text}: newer public roots are missing`, { advice: 'update the package ca-certificates' })
  }
  return check('fine', subject, text)
}

function checkPlaces({ client, places }: ClientRoots): readonly Check[] {
  return places.flatMap(({ path, setBy, problem, count }): readonly Check[] => {
    if (problem === null || (setBy === 'default' && count === 0)) return []
    const status = client === 'go' && setBy === 'SSL_CERT_FILE' && count === 0 ? 'problem' : 'warning'
    const named = setBy === 'default' ? path : `${setBy}=${path}`
    return [
      check(status, `${client} roots`, `${named}: ${problem}`, {
        advice: setBy === 'default' ? null : `repair the file, or unset ${setBy}`,
      }),
    ]
  })
}
