/** Downloads through `run --intercept`: contents stay the same, and every request of the origin's own log is a stored exchange. */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LabCase, LabOrigin } from '../../src/lab/case.ts'
import { defineCertificateCase } from '../../src/lab/certificate-case.ts'
import { respondAsModuleProxy } from '../../src/lab/module-server.ts'
import { type CommandResult, freshEnvironment, inFreshFolder, listToolchains, runCommand, type Toolchain } from './go.ts'
import { withOrigin } from './scenario.ts'
import { makeSumDatabase, type SumDatabase } from './sum-database.ts'
import { runThrough, type Told } from './whytls.ts'

const MODULES = 300

const SUMDB = 'sums.whytls.test'

interface Origin {
  readonly log: string[]
  /** What it has below `/sumdb`; null: no checksum database yet. */
  sums: SumDatabase | null
}

/** A sound origin that writes down each path that it was asked for. */
function loggingCase(id: string, http: 'h2' | 'http/1.1', own: Origin): LabCase {
  const expected = { cause: 'ok', leg: null, stage: null } as const
  const respond = (path: string) => {
    own.log.push(path)
    const [, ofSums] = path.split(`/sumdb/${SUMDB}`)
    const body = ofSums === undefined ? undefined : own.sums?.answer(ofSums)
    return body === undefined ? respondAsModuleProxy(path) : { status: 200, headers: {}, body }
  }
  return defineCertificateCase({ id, summary: 'many modules', recipe: 'ok', expect: expected, origin: { http, respond } })
}

describe.each([
  { http: 'h2', id: 'intercept-h2' },
  { http: 'http/1.1', id: 'intercept-http1' },
] as const)('300 modules over $http, decrypted', ({ http, id }) => {
  it.each(listToolchains())('arrive unchanged and verified with go $version, and each request is stored', async (toolchain) => {
    const own: Origin = { log: [], sums: null }
    await withOrigin(loggingCase(id, http, own), (origin) =>
      inFreshFolder(async (cwd) => {
        await writeFile(join(cwd, 'go.mod'), goModOfMany())
        const direct = await downloadDirectly(toolchain, { ...origin, cwd }, cwd)
        const directLog = own.log.splice(0)
        const database = makeSumDatabase(SUMDB, recordsOf(direct.result.stdout))
        own.sums = database
        const env = { ...origin.env, GOSUMDB: database.setting, GONOSUMDB: 'none.example' }
        const { result, document, sums } = await downloadThrough(toolchain, { ...origin, env, cwd })
        expect(result.stderr).toBe('')
        expect(result.exitCode).toBe(0)
        expect(sums).toEqual(direct.sums)
        expect(await readFile(join(cwd, 'go.sum'), 'utf8')).toBe(direct.goSum)
        const verified = await runCommand([toolchain.go, 'mod', 'verify'], { env: await verifyEnvironment(toolchain, origin, cwd), cwd })
        expect(verified).toMatchObject({ exitCode: 0, stdout: 'all modules verified\n' })
        expect(own.log.filter((path) => !path.startsWith('/sumdb/')).toSorted()).toEqual(directLog.toSorted())
        const seen = document.handshakes.flatMap(({ http: exchanges }) => exchanges)
        expect(seen.map(({ url }) => new URL(url).pathname).toSorted()).toEqual(own.log.toSorted())
        expect(seen.filter(({ asks }) => asks?.kind === 'sumdb-lookup')).toHaveLength(MODULES)
        expect(seen.filter(({ asks, status, failure }) => asks === undefined || status !== 200 || failure !== undefined)).toEqual([])
        const legs = document.handshakes.filter(({ mode }) => mode === 'intercept')
        expect(legs.map(({ interception, outcome }) => ({ interception, outcome }))).toEqual(
          legs.map(() => ({ interception: { kind: 'decrypted' }, outcome: 'passed' })),
        )
      }),
    )
  })
})

interface Direct {
  readonly result: CommandResult
  readonly sums: Record<string, string>
  readonly goSum: string
}

/** Without whytls and without a checksum database; go.sum is what go makes of it, and is taken away again. */
async function downloadDirectly(toolchain: Toolchain, origin: LabOrigin, cwd: string): Promise<Direct> {
  const home = join(cwd, 'direct')
  await mkdir(home)
  const env = await freshEnvironment(toolchain, origin, home)
  const result = await runCommand([toolchain.go, 'mod', 'download', '-json'], { env, cwd })
  expect(result.exitCode).toBe(0)
  const goSum = await readFile(join(cwd, 'go.sum'), 'utf8')
  await rm(join(cwd, 'go.sum'))
  return { result, goSum, sums: await sumsOf(join(home, 'modcache', 'cache', 'download')) }
}

/** One record for each JSON value of `go mod download -json`. */
function recordsOf(stdout: string) {
  const values = stdout
    .trim()
    .split(/\n(?=\{)/)
    .map((text) => Object(JSON.parse(text)) as Record<string, string>) // go help mod download
  return values.map(({ Path: module = '', Version: version = '', Sum = '', GoModSum = '' }) => {
    return { module, version, lines: `${module} ${version} ${Sum}\n${module} ${version}/go.mod ${GoModSum}\n` }
  })
}

/** The cache that was filled through whytls, and no network. */
async function verifyEnvironment(toolchain: Toolchain, origin: LabOrigin, cwd: string): Promise<Record<string, string>> {
  const fresh = await freshEnvironment(toolchain, origin, join(cwd, 'direct'))
  return { ...fresh, GOMODCACHE: join(cwd, 'through'), GOPROXY: 'off' }
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
