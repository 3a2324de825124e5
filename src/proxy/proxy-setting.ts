/** What go makes of the variables that name a proxy for https. Pure. */
import type { ProxySetting } from '../diagnosis/observation.ts'
import { maskText } from '../http/mask-text.ts'
import { isProxied } from './no-proxy.ts'
import { type ProxyEnvironment, readProxyUrl } from './route.ts'

/**
 * Describe the setting that decides about a parent proxy.
 * @param goVersion of the client ("1.22.12"), null for the newest
 * @param target whom go goes to; without it NO_PROXY is not looked at
 * @returns null where no variable is set that go, curl or git would read
 */
export function describeProxySetting(
  env: ProxyEnvironment,
  goVersion: string | null,
  target?: { readonly host: string; readonly port: number },
): ProxySetting | null {
  const variable = firstSet(env, 'HTTPS_PROXY', 'https_proxy')
  if (variable !== undefined) {
    const setting = describe(variable, env[variable] ?? '', goVersion)
    return (target !== undefined && setting.reads === 'used' ? describeBypass(env, target) : null) ?? setting
  }
  const unread = firstSet(env, 'ALL_PROXY', 'all_proxy')
  if (unread !== undefined) return describeUnread(unread, env[unread] ?? '', 'not-read-by-go', goVersion)
  const plain = firstSet(env, 'HTTP_PROXY', 'http_proxy')
  return plain === undefined ? null : describeUnread(plain, env[plain] ?? '', 'http-only', goVersion)
}

function firstSet<const Name extends string>(env: ProxyEnvironment, ...names: readonly Name[]): Name | undefined {
  return names.find((name) => (env[name] ?? '') !== '')
}

/** NO_PROXY has this host; localhost and loopback addresses go direct by themselves. */
function describeBypass(env: ProxyEnvironment, { host, port }: { readonly host: string; readonly port: number }): ProxySetting | null {
  const variable = firstSet(env, 'NO_PROXY', 'no_proxy')
  if (variable === undefined || !isProxied(host, port, '') || isProxied(host, port, env[variable] ?? '')) return null
  return { variable, value: env[variable] ?? '', reads: 'bypassed' }
}

function describeUnread(variable: string, value: string, reads: 'not-read-by-go' | 'http-only', goVersion: string | null): ProxySetting {
  return { variable, value: maskSetting(value), reads, wouldDo: describe('HTTPS_PROXY', value, goVersion).reads === 'used' }
}

function describe(variable: string, value: string, goVersion: string | null): ProxySetting {
  const url = readProxyUrl(value, goVersion)
  const masked = { variable, value: maskSetting(value) }
  if (url === undefined) return { ...masked, reads: 'ignored-unparsable' }
  const scheme = schemeOf(value)
  const name = url.hostname.replace(/^["']/, '').toLowerCase()
  if (scheme !== null && (name === scheme || isSchemeTwice(value, name))) return { ...masked, reads: 'taken-for-a-name' }
  return { ...masked, reads: KNOWN.has(url.scheme) ? 'used' : 'unknown-scheme' }
}

/** `http://https://proxy:3128`: one scheme before another, which becomes the name. */
function isSchemeTwice(value: string, name: string): boolean {
  return KNOWN.has(name) && value.toLowerCase().includes(`://${name}://`)
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
