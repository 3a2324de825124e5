// Builds the command (dist/cli/main.js) and the page (dist/web). Under a second; types are checked by `npm run types`.
import { chmod, copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const PAGE_BUDGET_BYTES = 60 * 1024
const { dependencies } = JSON.parse(await readFile('package.json', 'utf8'))

// Built beside dist and put in its place at the end, so that a failed build leaves the last good one.
const OUT = `dist.new-${process.pid}`
await mkdir(`${OUT}/web`, { recursive: true })
const built = Promise.all([
  build({
    entryPoints: { 'cli/main': 'src/cli/main.ts' },
    outdir: OUT,
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: Object.keys(dependencies),
    sourcemap: true,
    logLevel: 'warning',
  }),
  build({
    entryPoints: { page: 'web/page.tsx' },
    outdir: `${OUT}/web`,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'transform',
    jsxFactory: 'h',
    jsxFragment: 'Fragment',
    inject: ['web/jsx.ts'],
    tsconfigRaw: {},
    logLevel: 'warning',
  }),
  ...['index.html', 'icon.svg'].map((name) => copyFile(`web/${name}`, `${OUT}/web/${name}`)),
])
await built.catch(async () => {
  await rm(OUT, { recursive: true, force: true })
  process.exit(1)
})
await chmod(`${OUT}/cli/main.js`, 0o755)

const parts = await Promise.all(['page.js', 'page.css'].map((name) => readFile(`${OUT}/web/${name}`)))
const gzipBytes = parts.reduce((sum, part) => sum + gzipSync(part, { level: 9 }).length, 0)
if (gzipBytes > PAGE_BUDGET_BYTES) {
  console.error(`error: the page is ${gzipBytes} bytes gzipped, more than its budget of ${PAGE_BUDGET_BYTES}`)
  await rm(OUT, { recursive: true })
  process.exit(1)
}
await rm('dist', { recursive: true, force: true })
await rename(OUT, 'dist')
