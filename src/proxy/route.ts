import { domainToASCII } from 'node:url'
import type { RouteHop } from '../contract/handshake.ts'
import type { JudgedChain } from '../diagnosis/observation.ts'
import { type GoUrl, parseGoUrl } from './go-url.ts'
import { joinHostPort } from './ip-address.ts'
import { isProxied } from './no-proxy.ts'

/** The environment of the client as it was before whytls put itself into it. */
export type ProxyEnvironment = Readonly<Record<string, string | undefined>>

/** A parent proxy that go alone would use. */
export interface ParentProxy {
  readonly kind: RouteHop['kind']
  readonly host: string
  readonly port: number
  /** Value of Proxy-Authorization made from the URL's user part, null without one. A secret: never logged, never stored. */
  readonly authorization: string | null
  /** User and password of the URL, for SOCKS; absent without a user part. Secrets as well. */
  readonly login?: { readonly username: Buffer; readonly password: Buffer }
  /** Judges the chain of an https proxy; without it no https proxy is spoken to. */
  readonly judge?: JudgeParent
}

/** Judges an https proxy's chain by the client's roots and go's rules; null where no roots are known. */
export type JudgeParent = (chain: readonly Uint8Array[], name: string) => JudgedChain | null

/** How go would reach a host: `refused` carries the text with which go gives up by itself. */
export type Route =
  | { readonly kind: 'direct' }
  | { readonly kind: 'proxy'; readonly proxy: ParentProxy }
  | { readonly kind: 'refused'; readonly goText: string }

/**
 * Choose the route that go would take, by the rules of golang.org/x/net/http/httpproxy: the upper-case name wins, an empty value counts as
 * unset, a value that cannot be parsed is tried again behind `http://` and then ignored in silence.
 * @param scheme `https` for a CONNECT, `http` for an absolute-form request
 * @param goVersion of the client ("1.22.12"), null for the newest
 */
export function chooseRoute(
  env: ProxyEnvironment,
  scheme: 'http' | 'https',
  host: string,
  port: number,
  goVersion: string | null = null,
): Route {
  const setting = scheme === 'https' ? readSetting(env, 'HTTPS_PROXY') : readSetting(env, 'HTTP_PROXY')
  const proxy = parseProxySetting(setting, goVersion)
  if (proxy === undefined) return { kind: 'direct' }
  if (scheme === 'http' && (env['REQUEST_METHOD'] ?? '') !== '') return { kind: 'refused', goText: CGI_REFUSAL }
  if (!isProxied(host, port, readSetting(env, 'NO_PROXY'))) return { kind: 'direct' }
  return { kind: 'proxy', proxy }
}

/**
 * Parse a proxy setting as go does. Up to go1.22 every scheme but http, https and socks5 is tried behind `http://`, and so becomes the proxy's name.
 * @param goVersion of the client ("1.22.12"), null for the newest
 * @returns undefined when go would ignore it and connect directly
 */
export function parseProxySetting(setting: string, goVersion: string | null = null): ParentProxy | undefined {
  const url = readProxyUrl(setting, goVersion)
  return url === undefined ? undefined : describeProxy(url)
}

/** Whether versions of go take this setting in different ways. */
export function dependsOnVersion(setting: string): boolean {
  const old = readProxyUrl(setting, '1.21')
  const recent = readProxyUrl(setting, null)
  return old?.scheme !== recent?.scheme || old?.hostname !== recent?.hostname
}

/** The URL that go makes of a proxy setting; undefined when it ignores it. */
export function readProxyUrl(setting: string, goVersion: string | null): GoUrl | undefined {
  if (setting === '') return undefined
  const first = parseGoUrl(setting)
  const isBogus = first === undefined || (isBefore123(goVersion) ? !OLD_SCHEMES.has(first.scheme) : isWithoutHost(first))
  return (isBogus ? parseGoUrl(`http://${setting}`) : undefined) ?? first
}

function isWithoutHost({ scheme, hostname, port }: GoUrl): boolean {
  return scheme === '' || (hostname === '' && port === '')
}

const OLD_SCHEMES: ReadonlySet<string> = new Set(['http', 'https', 'socks5'])

function isBefore123(goVersion: string | null): boolean {
  const minor = /^1\.(\d+)/.exec(goVersion ?? '')?.[1]
  return minor !== undefined && Number(minor) < 23
}

/** The hops of a route as the contract shows them. */
export function listHops(route: Route): readonly RouteHop[] {
  if (route.kind !== 'proxy') return []
  return [{ kind: route.proxy.kind, address: joinHostPort(route.proxy.host, route.proxy.port) }]
}

const CGI_REFUSAL = 'refusing to use HTTP_PROXY value in CGI environment; see golang.org/s/cgihttpproxy'
const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, socks5: 1080, socks5h: 1080 }

/** Value of a proxy variable as go reads it: the upper-case name, or the lower-case one where that is empty. */
export function readSetting(env: ProxyEnvironment, name: 'HTTPS_PROXY' | 'HTTP_PROXY' | 'NO_PROXY'): string {
  return env[name] || env[name.toLowerCase()] || ''
}

function describeProxy(url: GoUrl): ParentProxy {
  const isAscii = /^[\u0000-\u007f]*$/.test(url.hostname)
  return {
    kind: proxyKind(url.scheme),
    host: isAscii ? url.hostname : domainToASCII(url.hostname) || url.hostname,
    port: url.port === '' ? (DEFAULT_PORTS[url.scheme] ?? 0) : Number(url.port),
    authorization: url.userinfo === null ? null : writeBasic(url.userinfo),
    ...(url.userinfo === null ? {} : { login: { username: url.userinfo.username, password: url.userinfo.password ?? Buffer.alloc(0) } }),
  }
}

/** go speaks HTTP to a proxy of any scheme that it does not know. */
function proxyKind(scheme: string): RouteHop['kind'] {
  if (scheme === 'socks5' || scheme === 'socks5h') return 'socks5-proxy'
  return scheme === 'https' ? 'https-proxy' : 'http-proxy'
}

function writeBasic(userinfo: NonNullable<GoUrl['userinfo']>): string {
  const password = userinfo.password ?? Buffer.alloc(0)
  return `Basic ${Buffer.concat([userinfo.username, Buffer.from(':'), password]).toString('base64')}`
}
