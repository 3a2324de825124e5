/** By which way a client's go would reach a host, and whether that way can be gone. */
import type { ProxyContext } from './context.ts'
import { chooseRoute, dependsOnVersion, type Route, readSetting } from './route.ts'

/** The route that the client's go would take by the settings that it had before whytls. */
export async function routeFor(
  context: Pick<ProxyContext, 'env' | 'goVersion'>,
  scheme: 'http' | 'https',
  host: string,
  port: number,
): Promise<Route> {
  const setting = readSetting(context.env, scheme === 'https' ? 'HTTPS_PROXY' : 'HTTP_PROXY')
  const version = dependsOnVersion(setting) ? await context.goVersion() : null
  return chooseRoute(context.env, scheme, host, port, version)
}

/** The route with what is needed to speak to an https parent proxy. @param key connection whose client's roots count */
export function withJudge(context: Pick<ProxyContext, 'judgeParent'>, route: Route, key: string | null): Route {
  const { judgeParent } = context
  if (route.kind !== 'proxy' || judgeParent === null) return route
  return { kind: 'proxy', proxy: { ...route.proxy, judge: (chain, name) => judgeParent(chain, name, key) } }
}

/**
 * Leave a parent proxy out that is a whytls too (a `run` inside the shell of a `serve`): one of them is enough. One that has a parent proxy
 * itself is kept, since without it the network may not be reached.
 */
export async function skipWhytls(context: Pick<ProxyContext, 'recognise'>, route: Route): Promise<Route> {
  return route.kind === 'proxy' && (await context.recognise(route.proxy)) === 'whytls' ? { kind: 'direct' } : route
}
