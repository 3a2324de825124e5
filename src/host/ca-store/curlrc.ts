import { readRegularFile } from './linux.ts'

/** What a .curlrc says of roots: with either of them the curl program reads none of its variables. */
export interface CurlrcRoots {
  readonly path: string
  readonly cacert: string | null
  readonly capath: string | null
}

/**
 * The roots that the first .curlrc of this environment names, as curl looks for it: CURL_HOME, XDG_CONFIG_HOME, HOME. Never throws.
 * @returns null where there is none, or it names no roots
 */
export function loadCurlrcRoots(env: NodeJS.ProcessEnv): CurlrcRoots | null {
  const home = env['HOME'] ?? ''
  const candidates = [
    ...inFolder(env['CURL_HOME'], '.curlrc'),
    ...inFolder(env['XDG_CONFIG_HOME'], 'curlrc'),
    ...inFolder(home, '.curlrc'),
    ...inFolder(home, '.config/curlrc'),
  ]
  for (const path of candidates) {
    const text = readOrNull(path)
    if (text !== null) return readCurlrcRoots(text, path)
  }
  return null
}

/** The last `cacert` and `capath` of a .curlrc: "option value", "option = value", "--option value", the value in quotes or up to a blank. */
export function readCurlrcRoots(text: string, path: string): CurlrcRoots | null {
  const lastOf = (option: string) => {
    const line = text.split(/\r?\n/).findLast((each) => new RegExp(`^\\s*(?:--${option}\\s|${option}[\\s=:])`).test(each))
    const value = /^\s*-{0,2}[a-z]+\s*[=:]?\s*(?:"((?:[^"\\]|\\.)*)"|(\S+))/.exec(line ?? '')
    return value === null ? null : (value[1]?.replace(/\\(.)/g, '$1') ?? value[2] ?? null)
  }
  const [cacert, capath] = [lastOf('cacert'), lastOf('capath')]
  return cacert === null && capath === null ? null : { path, cacert, capath }
}

function inFolder(folder: string | undefined, name: string): readonly string[] {
  return folder === undefined || folder === '' ? [] : [`${folder}/${name}`]
}

function readOrNull(path: string): string | null {
  try {
    return Buffer.from(readRegularFile(path)).toString('utf8')
  } catch {
    return null
  }
}
