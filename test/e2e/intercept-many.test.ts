/** Downloads through `run --intercept`: contents stay the same, and every request of the origin's own log is a stored exchange. */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LabCase, LabOrigin } from '../../src/lab/case.ts'
import { defineCertificateCase } from '../../src/lab/certificate-case.ts'
import { respondAsModuleProxy } from '../../src/lab/module-server.ts'
import { freshEnvironment, inFreshFolder, listToolchains, runCommand, type Toolchain } from './go.ts'
import { withOrigin } from './scenario.ts'
import { runThrough, type Told } from './whytls.ts'

const MODULES = 300

/** A sound origin that writes down each path that it was asked for. */
function loggingCase(id: string, http: 'h2' | 'http/1.1', log: string[]): LabCase {
  const expected = { cause: 'ok', leg: null, stage: null } as const
  const respond = (path: string) => {
    log.push(path)
    return respondAsModuleProxy(path)
  }
  return defineCertificateCase({ id, summary: 'many modules', recipe: 'ok', expect: expected, origin: { http, respond } })
}

describe.each([
  { http: 'h2', id: 'intercept-h2' },
  { http: 'http/1.1', id: 'intercept-http1' },
] as const)('300 modules over $http, decrypted', ({ http, id }) => {
  it.each(listToolchains())('arrive unchanged with go $version, and each request is stored', async (toolchain) => {
    const log: string[] = []
    await withOrigin(loggingCase(id, http, log), (origin) =>
      inFreshFolder(async (cwd) => {
        await writeFile(join(cwd, 'go.mod'), goModOfMany())
        const direct = await downloadDirectly(toolchain, { ...origin, cwd }, cwd)
        const directLog = log.splice(0)
        const { result, document, sums } = await downloadThrough(toolchain, { ...origin, cwd })
        expect(result.stderr).toBe('')
        expect(result.exitCode).toBe(0)
        expect(sums).toEqual(direct)
        expect(log.toSorted()).toEqual(directLog.toSorted())
        const seen = document.handshakes.flatMap(({ http: exchanges }) => exchanges)
        expect(seen.map(({ url }) => new URL(url).pathname).toSorted()).toEqual(log.toSorted())
        expect(seen.filter(({ asks, status, failure }) => asks === undefined || status !== 200 || failure !== undefined)).toEqual([])
        const legs = document.handshakes.filter(({ mode }) => mode === 'intercept')
        expect(legs.map(({ interception, outcome }) => ({ interception, outcome }))).toEqual(
          legs.map(() => ({ interception: { kind: 'decrypted' }, outcome: 'passed' })),
        )
      }),
    )
  })
})

/** The sums of go.sum lines are what go itself verifies; here the zips of both ways are compared octet for octet. */
async function downloadDirectly(toolchain: Toolchain, origin: LabOrigin, cwd: string): Promise<Record<string, string>> {
  const home = join(cwd, 'direct')
  await mkdir(home)
  const env = await freshEnvironment(toolchain, origin, home)
  const result = await runCommand([toolchain.go, 'mod', 'download', '-json'], { env, cwd })
  expect(result.exitCode).toBe(0)
  return sumsOf(join(home, 'modcache', 'cache', 'download'))
}

async function downloadThrough(toolchain: Toolchain, origin: LabOrigin): Promise<Told & { sums: Record<string, string> }> {
  const cache = join(origin.cwd ?? '', 'through')
  const told = await runThrough(
    toolchain,
    { ...origin, env: { ...origin.env, GOMODCACHE: cache } },
    {
      command: ['go', 'mod', 'download', '-json'],
      options: ['--intercept'],
    },
  )
  return { ...told, sums: await sumsOf(join(cache, 'cache', 'download')) }
}

async function sumsOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => /\.(?:info|mod|zip)$/.test(name)).sort()
  expect(names.filter((name) => name.endsWith('.zip'))).toHaveLength(MODULES)
  const hash = async (name: string) =>
    createHash('sha256')
      .update(await readFile(join(folder, name)))
      .digest('hex')
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await hash(name)] as const)))
}

function goModOfMany(): string {
  const required = Array.from({ length: MODULES }, (_, n) => `\tlab.whytls.test/m${String(n).padStart(3, '0')} v1.0.0\n`)
  return `module lab.whytls.test/user\n\ngo 1.20\n\nrequire (\n${required.join('')})\n`
}
