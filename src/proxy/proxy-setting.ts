/** What go makes of the variables that name a proxy for https. Pure. */
import type { ProxySetting } from '../diagnosis/observation.ts'
import { maskText } from './mask.ts'
import { type ProxyEnvironment, readProxyUrl } from './route.ts'

/**
 * Describe the setting that decides about a parent proxy.
 * @param goVersion of the client ("1.22.12"), null for the newest
 * @returns null where no variable is set that go, curl or git would read
 */
export function describeProxySetting(env: ProxyEnvironment, goVersion: string | null): ProxySetting | null {
  const variable = (['HTTPS_PROXY', 'https_proxy'] as const).find((name) => (env[name] ?? '') !== '')
  if (variable !== undefined) return describe(variable, env[variable] ?? '', goVersion)
  const unread = (['ALL_PROXY', 'all_proxy'] as const).find((name) => (env[name] ?? '') !== '')
  return unread === undefined ? null : { variable: unread, value: maskSetting(env[unread] ?? ''), reads: 'not-read-by-go' }
}

function describe(variable: string, value: string, goVersion: string | null): ProxySetting {
  const url = readProxyUrl(value, goVersion)
  const masked = { variable, value: maskSetting(value) }
  if (url === undefined) return { ...masked, reads: 'ignored-unparsable' }
  const scheme = schemeOf(value)
  if (scheme !== null && url.hostname.replace(/^["']/, '').toLowerCase() === scheme) return { ...masked, reads: 'taken-for-a-name' }
  return { ...masked, reads: KNOWN.has(url.scheme) ? 'used' : 'unknown-scheme' }
}

/** The scheme that the value was meant to have. */
function schemeOf(value: string): string | null {
  const found = /^\s*["']?([A-Za-z][A-Za-z0-9+.-]*):(\/\/)?/.exec(value)
  const scheme = found?.[1]?.toLowerCase() ?? null
  return scheme !== null && (found?.[2] !== undefined || KNOWN.has(scheme)) ? scheme : null
}

const KNOWN: ReadonlySet<string> = new Set(['http', 'https', 'socks5', 'socks5h'])

/** Such a value may break every grammar: all between the scheme and the last at sign goes. */
function maskSetting(value: string): string {
  const at = value.lastIndexOf('@')
  if (at < 0) return maskText(value)
  const scheme = /^\s*["']?[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(value.slice(0, at))?.[0] ?? ''
  return `${scheme}[masked]@${value.slice(at + 1)}`
}
