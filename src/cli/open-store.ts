/** Opens the user's database, or explains why it cannot be. */

import { StoreError } from '../store/error.ts'
import { defaultFolder } from '../store/folder.ts'
import { openMemoryStore } from '../store/memory.ts'
import { openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { EXIT } from './exit-code.ts'
import { Problem } from './problem.ts'

/** Open the store; every error of the database ends the command with one sentence. @throws Problem */
export function openStoreOrExplain(env: NodeJS.ProcessEnv, exitCode: number = EXIT.usage): Store {
  try {
    return openStore({ folder: defaultFolder(env, process.platform), warn, ...pageLimit(env) })
  } catch (error) {
    if (error instanceof StoreError) throw new Problem(`store-${error.code}`, error.message, error.fix, exitCode)
    throw error
  }
}

/** For commands that are useful without a database (`run`, `probe`): one warning, then memory. */
export function openStoreOrMemory(env: NodeJS.ProcessEnv): Store {
  try {
    return openStore({ folder: defaultFolder(env, process.platform), warn, ...pageLimit(env) })
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    return useMemoryInstead(error)
  }
}

/** Say why nothing will be kept, and keep it in memory. */
export function useMemoryInstead(error: StoreError): Store {
  process.stderr.write(`whytls: warning: nothing will be kept: ${error.message}\n  fix       ${error.fix}\n`)
  return openMemoryStore()
}

function warn(line: string): void {
  process.stderr.write(`whytls: warning: ${line}\n`)
}

/** WHYTLS_MAX_PAGES bounds the database (SQLite's max_page_count; a page is 4 KiB). */
function pageLimit(env: NodeJS.ProcessEnv): { readonly maxPageCount?: number } {
  const pages = Number(env['WHYTLS_MAX_PAGES'] ?? '')
  return Number.isSafeInteger(pages) && pages > 0 ? { maxPageCount: pages } : {}
}
