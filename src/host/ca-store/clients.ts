import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { parse } from 'node:path'
import { rootCertificates } from 'node:tls'
import { readCertificateFile } from '../../x509/certificate-file.ts'
import { findIssuer, type IssuerFound } from '../../x509/issued-by.ts'
import { readNames } from '../../x509/names.ts'
import { type ClientRootsPlace, type LoadedPlace, loadFolder, loadList, loadUsualBundle, readMtime } from './client-place.ts'
import { loadCurlrcRoots } from './curlrc.ts'
import { readRegularFile } from './linux.ts'
import type { ListReader } from './list-file.ts'
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
  /** The library of git's libcurl; OpenSSL where it is not said. */
  readonly gitTls?: 'gnutls' | 'openssl'
  /** The folder that libcurl was built to read beside its file, which naming another file does not take away. */
  readonly libcurlFolder?: string | null
  /** "7.88.1", null where there is no curl; asked only where the answer depends on it. */
  readonly curlVersion?: () => string | null
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
  return {
    env,
    platform,
    gitCaInfo: askGit('http.sslCAInfo', env, url),
    gitCaPath: askGit('http.sslCAPath', env, url),
    gitTls: isGnutls(env) ? 'gnutls' : 'openssl',
    // Debian and its kin build libcurl with both; others name the file only.
    libcurlFolder: existsSync('/etc/debian_version') ? '/etc/ssl/certs' : null,
    curlVersion: () => /^curl (\d+\.\d+\.\d+)/.exec(runProgram('curl', ['-V'], env) ?? '')?.[1] ?? null,
  }
}

/** Which libcurl git's https helper is linked with stands in the program itself. */
function isGnutls(env: NodeJS.ProcessEnv): boolean {
  const folder = runProgram('git', ['--exec-path'], env)
  if (folder === null) return false
  try {
    return Buffer.from(readRegularFile(`${folder}/git-remote-http`)).includes('libcurl-gnutls.so')
  } catch {
    return false
  }
}

function askGit(name: string, env: NodeJS.ProcessEnv, url: string | null): string | null {
  const which = url === null ? ['--get', name] : ['--get-urlmatch', name, url]
  return runProgram('git', ['config', '--type=path', ...which], env)
}

