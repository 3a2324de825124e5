/** Why a run sent nothing through the proxy, from go's settings and the command line. Pure. */

export interface NothingPassed {
  readonly argv: readonly string[]
  /** null when a signal ended it. */
  readonly exitCode: number | null
  /** Variables of `go env`; null when go could not be asked. */
  readonly goEnv: Readonly<Record<string, string>> | null
  /** vendor/modules.txt stands beside go.mod. */
  readonly hasVendorFolder: boolean
  /** NO_PROXY of the child, "" when unset. */
  readonly noProxy: string
  /** The child was made to use the proxy by HTTPS_PROXY (false: it ran in an environment that we do not know). */
  readonly stderrTail: string
}

/** One sentence; the most specific reason that holds. */
export function explainNothingPassed(seen: NothingPassed): string {
  return `no TLS connection passed through. ${reason(seen)}`
}

function reason(seen: NothingPassed): string {
  const env = seen.goEnv ?? {}
  const goproxy = env['GOPROXY'] ?? ''
  const removed = /^fatal error: removed GODEBUG "(\w{1,40})"/m.exec(seen.stderrTail)?.[1]
  if (removed !== undefined)
    return `go ended at GODEBUG, before any download: this version has no setting ${removed} any more (take it out).`
  if (seen.exitCode === null) return 'The command was ended by a signal before it made any connection.'
  if (!seen.argv.some((word) => GO_COMMAND.test(word)) && seen.exitCode === 0)
    return 'The command made no HTTPS connection through the proxy (HTTPS_PROXY was set for it).'
  if (seen.goEnv === null) return 'The command did not use the proxy (HTTPS_PROXY was set for it).'
  return (
    fromGoproxy(goproxy) ??
    fromVendor(env['GOFLAGS'] ?? '', seen) ??
    fromLocalhost(goproxy) ??
    fromNoProxy(seen.noProxy, goproxy) ??
    fromEarlyEnd(seen) ??
    `go needed nothing from the network: what it asked for is in its module cache (GOMODCACHE=${env['GOMODCACHE'] ?? 'unknown'}).`
  )
}

/** A word of a command line that names the go command. */
const GO_COMMAND = /(^|[\\/])go[\d.]*(\.exe)?$|\bgo (build|get|install|list|mod|run|test|vet|work)\b/

function fromGoproxy(goproxy: string): string | undefined {
  const entries = goproxy.split(/[,|]/).map((entry) => entry.trim())
  if (entries[0] === 'off') return 'GOPROXY=off: go was told not to download anything.'
  if (entries[0]?.startsWith('file:')) return `go reads modules from a folder, without TLS: GOPROXY=${goproxy}`
  if (entries[0]?.startsWith('http://')) return `go uses plain HTTP, without TLS: GOPROXY=${goproxy}`
  return undefined
}

function fromVendor(goflags: string, seen: NothingPassed): string | undefined {
  const flags = `${goflags} ${seen.argv.join(' ')}`
  if (/(^|\s)-mod=vendor(\s|$)/.test(flags))
    return `go takes modules from the vendor folder: ${goflags.includes('vendor') ? `GOFLAGS=${goflags}` : '-mod=vendor'}`
  if (/(^|\s)-mod=mod(\s|$)/.test(flags)) return undefined
  const downloads = seen.argv.includes('download') || seen.argv.includes('get') || seen.argv.includes('tidy')
  return seen.hasVendorFolder && !downloads ? 'go takes modules from the vendor folder that stands beside go.mod.' : undefined
}

function fromLocalhost(goproxy: string): string | undefined {
  const host = /^https?:\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:]*)/.exec(goproxy)?.[1]
  if (host === undefined) return undefined
  const isLoopback = host === 'localhost' || /^127\./.test(host) || host === '[::1]'
  return isLoopback ? `go never sends ${host} through a proxy: give the host another name (GOPROXY=${goproxy})` : undefined
}

function fromNoProxy(noProxy: string, goproxy: string): string | undefined {
  return noProxy === '' ? undefined : `go used NO_PROXY=${noProxy} (GOPROXY=${goproxy})`
}

function fromEarlyEnd(seen: NothingPassed): string | undefined {
  if (seen.exitCode === 0) return undefined
  if (seen.stderrTail.includes('missing go.sum entry'))
    return 'go stopped at a missing go.sum entry, before any download (try: go mod download).'
  return 'The command ended before it made any connection.'
}
