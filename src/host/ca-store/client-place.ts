import { readdirSync, statSync } from 'node:fs'
import { readCertificateFile } from '../../x509/certificate-file.ts'
import { readNames } from '../../x509/names.ts'
import { readRegularFile } from './linux.ts'
import { type ListReader, readList } from './list-file.ts'
import { rootPlaces } from './places.ts'

/** A place from which a client reads roots. */
export interface ClientRootsPlace {
  /** A path, or in words where it is no file ("bundled with Node 20.20.2"). */
  readonly path: string
  /** What names it: a variable, a git setting, or "default". */
  readonly setBy: string
  readonly count: number
  /** When it was last changed, ISO 8601; null where that is not known. */
  readonly mtime: string | null
  /** Why nothing could be read; null when all is well. */
  readonly problem: string | null
}

/** A place with what was found in it. */
export interface LoadedPlace extends ClientRootsPlace {
  readonly certificates: readonly Uint8Array[]
  /** With this place as it is the program makes no TLS connection, whatever it reads elsewhere. */
  readonly isFatal: boolean
}

/** Distributions build curl, GnuTLS and OpenSSL for the same bundle that go finds first. */
export function loadUsualBundle(platform: string, reader: ListReader): LoadedPlace {
  const files = rootPlaces(platform)?.files ?? []
  const path = files.find((each) => readMtime(each) !== null)
  return path === undefined ? failed('the usual bundle', 'default', 'no bundle at any usual place') : loadList(path, 'default', reader)
}

/** A file as this library reads it. One that was named and cannot be read ends every connection of git and curl; Node goes on. */
export function loadList(path: string, setBy: string, reader: ListReader): LoadedPlace {
  const isFatal = reader !== 'node'
  if (path === '') return { ...failed('(empty)', setBy, 'set to nothing, which is no file'), isFatal }
  try {
    const list = readList(readRegularFile(path), reader)
    return { path, setBy, count: list.certificates.length, mtime: readMtime(path), ...list }
  } catch (error) {
    return { ...failed(path, setBy, describeError(error)), isFatal }
  }
}

/** All certificates that can be found in a file, in either form, whoever could read them: for what is looked at or still to be told to someone. */
export function loadFile(path: string, setBy: string): LoadedPlace {
  try {
    const certificates = readCertificateFile(readRegularFile(path))
      .certificates.map(({ der }) => der)
      .filter((der) => readNames(der) !== null)
    const problem = certificates.length === 0 ? 'no certificate in it' : null
    return { path, setBy, count: certificates.length, mtime: readMtime(path), problem, isFatal: false, certificates }
  } catch (error) {
    return failed(path, setBy, describeError(error))
  }
}

/**
 * The files of a folder, none below it. OpenSSL opens only those named by a hash, numbered from 0 without a gap (`openssl rehash`); GnuTLS opens all.
 * What cannot be read in it is skipped.
 */
export function loadFolder(path: string, setBy: string, reader: ListReader): LoadedPlace {
  try {
    const all = readdirSync(path)
    const names = reader === 'gnutls' ? all : all.filter((name) => isHashed(name, all))
    const found = names.flatMap((name) => loadList(`${path}/${name}`, setBy, reader).certificates)
    const certificates = [...new Map(found.map((der) => [Buffer.from(der).toString('latin1'), der])).values()]
    const problem =
      certificates.length > 0 ? null : reader === 'gnutls' ? 'no certificate in any of its files' : 'no file named by a hash in it'
    return { path, setBy, count: certificates.length, mtime: readMtime(path), problem, isFatal: false, certificates }
  } catch (error) {
    return failed(path, setBy, describeError(error))
  }
}

function isHashed(name: string, all: readonly string[]): boolean {
  const [, hash, number] = /^([0-9a-f]{8})\.(\d{1,4})$/.exec(name) ?? []
  return hash !== undefined && (number === '0' || isHashed(`${hash}.${Number(number) - 1}`, all)) && all.includes(name)
}

function failed(path: string, setBy: string, problem: string): LoadedPlace {
  return { path, setBy, count: 0, mtime: null, problem, isFatal: false, certificates: [] }
}

function describeError(error: unknown): string {
  return error instanceof Error && 'code' in error ? `cannot be read (${String(error.code)})` : 'cannot be read'
}

/** When a file or folder was last changed, ISO 8601; null when that cannot be learned. */
export function readMtime(path: string): string | null {
  try {
    return statSync(path).mtime.toISOString()
  } catch {
    return null
  }
}
