/** Other intercepting proxies, brought by their own package managers into a folder of the bench: never dependencies of whytls. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const here = import.meta.dirname
const PATIENCE_MS = 300_000

/**
 * How to start each of them, or why it cannot be.
 * @param folder where they are put, and where the origin's certificate is (root.pem)
 * @param there where they were put before: an npm prefix with mockttp, a Python environment with mitmproxy
 */
export function bringOthers(folder, port, there) {
  const root = join(folder, 'root.pem')
  return [
    bring('mockttp', () => {
      const prefix = there.mockttp ?? join(folder, 'npm')
      if (there.mockttp === undefined) run('npm', ['install', '--no-audit', '--no-fund', '--prefix', prefix, 'mockttp'])
      return [process.execPath, [join(here, 'mockttp.cjs'), join(prefix, 'node_modules', 'mockttp'), String(port), root]]
    }),
    bring('mitmproxy', () => {
      const python = there.mitmproxy ?? join(folder, 'python')
      if (there.mitmproxy === undefined) {
        run('python3', ['-m', 'venv', python])
        run(join(python, 'bin', 'pip'), ['install', '--quiet', 'mitmproxy'])
      }
      const settings = [`confdir=${join(folder, 'mitmproxy')}`, `ssl_verify_upstream_trusted_ca=${root}`].flatMap((each) => ['--set', each])
      const listen = ['--quiet', '--listen-host', '127.0.0.1', '--listen-port', '0']
      return [join(python, 'bin', 'mitmdump'), [...listen, ...settings, '--scripts', join(here, 'mitmproxy-addon.py')]]
    }),
  ]
}

function bring(name, prepare) {
  try {
    const [command, args] = prepare()
    return existsSync(command) ? { name, command, args } : { name, missing: `${command} is not there` }
  } catch (error) {
    return {
      name,
      missing: String(error.stderr || error.message)
        .trim()
        .split('\n')
        .at(-1),
    }
  }
}

function run(command, args) {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: PATIENCE_MS })
}
