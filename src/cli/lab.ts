/** `whytls lab`: broken worlds on loopback, and the real go against them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LabCase, LabOrigin } from '../lab/case.ts'
import { LAB_CASES } from '../lab/cases/index.ts'
import { openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { EXIT } from './exit-code.ts'
import { openStoreOrExplain } from './open-store.ts'
import { startPage } from './page.ts'
import { Problem } from './problem.ts'
import { runCommand } from './run.ts'
import { chooseStyle, type StyleChoice } from './style.ts'

const CASES: readonly LabCase[] = Object.values(LAB_CASES)

/** Name what exists. */
export async function labListCommand(options: { readonly json?: boolean; readonly names?: boolean }): Promise<number> {
  const width = Math.max(...CASES.map(({ id }) => id.length))
  for (const { id, summary, needsNamespace } of CASES) {
    const note = needsNamespace === true ? ' (only inside a network namespace)' : ''
    if (options.json === true) process.stdout.write(`${JSON.stringify({ id, summary, needsNamespace: needsNamespace === true })}\n`)
    else process.stdout.write(options.names === true ? `${id}\n` : `${id.padEnd(width)}  ${summary}${note}\n`)
  }
  return EXIT.fine
}

export interface LabRunOptions extends StyleChoice {
  readonly page: boolean
  readonly open: boolean
  readonly pagePort: number
  readonly keep?: boolean
}

/** Bring one case up, run go through whytls, leave the page open until Ctrl-C. */
export async function labRunCommand(name: string, options: LabRunOptions): Promise<number> {
  const labCase = CASES.find(({ id }) => id === name)
  if (labCase === undefined) throw unknownCase(name)
  const folder = await mkdtemp(join(tmpdir(), 'whytls-lab-'))
  const store = options.keep === true ? openStoreOrExplain(process.env) : openStore({ folder: join(folder, 'store') })
  const origin = await labCase.up({ now: new Date(), folder, port: 0 })
  try {
    const code = await downloadThrough(origin, folder, store, options)
    if (options.page) await leavePageOpen(store, folder, options)
    return code === 0 || labCase.id !== 'ok' ? EXIT.fine : EXIT.problem
  } finally {
    await origin.close()
    store.close()
    await removeFolder(folder)
  }
}

async function downloadThrough(origin: LabOrigin, folder: string, store: Store, options: LabRunOptions): Promise<number> {
  const module = origin.cwd ?? (await makeModule(folder))
  process.stdout.write(`$ whytls run -- go mod download ${origin.module}    (GOPROXY=${origin.goproxy})\n`)
  return runCommand({
    argv: ['go', 'mod', 'download', origin.module],
    env: environmentFor(origin, folder),
    folder: module,
    store,
    style: chooseStyle(process.stderr, process.env, options),
    resolve: origin.resolve,
    witness: true,
    probes: true,
    trace: null,
    json: null,
    report: 'full',
  })
}

async function makeModule(folder: string): Promise<string> {
  const module = join(folder, 'module')
  await mkdir(module)
  await writeFile(join(module, 'go.mod'), 'module example.test/user\n\ngo 1.20\n')
  return module
}

/** The user's environment, with the lab's roots, an empty module cache and no foreign proxy. */
function environmentFor(origin: LabOrigin, folder: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env }
  for (const name of [
    'HTTPS_PROXY',
    'https_proxy',
    'HTTP_PROXY',
    'http_proxy',
    'NO_PROXY',
    'no_proxy',
    'GODEBUG',
    'GOINSECURE',
    'GONOPROXY',
    'GOPRIVATE',
  ])
    delete env[name]
  return {
    ...env,
    GOPROXY: origin.goproxy,
    GOSUMDB: 'off',
    GOTOOLCHAIN: 'local',
    GOMODCACHE: join(folder, 'modcache'),
    GOWORK: 'off',
    ...origin.env,
    // The cache is deleted afterwards; go makes it read-only unless told otherwise.
    GOFLAGS: '-modcacherw',
  }
}

async function leavePageOpen(store: Store, folder: string, options: LabRunOptions): Promise<void> {
  const page = await startPage({
    store,
    port: options.pagePort,
    proxyUrl: '',
    env: process.env,
    go: null,
    folder: join(folder, 'store'),
  }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return null
    throw error
  })
  if (page === null)
    throw new Problem('port-in-use', `127.0.0.1:${options.pagePort} is in use`, 'whytls lab run … --page-port 0', EXIT.ownFailure)
  process.stdout.write(`\n  Page    ${page.url}\n  Ctrl-C ends it.\n`)
  if (options.open) await page.open()
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
  await page.close()
}

async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
}

function unknownCase(name: string): Problem {
  const near = CASES.map(({ id }) => id).filter((id) => id.includes(name) || name.includes(id))
  const hint = near.length > 0 ? `whytls lab run ${near[0]}` : 'whytls lab list'
  return new Problem('no-such-case', `there is no lab case named ${name}`, hint, EXIT.usage)
}
