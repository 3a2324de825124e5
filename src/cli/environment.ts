/** Facts of this machine, gathered for `doctor` and for the `environment` of the JSON document. */

import type { Check, Environment } from '../contract/document.ts'
import { type ClientRoots, describeMachine, loadClientRoots } from '../host/ca-store/clients.ts'
import { listNamedHosts, type NamedHost } from '../host/go-hosts.ts'
import { findHomeFolder } from '../host/home-folder.ts'
import { loadClientChecks } from '../host/load-client-settings.ts'
import { describePlaces, loadSettingPlaces, placesOf, readText, type SettingPlace } from '../host/setting-places.ts'
import { check } from '../host/settings/check.ts'
import { checkGoSettings } from '../host/settings/go-settings.ts'
import { checkHostsFile } from '../host/settings/hosts-file.ts'
import { checkProxyVariables } from '../host/settings/proxy-variables.ts'
import { checkRoots, listRootStores } from '../host/settings/roots.ts'
import { locateHostsFile } from '../proxy/hosts-file.ts'
import { chooseRoute, parseProxySetting, readSetting } from '../proxy/route.ts'

/** Whose facts. */
export interface EnvironmentInput {
  readonly env: NodeJS.ProcessEnv
  /** As `go env` prints them; null where there is no go. */
  readonly settings: Readonly<Record<string, string | undefined>> | null
  /** "1.26.8" */
  readonly goVersion: string
  readonly now: Date
}

/** Checks that need no network, and the root stores behind some of them. */
export interface LocalFacts {
  readonly clients: readonly ClientRoots[]
  readonly checks: readonly Check[]
}

/** Read all settings and stores of this machine; nothing is sent. */
export function gatherLocalFacts(input: EnvironmentInput): LocalFacts {
  const { env, settings, goVersion, now } = input
  const clients = loadClientRoots(describeMachine(env, null))
  const places = loadSettingPlaces(VARIABLES, describePlaces(settings?.['GOENV'] ?? null))
  const placeOf = (variable: string) => describePlace(variable, env[variable] ?? settings?.[variable] ?? '', places)
  const ofGo = settings === null ? [] : checkGoSettings(settings, env, goVersion)
  const named = listNamedHosts(settings ?? {})
  const hosts = named.map(({ host }) => host)
  const hostsFile = locateHostsFile(process.platform, env['SystemRoot'])
  return {
    clients,
    checks: [
      ...ofGo.map((each) => ({ ...each, place: each.place ?? placeOf(each.subject) })),
      ...checkProxyVariables(env, (value) => parseProxySetting(value) ?? null, placeOf),
      ...checkRoutes(named, env),
      ...checkHostsFile(readText(hostsFile) ?? '', hostsFile, hosts),
      ...checkRoots(clients, now),
      ...loadClientChecks(env, findHomeFolder()),
    ],
  }
}

/** The `environment` of a document. */
export function describeEnvironment({ clients, checks }: LocalFacts, clock: Environment['clock']): Environment {
  return { clock, roots: listRootStores(clients), findings: describeFindings(checks) }
}

/** What is not fine, one sentence each. */
export function describeFindings(checks: readonly Check[]): readonly string[] {
  return checks
    .filter(({ status }) => status === 'warning' || status === 'problem')
    .map(({ subject, text, place, code }) => `${code === null ? '' : `${code}: `}${subject}: ${text}${place === null ? '' : ` (${place})`}`)
}

/** Hosts that go reaches past its proxy. */
function checkRoutes(named: readonly NamedHost[], env: NodeJS.ProcessEnv): readonly Check[] {
  if (parseProxySetting(readSetting(env, 'HTTPS_PROXY')) === undefined) return []
  return named
    .filter(({ host, port }) => chooseRoute(env, 'https', host, port).kind === 'direct')
    .map(({ host }) => check('note', 'NO_PROXY', `${host} is reached directly, past the proxy; is that meant?`))
}

/** Only places that set the value that is in force are named. */
function describePlace(variable: string, value: string, places: readonly SettingPlace[]): string | null {
  const own = placesOf(variable, value, places)
  return own.length === 0 ? null : own.map(({ path, line }) => `${path}:${line}`).join(', ')
}

const PROXIES = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'ALL_PROXY']
const VARIABLES = [
  ...PROXIES,
  ...PROXIES.map((name) => name.toLowerCase()),
  ...['GOPROXY', 'GONOPROXY', 'GOPRIVATE', 'GOSUMDB', 'GONOSUMDB', 'GOINSECURE', 'GOFLAGS', 'GOTOOLCHAIN', 'GOAUTH', 'GODEBUG'],
]
