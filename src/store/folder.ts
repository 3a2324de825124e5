/** Where the database lives, and with which rights. */
import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { storeError } from './error.ts'

/** Name of the database file in its folder. */
export const DATABASE_NAME = 'whytls.db'

/**
 * The data folder of this user, absolute: WHYTLS_HOME where it is set, else the XDG data folder or its like on macOS and Windows.
 * @throws StoreError `unreadable` where this user has no home folder
 */
export function defaultFolder(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): string {
  const chosen = env['WHYTLS_HOME']
  if (chosen !== undefined && chosen !== '') return resolve(chosen)
  if (platform === 'win32') return join(absolute(env['LOCALAPPDATA']) ?? join(findHome(), 'AppData', 'Local'), 'whytls', 'Data')
  if (platform === 'darwin') return join(findHome(), 'Library', 'Application Support', 'whytls')
  return join(absolute(env['XDG_DATA_HOME']) ?? join(findHome(), '.local', 'share'), 'whytls')
}

/** As the XDG specification wants it, a relative path counts as none. */
function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined
}

/** HOME where it is a path, else what the user database says; a user that a container made up is not in that. */
function findHome(): string {
  try {
    const home = homedir()
    return isAbsolute(home) ? home : userInfo().homedir
  } catch (error) {
    throw storeError('unreadable', 'this user has no home folder', error)
  }
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
