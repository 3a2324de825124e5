import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { RootsFacts } from '../../diagnosis/observation.ts'
import { type GoRules, goRules } from '../../x509/rules.ts'
import { readBundle } from './bundle.ts'
import type { RootPlaces } from './places.ts'

/** The trusted roots of a client and where they come from. */
export interface LoadedRoots {
  /** DER, each once, in the order in which go loads them. */
  readonly certificates: readonly Uint8Array[]
  readonly facts: RootsFacts
  /** Go's error when nothing was loaded and a place failed otherwise than by not being there; null in all other cases. */
  readonly systemRootsError: string | null
}

/** The variables of the client's environment that go reads for this. */
export interface RootsEnvironment {
  readonly SSL_CERT_FILE?: string | undefined
  readonly SSL_CERT_DIR?: string | undefined
}

/**
 * Load the roots as go on Linux and the BSDs does: the first file that can be read and all directories. SSL_CERT_FILE replaces the file
 * list, SSL_CERT_DIR the directory list, each on its own; an empty value counts as unset. Reads the disk, changes nothing, never throws.
 * @param whose in words, for the facts ("its own environment")
 */
export function loadUnixRoots(env: RootsEnvironment, whose: string, usual: RootPlaces, rules: GoRules = goRules('1.26')): LoadedRoots {
  const sslCertFile = env.SSL_CERT_FILE ?? ''
  const sslCertDir = env.SSL_CERT_DIR ?? ''
  const files = sslCertFile === '' ? usual.files : [sslCertFile]
  const directories = sslCertDir === '' ? usual.directories : sslCertDir.split(':')
  const read = [...readFirstFile(files, sslCertFile !== '', rules), ...readDirectories(directories, sslCertDir !== '', rules)]
  const certificates = withoutDuplicates(read.flatMap((place) => place.certificates))
  const places = read.map(({ path, certificates: found, problem }) => ({ path, count: withoutDuplicates(found).length, problem }))
  const goError = read.find((place) => place.goError !== null)?.goError ?? null
  return {
    certificates,
    facts: { whose, places, count: certificates.length, sslCertFile, sslCertDir },
    systemRootsError: certificates.length === 0 ? goError : null,
  }
}

interface Place {
  readonly path: string
  readonly certificates: readonly Uint8Array[]
  readonly problem: string | null
  /** Go's text for an error other than "not there". */
  readonly goError: string | null
}

const MAXIMUM_FILE_BYTES = 64 * 1024 * 1024

/** The file that go uses, and those before it that failed otherwise than by not being there. */
function readFirstFile(files: readonly string[], isChosen: boolean, rules: GoRules): readonly Place[] {
  const places: Place[] = []
  for (const path of files) {
    const place = readFilePlace(path, rules)
    if (place.isRead) return [...places, place]
    if (place.goError !== null || isChosen) places.push(place)
  }
  return places
}

function readFilePlace(path: string, rules: GoRules): Place & { readonly isRead: boolean } {
  try {
    const { certificates, problem } = readBundle(readRegularFile(path), rules)
    return { path, certificates, problem, goError: null, isRead: true }
  } catch (error) {
    return { path, certificates: [], ...describeFailure(path, error, 'file'), isRead: false }
  }
}

/** All directories; of the usual ones only those that are there. */
function readDirectories(directories: readonly string[], isChosen: boolean, rules: GoRules): readonly Place[] {
  const places = directories.map((path) => readDirectory(path, rules))
  return places.filter((place) => isChosen || !isAbsent(place))
}

function isAbsent({ problem, goError }: Place): boolean {
  return problem?.startsWith('no such') === true && goError === null
}

/** Every entry counts, whatever its name, but a symbolic link to another name in the same directory; what cannot be read is skipped. */
function readDirectory(path: string, rules: GoRules): Place {
  const listed = listDirectory(path)
  if ('goError' in listed) return { path, certificates: [], ...listed }
  const certificates = listed.names.flatMap((name) => readEntry(`${path}/${name}`, rules))
  return { path, certificates, problem: certificates.length === 0 ? 'no certificate in any of its files' : null, goError: null }
}

function listDirectory(path: string): { readonly names: readonly string[] } | Pick<Place, 'problem' | 'goError'> {
  try {
    const entries = readdirSync(path, { withFileTypes: true }).filter(
      (entry) => !(entry.isSymbolicLink() && staysInside(`${path}/${entry.name}`)),
    )
    return { names: entries.map((entry) => entry.name).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))) }
  } catch (error) {
    return describeFailure(path, error, 'directory')
  }
}

function staysInside(link: string): boolean {
  try {
    return !readlinkSync(link).includes('/')
  } catch {
    return false
  }
}

function readEntry(path: string, rules: GoRules): readonly Uint8Array[] {
  try {
    return readBundle(readRegularFile(path), rules).certificates
  } catch {
    return []
  }
}

/** Read a file of at most 64 MiB; what is larger, or no regular file, reads as empty. Never blocks on a pipe or a device. @throws the system's error, EISDIR for a directory */
export function readRegularFile(path: string): Uint8Array {
  // O_NONBLOCK: opening a named pipe for reading would wait for a writer.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const stat = fstatSync(file)
    if (stat.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' })
    return stat.isFile() && stat.size <= MAXIMUM_FILE_BYTES ? readFileSync(file) : new Uint8Array()
  } finally {
    closeSync(file)
  }
}

function describeFailure(path: string, error: unknown, wanted: 'file' | 'directory'): Pick<Place, 'problem' | 'goError'> {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT') return { problem: describeAbsence(path, wanted), goError: null }
  const words = FAILURES[code] ?? code.toLowerCase()
  const operation = code === 'EISDIR' ? 'read' : 'open'
  return { problem: words, goError: `${operation} ${path}: ${words}` }
}

function describeAbsence(path: string, wanted: 'file' | 'directory'): string {
  if (path.startsWith('~')) return `no such ${wanted}: go does not expand ~`
  if (wanted === 'file' && path.includes(':')) return 'no such file: SSL_CERT_FILE is one path, not a list'
  return `no such ${wanted}`
}

/** The texts of Go's syscall package. */
const FAILURES: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  ELOOP: 'too many levels of symbolic links',
  ENAMETOOLONG: 'file name too long',
}

function withoutDuplicates(certificates: readonly Uint8Array[]): readonly Uint8Array[] {
  const byOctets = new Map(certificates.map((der) => [Buffer.from(der.buffer, der.byteOffset, der.length).toString('latin1'), der]))
  return [...byOctets.values()]
}
