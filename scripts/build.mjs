// Builds the command (dist/cli/main.js) and the page (dist/web). Under a second; types are checked by `npm run types`.
import { chmod, copyFile, mkdir, readFile, rm } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const PAGE_BUDGET_BYTES = 60 * 1024
const { dependencies } = JSON.parse(await readFile('package.json', 'utf8'))

await rm('dist', { recursive: true, force: true })
await mkdir('dist/web', { recursive: true })
await Promise.all([
  build({
    entryPoints: { 'cli/main': 'src/cli/main.ts' },
    outdir: 'dist',
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
    outdir: 'dist/web',
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'warning',
  }),
  copyFile('web/index.html', 'dist/web/index.html'),
])
await chmod('dist/cli/main.js', 0o755)

const parts = await Promise.all(['page.js', 'page.css'].map((name) => readFile(`dist/web/${name}`)))
const gzipBytes = parts.reduce((sum, part) => sum + gzipSync(part, { level: 9 }).length, 0)
if (gzipBytes > PAGE_BUDGET_BYTES) {
  console.error(`error: the page is ${gzipBytes} bytes gzipped, more than its budget of ${PAGE_BUDGET_BYTES}`)
  process.exit(1)
}
