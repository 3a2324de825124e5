import { readdirSync, statSync } from 'node:fs'
import { readCertificateFile } from '../../x509/certificate-file.ts'
import { readNames } from '../../x509/names.ts'
import { readRegularFile } from './linux.ts'
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
}

/** Distributions build curl, GnuTLS and OpenSSL for the same bundle that go finds first. */
export function loadUsualBundle(platform: string): LoadedPlace {
  const files = rootPlaces(platform)?.files ?? []
  const path = files.find((each) => readMtime(each) !== null)
  return path === undefined ? failed('the usual bundle', 'default', 'no bundle at any usual place') : loadFile(path, 'default')
}

/** OpenSSL and GnuTLS take more than go: TRUSTED CERTIFICATE, a block behind a byte order mark. */
export function loadFile(path: string, setBy: string): LoadedPlace {
  try {
    const certificates = readCertificateFile(readRegularFile(path))
      .certificates.map(({ der }) => der)
      .filter((der) => readNames(der) !== null)
    const problem = certificates.length === 0 ? 'no certificate in it' : null
    return { path, setBy, count: certificates.length, mtime: readMtime(path), problem, certificates }
  } catch (error) {
    return failed(path, setBy, describeError(error))
  }
}

/** Only files named by a hash count in such a folder (`openssl rehash`). */
export function loadFolder(path: string, setBy: string): LoadedPlace {
  try {
    const names = readdirSync(path).filter((name) => /^[0-9a-f]{8}\.\d+$/.test(name))
    const certificates = names.flatMap((name) => loadFile(`${path}/${name}`, setBy).certificates)
    const problem = certificates.length === 0 ? 'no file named by a hash in it' : null
    return { path, setBy, count: certificates.length, mtime: readMtime(path), problem, certificates }
  } catch (error) {
    return failed(path, setBy, describeError(error))
  }
}

function failed(path: string, setBy: string, problem: string): LoadedPlace {
  return { path, setBy, count: 0, mtime: null, problem, certificates: [] }
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
