/** The kept authority on disk: certificate and key in the data folder of the user, nowhere else. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AuthorityFiles } from '../proxy/authority/authority.ts'
import { makeFolder } from '../store/folder.ts'

export interface CaPaths {
  readonly folder: string
  readonly certificate: string
  readonly key: string
  /** The usual roots and the authority in one file, for SSL_CERT_FILE; written by `ca trust --do`. */
  readonly bundle: string
}

/** Where the kept authority lies. @param dataFolder WHYTLS_HOME or the data folder of the user */
export function caPaths(dataFolder: string): CaPaths {
  const folder = join(dataFolder, 'ca')
  return { folder, certificate: join(folder, 'ca.pem'), key: join(folder, 'ca.key'), bundle: join(folder, 'bundle.pem') }
}

/** Whether there is one. */
export function hasCa(paths: CaPaths): boolean {
  return statSync(paths.key, { throwIfNoEntry: false }) !== undefined
}

/** Write both; the key can be read by its owner only, from its first octet on. @throws the file system's error, EEXIST where there is one */
export function writeCa(paths: CaPaths, files: AuthorityFiles): void {
  makeFolder(paths.folder)
  writeFileSync(paths.key, files.keyPem, { mode: 0o600, flag: 'wx' })
  writeFileSync(paths.certificate, files.certificatePem, { mode: 0o644 })
}

/** Load both. @throws the file system's error; Error where they are not what they should be, or others may read the key */
export function loadCa(paths: CaPaths): AuthorityFiles {
  const { mode } = statSync(paths.key)
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw new Error(`${paths.key} can be read by others, so they may have it`)
  const certificatePem = readFileSync(paths.certificate, 'utf8')
  const keyPem = readFileSync(paths.key, 'utf8')
  if (!isRead(() => new X509Certificate(certificatePem))) throw new Error(`${paths.certificate} holds no certificate`)
  if (!isRead(() => createPrivateKey(keyPem))) throw new Error(`${paths.key} holds no private key`)
  return { certificatePem, keyPem }
}

function isRead(read: () => unknown): boolean {
  try {
    read()
    return true
  } catch {
    return false
  }
}

/** Delete all of it. */
export function removeCa(paths: CaPaths): void {
  rmSync(paths.folder, { recursive: true, force: true })
}
