/** The token that the page shows to the server: 128 random bits, made once per data folder, so that an open page survives a restart. */
import { randomBytes } from 'node:crypto'
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '../store/folder.ts'

/** Name of the token's file in the data folder. */
export const TOKEN_NAME = 'token'

/** Read the token of this folder, or make one (file 0600). @throws the file system's error */
export function loadToken(folder: string): string {
  const path = join(folder, TOKEN_NAME)
  const kept = readKept(path)
  if (kept === null) return renewToken(folder)
  chmodSync(path, 0o600)
  return kept
}

/** Replace the token: every open page must be opened anew. @returns 32 hex digits */
export function renewToken(folder: string): string {
  const token = randomBytes(16).toString('hex')
  makeFolder(folder)
  const fresh = join(folder, `${TOKEN_NAME}.${process.pid}`)
  writeFileSync(fresh, `${token}\n`, { mode: 0o600 })
  renameSync(fresh, join(folder, TOKEN_NAME))
  return token
}

/** null where there is none, or a file that is no token. */
function readKept(path: string): string | null {
  try {
    const text = readFileSync(path, 'utf8').trim()
    return /^[0-9a-f]{32}$/.test(text) ? text : null
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
