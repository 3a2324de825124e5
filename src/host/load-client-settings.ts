/** Reads the settings of git, curl and npm on this machine. Never throws. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Check } from '../contract/document.ts'
import { readText, shorten } from './setting-places.ts'
import {
  checkCurlrc,
  checkForeignRoots,
  checkGitSettings,
  checkInsecureVariables,
  checkNpmrc,
  type GitSetting,
  readGitConfig,
} from './settings/clients.ts'

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

function askGit(env: NodeJS.ProcessEnv): readonly GitSetting[] {
  try {
    const text = execFileSync('git', ['config', '--list', '--show-origin', '-z'], {
      env,
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

/** The file of a setting, with the line where its last word stands alone with this value. */
function placeOf({ origin, key, value }: GitSetting, home: string): string | null {
  const path = /^file:(.+)$/.exec(origin)?.[1]
  if (path === undefined) return origin === '' ? null : origin
  const name = key.split('.').at(-1) ?? ''
  const lines = (readText(path) ?? '').split(/\r?\n/).map((line) => line.toLowerCase())
  const at = lines.findIndex((line) => line.trim().startsWith(name) && line.includes(value.toLowerCase()))
  return at < 0 ? shorten(path, home) : `${shorten(path, home)}:${at + 1}`
}

function checkFile(path: string, home: string, checkText: (text: string, path: string) => readonly Check[]): readonly Check[] {
  const text = readText(path)
  return text === null ? [] : checkText(text, shorten(path, home))
}