function runProgram(program: string, argv: readonly string[], env: NodeJS.ProcessEnv): string | null {
  try {
    const text = execFileSync(program, argv, {
      env,
      // go runs git in its own cache: the settings of the repository at hand do not count.
      cwd: parse(process.cwd()).root,
      encoding: 'utf8',
      timeout: 3000,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return text.trim()
  } catch {
    // No such program, or not set: git says both by its exit code.
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

/**
 * Where git reads its roots, with what is there. GIT_SSL_CAINFO wins over http.sslCAInfo, also when it is empty, and each has a folder beside it; git's
 * libcurl reads no other variable.
 */
export function loadGitPlaces(machine: ClientsMachine): readonly LoadedPlace[] {
  const { env, platform, gitCaInfo, gitCaPath, gitTls = 'openssl', libcurlFolder = null } = machine
  const file = firstSet([env['GIT_SSL_CAINFO'], 'GIT_SSL_CAINFO'], [gitCaInfo, 'git config http.sslCAInfo'])
  const folder = firstSet([env['GIT_SSL_CAPATH'], 'GIT_SSL_CAPATH'], [gitCaPath, 'git config http.sslCAPath'], [libcurlFolder, 'default'])
  return joinPlaces(file === null ? loadUsualBundle(platform, gitTls) : loadList(...file, gitTls), folder, gitTls)
}

/**
 * A .curlrc wins, then CURL_CA_BUNDLE; without them SSL_CERT_DIR and SSL_CERT_FILE count, which only the curl program reads. Before 8.3 it reads no
 * SSL_CERT_FILE where SSL_CERT_DIR is set.
 */
function curlPlaces({ env, platform, libcurlFolder = null, curlVersion }: ClientsMachine): readonly LoadedPlace[] {
  const curlrc = loadCurlrcRoots(env)
  const bundle = env['CURL_CA_BUNDLE'] ?? ''
  const isTold = curlrc !== null || bundle !== ''
  const directory = isTold ? '' : (env['SSL_CERT_DIR'] ?? '')
  const file = firstSet(
    [curlrc?.cacert, curlrc?.path ?? ''],
    [curlrc === null && bundle !== '' ? bundle : null, 'CURL_CA_BUNDLE'],
    [isTold || (directory !== '' && isBefore83(curlVersion)) ? null : env['SSL_CERT_FILE'] || null, 'SSL_CERT_FILE'],
  )
  const folder = firstSet([curlrc?.capath, curlrc?.path ?? ''], [directory || null, 'SSL_CERT_DIR'], [libcurlFolder, 'default'])
  return joinPlaces(file === null ? loadUsualBundle(platform, 'openssl') : loadList(...file, 'openssl'), folder, 'openssl')
}

function isBefore83(ask: ClientsMachine['curlVersion']): boolean {
  const [major = 9, minor = 0] = (ask?.() ?? '9.0').split('.').map(Number)
  return major < 8 || (major === 8 && minor < 3)
}

/** A file that libcurl cannot take ends the connection, whatever the folder holds. OpenSSL takes several folders, with ":" between them. */
function joinPlaces(file: LoadedPlace, folder: readonly [string, string] | null, reader: ListReader): readonly LoadedPlace[] {
  if (file.isFatal || folder === null) return [file]
  const [path, setBy] = folder
  const paths = reader === 'gnutls' ? [path] : path.split(':')
  const folders = paths.filter((each) => each !== '').map((each) => loadFolder(each, setBy, reader))
  return [file, ...folders.filter((each) => setBy !== 'default' || each.count > 0)]
}

/** The list that is compiled in, or OpenSSL's own with --use-openssl-ca, and the file of NODE_EXTRA_CA_CERTS beside it. */
function nodeRoots({ env, platform }: ClientsMachine): ClientRoots {
  const isOpenssl = (env['NODE_OPTIONS'] ?? '').split(/\s+/).includes('--use-openssl-ca')
  const extra = env['NODE_EXTRA_CA_CERTS'] ?? ''
  const added = extra === '' ? [] : [loadList(extra, 'NODE_EXTRA_CA_CERTS', 'node')]
  return summarize('node', [...(isOpenssl ? opensslPlaces(env, platform) : [bundledPlace()]), ...added])
}

/** A list that cannot be read ends nothing there. */
function opensslPlaces(env: NodeJS.ProcessEnv, platform: string): readonly LoadedPlace[] {
  const file = env['SSL_CERT_FILE']
  const own = file === undefined ? loadUsualBundle(platform, 'openssl') : loadList(file, 'SSL_CERT_FILE', 'openssl')
  const directory = env['SSL_CERT_DIR'] || null
  return joinPlaces({ ...own, isFatal: false }, directory === null ? null : [directory, 'SSL_CERT_DIR'], 'openssl')
}

function bundledPlace(): LoadedPlace {
  const certificates = rootCertificates.flatMap((pem) => readCertificateFile(Buffer.from(pem)).certificates.map(({ der }) => der))
  const path = `bundled with Node ${process.versions.node}`
  return { path, setBy: 'default', count: certificates.length, mtime: null, problem: null, isFatal: false, certificates }
}

/** The first that is set, also to nothing. */
function firstSet(...pairs: readonly (readonly [string | null | undefined, string])[]): readonly [string, string] | null {
  for (const [value, name] of pairs) if (value !== null && value !== undefined) return [value, name]
  return null
}

function summarize(client: ClientRoots['client'], loaded: readonly LoadedPlace[]): ClientRoots {
  const places = loaded.map(({ certificates: _, isFatal: __, ...place }) => place)
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
