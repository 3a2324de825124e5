/** A database for benches of the page, filled with rows of failing and passing handshakes as the tests make them. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const here = import.meta.dirname

/** What the benches need of the sources: the store and the drafts of the tests. */
export async function loadStoreParts() {
  const outfile = join(here, `../.dev/bench-store-${process.pid}.mjs`)
  const contents = `export { openStore } from './src/store/open.ts'\nexport { fullDraft, plainDraft, finding } from './test/store/draft.ts'`
  await build({
    stdin: { contents, resolveDir: join(here, '..') },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
    packages: 'external',
    logLevel: 'warning',
  })
  const parts = await import(pathToFileURL(outfile).href)
  rmSync(outfile)
  return parts
}

/** One of many handshakes; every fifth failed. */
export function draftOf({ fullDraft, plainDraft, finding }, n, key = `k${n}`, startedAt = new Date(Date.UTC(2026, 10, 22, 8) + n * 500)) {
  const target = { host: `mods${n % 97}.example`, port: 443, address: '203.0.113.7' }
  const more = { startedAt: startedAt.toISOString(), target }
  return n % 5 === 0 ? fullDraft(key, { ...more, findings: [finding('cert-expired')] }) : plainDraft(key, more)
}

/** Fill a folder's database. Returns what the list shows of each row, newest first. */
export async function fillStore(folder, rows) {
  const parts = await loadStoreParts()
  const store = parts.openStore({ folder })
  for (let n = 0; n < rows; n += 1) {
    store.put(draftOf(parts, n))
    if (n % 500 === 0) store.flush()
  }
  store.flush()
  const listed = store.rows({ limit: Math.min(rows, 10_000) }).map(({ host, title, issuer, outcome, startedAt }) => ({
    host,
    title: title ?? outcome,
    outcome,
    time: startedAt.slice(11, 19),
    text: `${host} ${title} ${issuer} status:${outcome}`.toLowerCase(),
  }))
  store.close()
  return listed
}
