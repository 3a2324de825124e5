/** What go makes of the proxy variables (golang.org/x/net/http/httpproxy), and what other clients make of them. Pure. */
import type { Check } from '../../contract/document.ts'
import { check } from './check.ts'
import { maskProxyUser } from './goproxy.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What go reads a value of HTTPS_PROXY as. @returns null when go ignores it */
export type ReadProxy = (value: string) => { readonly kind: string; readonly host: string; readonly port: number } | null

/** All proxy variables of an environment. @param placeOf where a variable is set, null where that is not known */
export function checkProxyVariables(env: Environment, read: ReadProxy, placeOf: (variable: string) => string | null): readonly Check[] {
  return [
    ...checkProxy('HTTPS_PROXY', env, read, placeOf),
    ...checkProxy('HTTP_PROXY', env, read, placeOf),
    ...checkHttpAlone(env, placeOf),
    ...checkAllProxy(env, placeOf),
    ...checkNoProxy(env['NO_PROXY'] || env['no_proxy'] || '', placeOf('NO_PROXY') ?? placeOf('no_proxy')),
  ]
}

function checkProxy(
  name: 'HTTPS_PROXY' | 'HTTP_PROXY',
  env: Environment,
  read: ReadProxy,
  placeOf: (variable: string) => string | null,
): readonly Check[] {
  const [upper, lower] = [env[name] ?? '', env[name.toLowerCase()] ?? '']
  const [variable, value] = upper === '' ? [name.toLowerCase(), lower] : [name, upper]
  if (value === '') return []
  const place = placeOf(variable)
  const shown = `${variable}=${maskProxyUser(value)}`
  const split =
    upper !== '' && lower !== '' && upper !== lower
      ? [
          check('warning', 'proxy', `${name} and ${name.toLowerCase()} differ: go takes the upper case, git and curl the lower case`, {
            place,
          }),
        ]
      : []
  return [...split, judgeProxy(shown, value, read(value), place)]
}

function judgeProxy(shown: string, value: string, proxy: ReturnType<ReadProxy>, place: string | null): Check {
  if (proxy === null) {
    return check('problem', 'proxy', `${shown} cannot be parsed: go ignores it without a word and connects directly`, {
      place,
      advice: ENCODE,
    })
  }
  if (/^['"]?http$/.test(proxy.host) && !/^https?:\/\/http(?:[:/]|$)/.test(value)) {
    return check('problem', 'proxy', `${shown}: go takes its scheme for the name of the proxy ("lookup http: no such host")`, {
      place,
      advice: ENCODE,
    })
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(value)?.[1]?.toLowerCase()
  if (scheme !== undefined && !['http', 'https', 'socks5', 'socks5h'].includes(scheme)) {
    return check('warning', 'proxy', `${shown}: go knows no ${scheme} proxies and speaks HTTP to it without a word`, { place })
  }
  if (scheme === 'https') {
    return check('note', 'proxy', `${shown}: TLS to the proxy itself, which must have a certificate; most proxies speak plain HTTP here`, {
      place,
    })
  }
  return check('fine', 'proxy', shown, { place })
}

/** Modules come by https, for which HTTP_PROXY does not count. */
function checkHttpAlone(env: Environment, placeOf: (variable: string) => string | null): readonly Check[] {
  const isSet = (names: readonly string[]) => names.find((name) => (env[name] ?? '') !== '')
  const variable = isSet(['HTTP_PROXY', 'http_proxy'])
  if (variable === undefined || isSet(['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy']) !== undefined) return []
  const text = `${variable} is set and HTTPS_PROXY is not: for https:// go connects directly`
  return [check('warning', 'proxy', text, { place: placeOf(variable), advice: 'set HTTPS_PROXY as well' })]
}

function checkAllProxy(env: Environment, placeOf: (variable: string) => string | null): readonly Check[] {
  const variable = ['ALL_PROXY', 'all_proxy'].find((name) => (env[name] ?? '') !== '')
  if (variable === undefined) return []
  const hasOther = ['HTTPS_PROXY', 'https_proxy'].some((name) => (env[name] ?? '') !== '')
  const text = `${variable}=${maskProxyUser(env[variable] ?? '')}: git and curl read it, go does not${hasOther ? '' : '; go connects directly'}`
  return [
    check(hasOther ? 'note' : 'warning', 'proxy', text, { place: placeOf(variable), advice: hasOther ? null : 'set HTTPS_PROXY as well' }),
  ]
}

function checkNoProxy(value: string, place: string | null): readonly Check[] {
  if (value === '') return []
  const warn = (text: string) => check('warning', 'NO_PROXY', text, { place })
  const entries = value.split(',').map((entry) => entry.trim())
  const odd = entries.flatMap((entry): readonly Check[] => {
    if (/[\s;]/.test(entry)) return [warn(`"${entry}" is one entry that matches nothing: entries are separated by commas alone`)]
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(entry)) return [warn(`${entry} matches nothing: a host has no scheme`)]
    if (/^\*[^.]/.test(entry)) return [warn(`${entry} matches nothing: a star stands alone or before a dot`)]
    if (/^[0-9a-fA-F.:]+\/\d{1,3}$/.test(entry)) {
      return [check('note', 'NO_PROXY', `${entry} matches hosts written as addresses only; names are not resolved for it`, { place })]
    }
    return []
  })
  return odd.some(({ status }) => status === 'warning') ? odd : [check('fine', 'NO_PROXY', value, { place }), ...odd]
}

const ENCODE = 'write http://HOST:PORT; in a password write @ : / # ? % and blanks as %40 %3A %2F %23 %3F %25 %20'
