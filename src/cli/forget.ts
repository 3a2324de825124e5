/** `whytls forget` and `whytls token`: what is kept on this machine. */
import { join } from 'node:path'
import { renewToken } from '../feed/token.ts'
import { defaultFolder } from '../store/folder.ts'
import { EXIT } from './exit-code.ts'
import { openStoreOrExplain } from './open-store.ts'
import { Problem } from './problem.ts'

/** Delete one run, or everything. */
export async function forgetCommand(run: number | undefined, options: { readonly all?: boolean }): Promise<number> {
  if ((run === undefined) === (options.all !== true)) {
    throw new Problem('usage', 'say what to forget: the number of a run, or --all', 'whytls forget --all', EXIT.usage)
  }
  const store = openStoreOrExplain(process.env)
  try {
    if (run !== undefined && store.run(run) === undefined) {
      throw new Problem('no-such-run', `there is no run ${run} in ${store.place}`, 'whytls ls', EXIT.usage)
    }
    const count = store.forget(run === undefined ? 'all' : { runId: run })
    process.stdout.write(`${count} ${count === 1 ? 'handshake' : 'handshakes'} forgotten, ${store.place} compacted\n`)
    return EXIT.fine
  } finally {
    store.close()
  }
}

/** Tell where the page's token is kept, or replace it. */
export async function tokenCommand(options: { readonly new?: boolean }): Promise<number> {
  const folder = defaultFolder(process.env, process.platform)
  if (options.new === true) {
    renewToken(folder)
    process.stdout.write('a new token was made; restart whytls and open the page again\n')
    return EXIT.fine
  }
  process.stdout.write(`the token of the page is kept in ${join(folder, 'token')}\n`)
  return EXIT.fine
}
