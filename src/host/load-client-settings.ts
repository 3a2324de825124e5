/** Reads the settings of git, curl and npm on this machine. Never throws. */
import { execFileSync } from 'node:child_process'
import { join, parse } from 'node:path'
import type { Check } from '../contract/document.ts'
import type { GitSettingFact } from '../diagnosis/observation.ts'
import { readText, shorten } from './setting-places.ts'
import {
  checkCurlrc,
  checkForeignRoots,
  checkGitSettings,
  checkInsecureVariables,
  checkNpmrc,
  findGitLine,
  findGitSetting,
  type GitSetting,
  readGitConfig,
} from './settings/clients.ts'
import { maskProxyUser } from './settings/goproxy.ts'

/** All that makes other clients check less, or go elsewhere. */
export function loadClientChecks(env: NodeJS.ProcessEnv, home: string): readonly Check[] {
  const curlrcs = [env['CURL_HOME'], env['XDG_CONFIG_HOME'], home, join(home, '.config')].flatMap((folder) =>
    folder === undefined || folder === '' ? [] : [join(folder, '.curlrc'), join(folder, 'curlrc')],
  )
  return [
    ...checkInsecureVariables(env),
    ...checkGitSettings(askGit(env), (setting) => placeOf(setting, home)),
    ...[...new Set(curlrcs)].flatMap((path) => checkFile(path, home, checkCurlrc)),
    ...checkFile(join(home, '.npmrc'), home, checkNpmrc),
    ...checkForeignRoots(env),
  ]
}

function askGit(env: NodeJS.ProcessEnv, cwd = process.cwd()): readonly GitSetting[] {
  try {
    const text = execFileSync('git', ['config', '--list', '--show-origin', '-z'], {
      env,
      cwd,
      encoding: 'utf8',
      timeout: 3_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return readGitConfig(text)
  } catch {
    // No git, or a configuration that it cannot read.
    return []
  }
}

/**
 * What git is told about TLS and proxies for one address, each with where it stands. The settings of the repository at hand are left out: go runs git in its
 * own cache. Never throws.
 */
export function loadGitHttpSettings(env: NodeJS.ProcessEnv, url: string, home: string): readonly GitSettingFact[] {
  const cwd = parse(process.cwd()).root
  const all = askGit(env, cwd)
  return askGitFor(url, env, cwd).flatMap(([name, value]): readonly GitSettingFact[] => {
    const setting = ABOUT_TLS.has(name) ? findGitSetting(all, name, value, url) : undefined
    if (setting === undefined) return []
    const file = /^file:(.+)$/.exec(setting.origin)?.[1] ?? null
    const masked = name === 'proxy' ? maskProxyUser(value) : value
    return [{ key: setting.key, value: masked, place: file === null ? null : placeOf(setting, home), file }]
  })
}

/** Of the `http.*` settings. */
const ABOUT_TLS: ReadonlySet<string> = new Set(
  ['proxy', 'sslverify', 'sslcainfo', 'sslcapath', 'sslbackend', 'sslversion', 'sslcipherlist', 'sslcert', 'pinnedpubkey'].concat([
    'schannelcheckrevoke',
    'schannelusesslcainfo',
    'proxysslcainfo',
  ]),
)

/** Names behind `http.` with the value that wins for this address. */
function askGitFor(url: string, env: NodeJS.ProcessEnv, cwd: string): readonly (readonly [name: string, value: string])[] {
  try {
    const text = execFileSync('git', ['config', '-z', '--get-urlmatch', 'http', url], {
      env,
      cwd,
      encoding: 'utf8',
      timeout: 3_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return text.split('\0').flatMap((line) => {
      const [, name, value] = /^http\.([a-z]+)\n(.*)$/s.exec(line) ?? []
      return name === undefined ? [] : [[name, value ?? ''] as const]
    })
  } catch {
    // No git, or nothing set for this address: git says both by its exit code.
    return []
  }
}

/** The file of a setting, with its line where that is found. */
function placeOf(setting: GitSetting, home: string): string | null {
  const path = /^file:(.+)$/.exec(setting.origin)?.[1]
  if (path === undefined) return setting.origin === '' ? null : setting.origin
  const line = findGitLine(readText(path) ?? '', setting)
  return line === undefined ? shorten(path, home) : `${shorten(path, home)}:${line}`
}

function checkFile(path: string, home: string, checkText: (text: string, path: string) => readonly Check[]): readonly Check[] {
  const text = readText(path)
  return text === null ? [] : checkText(text, shorten(path, home))
}
