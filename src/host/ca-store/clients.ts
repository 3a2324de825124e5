import { execFileSync } from 'node:child_process'
import { parse } from 'node:path'
import { rootCertificates } from 'node:tls'
import { readCertificateFile } from '../../x509/certificate-file.ts'
import { findIssuer, type IssuerFound } from '../../x509/issued-by.ts'
import { readNames } from '../../x509/names.ts'
import { type ClientRootsPlace, type LoadedPlace, loadFile, loadFolder, loadUsualBundle, readMtime } from './client-place.ts'
import { loadRoots } from './load-roots.ts'
import { rootPlaces } from './places.ts'

export type { ClientRootsPlace, LoadedPlace } from './client-place.ts'

/** The roots of one client of this machine. */
export interface ClientRoots {
  readonly client: 'go' | 'git' | 'curl' | 'node'
  readonly places: readonly ClientRootsPlace[]
  /** Roots in all places, each counted once. */
  readonly count: number
  /** Whether a root has this subject, octet by octet: the raw issuer of a certificate. */
  readonly hasSubject: (rawName: Uint8Array) => boolean
  /** Whether a root is the issuer of this certificate (DER), by its signature. */
  readonly findIssuerOf: (der: Uint8Array) => IssuerFound
}

/** What the clients look at besides the disk. */
export interface ClientsMachine {
  readonly env: NodeJS.ProcessEnv
  /** `process.platform` */
  readonly platform: string
  /** git's http.sslCAInfo, null when unset. */
  readonly gitCaInfo: string | null
  /** git's http.sslCAPath, null when unset. */
  readonly gitCaPath: string | null
}

/**
 * The roots of go, git, curl and Node, as each would read them now. Reads the disk, never throws.
 * @returns [] on systems whose stores cannot be read (macOS, Windows)
 */
export function loadClientRoots(machine: ClientsMachine): readonly ClientRoots[] {
  if (rootPlaces(machine.platform) === undefined) return []
  return [goRoots(machine), summarize('git', loadGitPlaces(machine)), summarize('curl', curlPlaces(machine)), nodeRoots(machine)]
}

/** This machine, with what git is configured to. @param url where git would go: settings may be for one host only; null = none */
export function describeMachine(env: NodeJS.ProcessEnv, url: string | null, platform: string = process.platform): ClientsMachine {
  return { env, platform, gitCaInfo: askGit('http.sslCAInfo', env, url), gitCaPath: askGit('http.sslCAPath', env, url) }
}

function askGit(name: string, env: NodeJS.ProcessEnv, url: string | null): string | null {
  const which = url === null ? ['--get', name] : ['--get-urlmatch', name, url]
  try {
    const text = execFileSync('git', ['config', '--type=path', ...which], {
      env,
      // go runs git in its own cache: the settings of the repository at hand do not count.
      cwd: parse(process.cwd()).root,
      encoding: 'utf8',
      timeout: 3000,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return text.trim() === '' ? null : text.trim()
  } catch {
    // No git, or not set: git says both by its exit code.
    return null
  }
}

function goRoots({ env, platform }: ClientsMachine): ClientRoots {
  const roots = loadRoots(env, 'this environment', { platform })
  const places = roots?.facts.places ?? []
  const setBy = (path: string) =>
    path === env['SSL_CERT_FILE'] ? 'SSL_CERT_FILE' : env['SSL_CERT_DIR']?.split(':').includes(path) ? 'SSL_CERT_DIR' : 'default'
  const shown = places.map(({ path, count, problem }) => ({ path, setBy: setBy(path), count, mtime: readMtime(path), problem }))
  return { client: 'go', places: shown, ...collect(roots?.certificates ?? []) }
}

/** Where git reads its roots, with what is there. GIT_SSL_CAINFO wins over http.sslCAInfo, and each has a folder beside it; git's libcurl reads no other variable. */
export function loadGitPlaces({ env, platform, gitCaInfo, gitCaPath }: ClientsMachine): readonly LoadedPlace[] {
  const file = firstSet([env['GIT_SSL_CAINFO'], 'GIT_SSL_CAINFO'], [gitCaInfo, 'git config http.sslCAInfo'])
  const folder = firstSet([env['GIT_SSL_CAPATH'], 'GIT_SSL_CAPATH'], [gitCaPath, 'git config http.sslCAPath'])
  return [file === null ? loadUsualBundle(platform) : loadFile(...file), ...(folder === null ? [] : [loadFolder(...folder)])]
}

/** CURL_CA_BUNDLE wins; without it SSL_CERT_FILE and SSL_CERT_DIR count, which only the curl program reads. */
function curlPlaces({ env, platform }: ClientsMachine): readonly LoadedPlace[] {
  const bundle = env['CURL_CA_BUNDLE'] ?? ''
  if (bundle !== '') return [loadFile(bundle, 'CURL_CA_BUNDLE')]
  const file = env['SSL_CERT_FILE'] ?? ''
  const folder = env['SSL_CERT_DIR'] ?? ''
  return [
    file === '' ? loadUsualBundle(platform) : loadFile(file, 'SSL_CERT_FILE'),
    ...(folder === '' ? [] : [loadFolder(folder, 'SSL_CERT_DIR')]),
  ]
}

/** The list that is compiled in, and the file of NODE_EXTRA_CA_CERTS beside it. */
function nodeRoots({ env }: ClientsMachine): ClientRoots {
  const bundled = rootCertificates.flatMap((pem) => readCertificateFile(Buffer.from(pem)).certificates.map(({ der }) => der))
  const own: LoadedPlace = {
    path: `bundled with Node ${process.versions.node}`,
    setBy: 'default',
    count: bundled.length,
    mtime: null,
    problem: null,
    certificates: bundled,
  }
  const extra = env['NODE_EXTRA_CA_CERTS'] ?? ''
  return summarize('node', extra === '' ? [own] : [own, loadFile(extra, 'NODE_EXTRA_CA_CERTS')])
}

function firstSet(...pairs: readonly (readonly [string | null | undefined, string])[]): readonly [string, string] | null {
  for (const [value, name] of pairs) if (value) return [value, name]
  return null
}

function summarize(client: ClientRoots['client'], loaded: readonly LoadedPlace[]): ClientRoots {
  const places = loaded.map(({ certificates: _, ...place }) => place)
  return { client, places, ...collect(loaded.flatMap(({ certificates }) => certificates)) }
}

function collect(certificates: readonly Uint8Array[]): Pick<ClientRoots, 'count' | 'hasSubject' | 'findIssuerOf'> {
  const keyOf = (octets: Uint8Array) => Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1')
  const subjects = new Set(certificates.map((der) => keyOf(readNames(der)?.subject ?? new Uint8Array())))
  return {
    count: new Set(certificates.map(keyOf)).size,
    hasSubject: (rawName) => subjects.has(keyOf(rawName)),
    findIssuerOf: (der) => findIssuer(der, certificates),
  }
}
