/** What can be wrong with the database, each as one clear sentence with what to do. */

/** `full`: the disk or its page limit; `corrupt`: not a whole SQLite file; `unreadable`: folder or file refused; `newer`: a later schema;
 *  `busy`: locked by another program; `native-module`: better-sqlite3 could not be loaded. */
export type StoreErrorCode = 'full' | 'corrupt' | 'unreadable' | 'newer' | 'busy' | 'native-module'

/** The store could not do what was asked. `message` says what and where, `fix` what to do; both are safe to print. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode
  readonly fix: string

  constructor(code: StoreErrorCode, message: string, fix: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.fix = fix
  }
}

/** Translate whatever SQLite, Node or the module loader threw about the database at `place`; undefined when it is none of these (a defect of ours). */
export function explainStoreError(error: unknown, place: string): StoreError | undefined {
  if (error instanceof StoreError) return error
  if (!(error instanceof Error)) return undefined
  const code = codeOf(error)
  const kind = KIND_OF.find(([pattern]) => pattern.test(code))?.[1]
  if (kind !== undefined) return storeError(kind, place, error)
  if (/Could not locate the bindings file/.test(error.message)) return storeError('native-module', place, error)
  if (/directory does not exist/.test(error.message)) return storeError('unreadable', place, error)
  return undefined
}

/** Make the error of a kind, worded for the database at `place`. */
export function storeError(code: StoreErrorCode, place: string, cause?: unknown): StoreError {
  const [what, fix] = WORDS[code]
  return new StoreError(code, `${what} (${place})${reasonOf(code, cause)}`, fix, cause)
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}

function reasonOf(code: StoreErrorCode, cause: unknown): string {
  if (code !== 'unreadable' && code !== 'native-module') return ''
  return cause instanceof Error ? `: ${cause.message.split('\n', 1)[0]}` : ''
}

const KIND_OF: readonly (readonly [RegExp, StoreErrorCode])[] = [
  [/^(SQLITE_FULL|SQLITE_IOERR_WRITE|ENOSPC|EDQUOT)/, 'full'],
  [/^(SQLITE_CORRUPT|SQLITE_NOTADB)/, 'corrupt'],
  [/^(SQLITE_BUSY|SQLITE_LOCKED)/, 'busy'],
  [
    /^(SQLITE_CANTOPEN|SQLITE_READONLY|SQLITE_PERM|SQLITE_AUTH|SQLITE_IOERR|EACCES|EPERM|EROFS|ENOTDIR|EISDIR|EEXIST|ENOENT|ELOOP)/,
    'unreadable',
  ],
  [/^(ERR_DLOPEN_FAILED|MODULE_NOT_FOUND|ERR_MODULE_NOT_FOUND)/, 'native-module'],
]

const WORDS: Readonly<Record<StoreErrorCode, readonly [what: string, fix: string]>> = {
  full: [
    'the database is full: the disk has no space left, or the database reached its page limit',
    'Free some space, or run `whytls forget --all`. Until then nothing new is kept; the proxy itself goes on.',
  ],
  corrupt: [
    'the database file is damaged, or it is not a database',
    'Move it and the files with the same name that end in -wal and -shm to another folder (whytls then starts a new one), or set WHYTLS_HOME to another folder. Nothing was changed or deleted.',
  ],
  unreadable: [
    'the database cannot be opened for reading and writing',
    'Check the owner, the rights and the free space of that folder, or set WHYTLS_HOME to a folder that you may write to.',
  ],
  newer: ['the database was written by a newer whytls', 'Update whytls, or set WHYTLS_HOME to another folder. Nothing was changed.'],
  busy: [
    'the database stayed locked by another program',
    'End the program that holds it (a second whytls does not hold it for long; an open transaction in a sqlite3 shell does), then try again.',
  ],
  'native-module': [
    'better-sqlite3, the part that writes the database, could not be loaded',
    'Run `npm rebuild better-sqlite3` in the folder of whytls (after a change of the Node version it must be built anew).',
  ],
}
