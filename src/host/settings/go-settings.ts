/** All settings of go that bear on downloads, each in words. Pure. */
import type { Check } from '../../contract/document.ts'
import { NEWEST_MINOR } from '../../x509/rules.ts'
import { check } from './check.ts'
import { checkGodebug } from './godebug.ts'
import { checkGoproxy } from './goproxy.ts'
import { checkGosumdb } from './gosumdb.ts'
import { checkPatterns } from './patterns.ts'

/** @param settings as `go env` prints them  @param env the process's own, for GODEBUG  @param goVersion "1.26.8" */
export function checkGoSettings(
  settings: Readonly<Record<string, string | undefined>>,
  env: Readonly<Record<string, string | undefined>>,
  goVersion: string,
): readonly Check[] {
  const setting = (name: string) => settings[name] ?? ''
  return [
    ...checkGoproxy(setting('GOPROXY')),
    ...checkPatterns('GOPRIVATE', setting('GOPRIVATE')),
    // Unset, both are what GOPRIVATE is.
    ...(setting('GONOPROXY') === setting('GOPRIVATE') ? [] : checkPatterns('GONOPROXY', setting('GONOPROXY'))),
    ...checkGosumdb(setting('GOSUMDB')),
    ...(setting('GONOSUMDB') === setting('GOPRIVATE') ? [] : checkPatterns('GONOSUMDB', setting('GONOSUMDB'))),
    ...checkPatterns('GOINSECURE', setting('GOINSECURE')),
    ...checkGoflags(setting('GOFLAGS')),
    ...checkGotoolchain(setting('GOTOOLCHAIN'), setting('GOPROXY'), goVersion, env['GOTOOLCHAIN'] !== undefined),
    ...checkGoauth(env['GOAUTH'] ?? setting('GOAUTH'), goVersion),
    ...checkGodebug(env['GODEBUG'] ?? '', goVersion),
  ]
}

function checkGoflags(value: string): readonly Check[] {
  return value
    .split(/\s+/)
    .filter((flag) => flag !== '')
    .flatMap((flag) => {
      if (/^--?insecure(=|$)/.test(flag)) {
        return [check('problem', 'GOFLAGS', `${flag}: go: -insecure flag is no longer supported`, { commands: ['go env -u GOFLAGS'] })]
      }
      if (/^--?mod=vendor$/.test(flag)) return [check('note', 'GOFLAGS', `${flag}: builds read the vendor folder and use no network`)]
      return /^-/.test(flag) ? [] : [check('problem', 'GOFLAGS', `${flag}: go refuses an entry that does not begin with -`)]
    })
}

function checkGotoolchain(value: string, goproxy: string, goVersion: string, isOfProcess: boolean): readonly Check[] {
  if (value === '' || value === 'local' || value === 'path') return []
  return [...checkToolchainName(value, goVersion, isOfProcess), ...checkToolchainSource(value, goproxy)]
}

/** The version that every go command has to fetch before it does anything else. */
function checkToolchainName(value: string, goVersion: string, isOfProcess: boolean): readonly Check[] {
  // A variable of the process wins over what `go env -w` writes.
  const setTo = (name: string) =>
    isOfProcess ? { advice: `set it to ${name} where the environment is made` } : { commands: [`go env -w GOTOOLCHAIN=${name}`] }
  const local = setTo('local')
  const name = value.replace(/\+(?:auto|path)$/, '')
  if (name === 'auto' || name === 'local') return []
  const [, minor, rest = ''] = /^go1\.(\d{1,4})(\.\d{1,4}|(?:rc|beta)\d{1,3})?(?:-[\w.]{1,40})?$/.exec(name) ?? []
  if (minor === undefined) return [check('problem', 'GOTOOLCHAIN', `go refuses this value: invalid GOTOOLCHAIN "${value}"`, local)]
  if (name === `go${goVersion}`) return []
  if (Number(minor) >= 21 && rest === '') {
    const text = `${name} is a version of the language: releases have three numbers since 1.21, and go ends with "toolchain not available"`
    return [check('problem', 'GOTOOLCHAIN', text, setTo(`${name}.0`))]
  }
  const isBeyond = Number(minor) > Math.max(NEWEST_MINOR, Number(goVersion.split('.')[1] ?? 0))
  const fetches = `go ${goVersion} fetches ${name} from GOPROXY before every other work`
  return isBeyond
    ? [
        check(
          'warning',
          'GOTOOLCHAIN',
          `${fetches}; whytls knows of no such release, and without one go ends with "toolchain not available"`,
          local,
        ),
      ]
    : [check('note', 'GOTOOLCHAIN', `${fetches}, unless it is in the module cache`)]
}

function checkToolchainSource(value: string, goproxy: string): readonly Check[] {
  const first = goproxy.split(/[,|]/)[0]?.trim()
  if (first !== 'direct' && first !== 'off') return []
  return [
    check(
      'warning',
      'GOTOOLCHAIN',
      `${value}, but GOPROXY begins with ${first}: another toolchain cannot be fetched ("toolchain not available")`,
      {
        advice: 'toolchains come through a module mirror only',
        commands: ['go env -w GOTOOLCHAIN=local'],
      },
    ),
  ]
}

function checkGoauth(value: string, goVersion: string): readonly Check[] {
  if (value === '' || value === 'netrc') return []
  const minor = Number(goVersion.split('.')[1] ?? 26)
  if (minor < 24) return [check('warning', 'GOAUTH', `it came with go 1.24; go ${goVersion} ignores it and reads .netrc`)]
  return [check('note', 'GOAUTH', `credentials come from: ${value.split(/\s+/)[0] ?? ''} (never used for a parent proxy)`)]
}
