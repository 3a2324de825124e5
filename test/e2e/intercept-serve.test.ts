/** `whytls serve --intercept` beside a shell that exports what it says; what it listens on, and what it writes where. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Document } from '../../src/contract/document.ts'
import { LAB_CASES } from '../../src/lab/cases/index.ts'
import { freshEnvironment, inFreshFolder, listToolchains, runCommand } from './go.ts'
import { listeningPorts } from './listening-ports.ts'
import { withOrigin } from './scenario.ts'
import { MAIN, runThrough, serverEnvironment, startServer, stopServer } from './whytls.ts'

const [toolchain = expect.fail('no go')] = listToolchains()

describe('whytls serve --intercept', () => {
  it('decrypts for a shell that has its variables, listens on two ports only, and leaves nothing behind but its database and the token of its page', () =>
    withOrigin(LAB_CASES.ok, (origin) =>
      inFreshFolder(async (home) => {
        const own = { ...serverEnvironment(origin, home), ...pick(origin.env, ['SSL_CERT_FILE', 'SSL_CERT_DIR']) }
        const server = await startServer(own, ['--intercept'])
        const variables = Object(server.said['environment']) as Record<string, string> // what the banner printed
        expect(Object.keys(variables).sort()).toEqual(['CURL_CA_BUNDLE', 'GIT_SSL_CAINFO', 'SSL_CERT_FILE'])
        const elsewhere = join(home, 'client')
        const env = { ...(await freshEnvironment(toolchain, origin, elsewhere)), ...variables, HTTPS_PROXY: server.proxy }
        const result = await runCommand([toolchain.go, 'mod', 'download', origin.module], { env, cwd: home })
        expect(result).toMatchObject({ exitCode: 0, stderr: '' })
        expect((await listeningPorts(server.child.pid ?? 0)).sort()).toEqual(
          [server.proxy, String(server.said['page'])].map((url) => Number(new URL(url).port)).sort(),
        )
        const exported = await runCommand([process.execPath, MAIN, 'export', '--json', '--wait'], { env: own, cwd: home })
        const document = JSON.parse(exported.stdout) as Document // the schema test of the contract checks this shape
        expect(document.handshakes.flatMap(({ http }) => http.map(({ status }) => status))).toEqual([200, 200, 200])
        expect(document.handshakes.map(({ interception }) => interception?.kind)).toEqual(document.handshakes.map(() => 'decrypted'))
        await stopServer(server.child)
        const left = (await listFiles(home)).filter((file) => !/^(?:client|\.config\/go\/telemetry)\//.test(file))
        expect(left.filter((file) => !/^whytls\/(?:token|whytls\.db(?:-wal|-shm)?)$/.test(file))).toEqual([])
      }),
    ))
})

describe('run --intercept --bodies', () => {
  it('keeps the text of an answer that is fine, which it does not without', () =>
    withOrigin(LAB_CASES.ok, async (origin) => {
      const bodies = async (...options: string[]) => {
        const { document } = await runThrough(toolchain, origin, { options: ['--intercept', ...options] })
        return document.handshakes.flatMap(({ http }) => http.flatMap(({ responseBody }) => responseBody ?? []))
      }
      expect(await bodies()).toEqual([])
      expect((await bodies('--bodies')).join()).toContain('v1.0.0')
    }))
})

function pick(from: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])))
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}
