// Finds the go toolchains that the end-to-end tests run: the installed one and three older ones, fetched once through whatever GOPROXY go has.
// `node scripts/toolchains.mjs` prints them as JSON: { "1.26.8": "/path/to/bin/go", … }.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

export const OLDER_TOOLCHAINS = ['go1.21.13', 'go1.23.12', 'go1.24.13']

/** Version (without "go") to the path of its binary. Throws when go itself is missing or a toolchain cannot be fetched. */
export function findToolchains() {
  const installed = askGo('local', ['env', 'GOVERSION', 'GOROOT'])
  const older = OLDER_TOOLCHAINS.map((name) => askGo(name, ['env', 'GOVERSION', 'GOROOT']))
  return Object.fromEntries(
    [installed, ...older].map(([version, root]) => [version.replace(/^go/, '').split(' ')[0], join(root, 'bin', 'go')]),
  )
}

/** A fetch that the network lost is tried again, `attempts` times in all. */
function askGo(toolchain, args, attempts = 3) {
  try {
    return askGoOnce(toolchain, args)
  } catch (error) {
    if (attempts <= 1 || error.code === 'ENOENT') throw error
    return askGo(toolchain, args, attempts - 1)
  }
}

function askGoOnce(toolchain, args) {
  const env = { ...process.env, GOTOOLCHAIN: toolchain, GOFLAGS: '' }
  return execFileSync('go', args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    .trim()
    .split('\n')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(JSON.stringify(findToolchains(), null, 2))
