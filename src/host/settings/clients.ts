/** Settings by which git, curl, npm and Node check less, or go another way than go does. Pure. */

import type { Check } from '../../contract/document.ts'
import { commandLine, unsetVariable } from '../../diagnosis/remedy.ts'
import { check, insecure } from './check.ts'
import { maskProxyUser } from './goproxy.ts'

/** One line of `git config --list --show-origin -z`. */
export interface GitSetting {
  /** "file:/home/anna/.gitconfig", "command line:" … */
  readonly origin: string
  /** Lower case, as git prints it. */
  readonly key: string
  readonly value: string
}

/** Read what git prints: origin, NUL, key, line feed, value, NUL. */
export function readGitConfig(text: string): readonly GitSetting[] {
  const parts = text.split('\0')
  const settings: GitSetting[] = []
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [key = '', ...value] = (parts[at + 1] ?? '').split('\n')
    settings.push({ origin: parts[at] ?? '', key, value: value.join('\n') })
  }
  return settings
}

/**
 * Which of git's settings gives this value to `http.<name>` for an address: the one for most of it, the last of several. Undefined where none does.
 * @param url its root, as `git config --get-urlmatch` was asked
 */
export function findGitSetting(settings: readonly GitSetting[], name: string, value: string, url: string): GitSetting | undefined {
  const fitting = settings.filter((each) => {
    const found = /^http\.(?:(.*)\.)?([^.]+)$/is.exec(each.key)
    if (found === null || found[2] !== name || each.value !== value) return false
    return found[1] === undefined || isForAddress(found[1], url)
  })
  return fitting.sort((one, other) => one.key.length - other.key.length).at(-1)
}

/** The last line of a file of git's that gives this setting its value, in its own section; undefined where none is found. Lines count from 1. */
export function findGitLine(text: string, { key, value }: Pick<GitSetting, 'key' | 'value'>): number | undefined {
  const wanted = key.toLowerCase()
  const name = wanted.slice(wanted.lastIndexOf('.') + 1)
  let section = ''
  let found: number | undefined
  text.split(/\r?\n/).forEach((line, at) => {
    const [head = '', own, address] = /^\s*\[\s*([\w.-]+)(?:\s+"([^"]*)")?\s*\]/.exec(line) ?? []
    if (own !== undefined) section = (address === undefined ? own : `${own}.${address}`).toLowerCase()
    const rest = line.slice(head.length).trim().toLowerCase()
    if (`${section}.${name}` === wanted && rest.startsWith(name) && rest.includes(value.toLowerCase())) found = at + 1
  })
  return found
}

