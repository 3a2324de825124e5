/** Where the database lives, and with which rights. */
import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import envPaths from 'env-paths'

/** Name of the database file in its folder. */
export const DATABASE_NAME = 'whytls.db'

/** The data folder of this user: WHYTLS_HOME where it is set, else the XDG data folder (or its like on macOS and Windows). */
export function defaultFolder(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): string {
  const home = env['WHYTLS_HOME']
  if (home !== undefined && home !== '') return home
  const xdg = env['XDG_DATA_HOME']
  if (platform !== 'darwin' && platform !== 'win32' && xdg?.startsWith('/')) return join(xdg, 'whytls')
  return envPaths('whytls', { suffix: '' }).data
}

/** Make the folder (0700; rights of one that exists are left alone) and an empty database file (0600) where there is none. Returns the file's path. */
export function makeDatabaseFile(folder: string): string {
  makeFolder(folder)
  const path = join(folder, DATABASE_NAME)
  closeSync(openSync(path, 'a', 0o600))
  chmodSync(path, 0o600)
  return path
}

/** Make a folder and what is missing above it (0700); rights of what exists are left alone. @throws the file system's error */
export function makeFolder(folder: string): void {
  const path = resolve(folder)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return
  // Step by step: Node's own `recursive` never returns where a folder cannot be made although its parent exists (/proc).
  if (dirname(path) !== path) makeFolder(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error
  }
}
