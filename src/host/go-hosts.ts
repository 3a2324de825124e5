/** The hosts that go's own settings name. Pure. */

/** A host that go would speak https to. */
export interface NamedHost {
  readonly host: string
  readonly port: number
  /** The setting that names it. */
  readonly setting: 'GOPROXY' | 'GOSUMDB'
}

/**
 * Hosts of GOPROXY (up to `direct` or `off`, behind which go reads nothing) and of GOSUMDB, each once.
 * @param settings as `go env` prints them: defaults are filled in there
 */
export function listNamedHosts(settings: Readonly<Record<string, string | undefined>>): readonly NamedHost[] {
  const named = [
    ...proxyEntries(settings['GOPROXY'] ?? '').flatMap((entry) => hostOf(entry, 'GOPROXY')),
    ...hostOf(sumdbAddress(settings['GOSUMDB'] ?? ''), 'GOSUMDB'),
  ]
  return named.filter(({ host, port }, at) => named.findIndex((other) => other.host === host && other.port === port) === at)
}

/** The entries of a GOPROXY list that go may use. */
export function proxyEntries(list: string): readonly string[] {
  const entries = list
    .split(/[,|]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  const end = entries.findIndex((entry) => entry === 'direct' || entry === 'off')
  return end < 0 ? entries : entries.slice(0, end)
}

/** "name", "name+hash+key" or "name… URL"; `off` names none. */
function sumdbAddress(setting: string): string {
  const [name = '', url = ''] = setting.trim().split(/\s+/)
  if (name === '' || name === 'off') return ''
  return url === '' ? (name.split('+')[0] ?? '') : url
}

/** go puts https:// before an entry without a scheme; other schemes than https have no TLS. */
function hostOf(entry: string, setting: NamedHost['setting']): readonly NamedHost[] {
  if (entry === '') return []
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(entry) ? entry : `https://${entry}`
  if (!URL.canParse(address)) return []
  const { protocol, hostname, port } = new URL(address)
  if (protocol !== 'https:' || !/^[\w.:[\]-]+$/.test(hostname)) return []
  return [{ host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? 443 : Number(port), setting }]
}