/** As git matches them (git-config, `http.<url>.*`): a star stands for one label, and a user's name in the setting fits no address without one. */
function isForAddress(pattern: string, url: string): boolean {
  const [own, asked] = [pattern, url].map((text) => /^(https?):\/\/([^/?#@]+?)(?::(\d+))?\/?$/i.exec(text))
  if (own == null || asked == null || own[1]?.toLowerCase() !== asked[1]?.toLowerCase()) return false
  const port = (found: RegExpExecArray) => found[3] ?? (found[1]?.toLowerCase() === 'http' ? '80' : '443')
  const labels = (found: RegExpExecArray) => (found[2] ?? '').toLowerCase().split('.')
  const [patterns, names] = [labels(own), labels(asked)]
  return (
    port(own) === port(asked) && patterns.length === names.length && patterns.every((label, at) => label === '*' || label === names[at])
  )
}

/** What of git's settings bears on TLS. @param placeOf where a setting stands ("~/.gitconfig:12") */
export function checkGitSettings(settings: readonly GitSetting[], placeOf: (setting: GitSetting) => string | null): readonly Check[] {
  return settings.flatMap((setting): readonly Check[] => {
    const { key, value } = setting
    const place = placeOf(setting)
    if (/^http\.(?:.*\.)?sslverify$/i.test(key) && /^(?:false|no|off|0)$/i.test(value)) {
      const commands = isPlainKey(key) ? [commandLine(['git', 'config', scopeOf(setting), '--unset-all', key])] : []
      return [insecure('git', `${key}=${value}: git takes source code from anyone on the path`, { place, commands })]
    }
    if (/^http\.(?:.*\.)?proxy$/i.test(key) && value !== '') {
      return [check('note', 'git', `${key}=${maskProxyUser(value)}: git goes through it, go itself reads HTTPS_PROXY only`, { place })]
    }
    if (/^http\.(?:.*\.)?ssl(?:cainfo|capath)$/i.test(key)) {
      return [check('note', 'git', `${key}=${value}: git's own roots, which go does not read`, { place })]
    }
    return []
  })
}

/** A key without a URL in it can be written into a command as it is. */
function isPlainKey(key: string): boolean {
  return /^http\.[a-z]+$/i.test(key)
}

function scopeOf({ origin }: GitSetting): string {
  if (/^file:\/etc\//.test(origin)) return '--system'
  return /^file:(?:.*\/)?\.git\/config$/.test(origin) ? '--local' : '--global'
}

/** Variables by which clients check nothing. */
export function checkInsecureVariables(env: Readonly<Record<string, string | undefined>>): readonly Check[] {
  const found: Check[] = []
  if (env['GIT_SSL_NO_VERIFY'] !== undefined) {
    const text = `GIT_SSL_NO_VERIFY=${env['GIT_SSL_NO_VERIFY']}: that it is set, even to 0 or to nothing, makes git check no certificate; go never reads it`
    found.push(insecure('git', text, { commands: [unsetVariable('GIT_SSL_NO_VERIFY', 'bash')] }))
  }
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    const text = 'NODE_TLS_REJECT_UNAUTHORIZED=0: programs on Node check no certificate; go never reads it'
    found.push(insecure('Node', text, { commands: [unsetVariable('NODE_TLS_REJECT_UNAUTHORIZED', 'bash')] }))
  }
  const strict = env['npm_config_strict_ssl'] ?? env['NPM_CONFIG_STRICT_SSL']
  if (strict === 'false' || strict === '') found.push(insecure('npm', 'npm_config_strict_ssl=false: npm checks no certificate'))
  return found
}

/** A .curlrc that switches checks off. */
export function checkCurlrc(text: string, path: string): readonly Check[] {
  return text.split(/\r?\n/).flatMap((line, at): readonly Check[] => {
    if (!/^\s*(?:-{0,2}insecure|-k|-{0,2}proxy-insecure)\s*$/.test(line)) return []
    return [
      insecure('curl', `${line.trim()}: curl checks no certificate, so it cannot tell whether one is good`, { place: `${path}:${at + 1}` }),
    ]
  })
}

/** A .npmrc that switches checks off, or names a proxy. */
export function checkNpmrc(text: string, path: string): readonly Check[] {
  return text.split(/\r?\n/).flatMap((line, at): readonly Check[] => {
    const [, key = '', value = ''] = /^\s*([a-z-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    const place = `${path}:${at + 1}`
    if (key === 'strict-ssl' && value === 'false') return [insecure('npm', 'strict-ssl=false: npm checks no certificate', { place })]
    if (key === 'https-proxy' || key === 'proxy')
      return [check('note', 'npm', `${key}=${maskProxyUser(value)}: npm's own proxy, which go does not read`, { place })]
    return []
  })
}

/** Variables that other clients read, and that people set in the hope that go does. */
export function checkForeignRoots(env: Readonly<Record<string, string | undefined>>): readonly Check[] {
  return ['NODE_EXTRA_CA_CERTS', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'GIT_SSL_CAINFO', 'AWS_CA_BUNDLE', 'PIP_CERT']
    .filter((name) => (env[name] ?? '') !== '' && (env['SSL_CERT_FILE'] ?? '') === '')
    .map((name) => check('note', 'roots', `${name}=${env[name] ?? ''}: go does not read it; SSL_CERT_FILE is go's (on Linux and BSD)`))
}
